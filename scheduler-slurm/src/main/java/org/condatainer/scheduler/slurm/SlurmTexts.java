package org.condatainer.scheduler.slurm;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Texts that several of Slurm's commands print: times and lists of nodes. */
final class SlurmTexts {
  private SlurmTexts() {}

  /**
   * A time: seconds since 1970 (with {@code SLURM_TIME_FORMAT=%s}) or {@code 2026-11-23T04:31:44}
   * in the zone of this machine. Empty for {@code N/A}, {@code Unknown}, {@code None} and any other
   * word.
   */
  static Optional<Instant> time(String text) {
    String value = text.strip();
    if (SlurmIds.isNumber(value)) {
      long seconds = Long.parseLong(value);
      return seconds == 0 || seconds > 100_000_000_000L
          ? Optional.empty()
          : Optional.of(Instant.ofEpochSecond(seconds));
    }
    if (value.length() == 19 && value.charAt(10) == 'T') {
      try {
        return Optional.of(LocalDateTime.parse(value).atZone(ZoneId.systemDefault()).toInstant());
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The names in a list of hosts: {@code n[01-03,7],login} is five. What does not follow the rules
   * of scontrol(1), "show hostnames", is one name as it stands.
   */
  static List<String> hosts(String list) {
    List<String> names = new ArrayList<>();
    if (list.isBlank() || list.equals("(null)")) {
      return names;
    }
    int start = 0;
    int depth = 0;
    for (int i = 0; i <= list.length(); i++) {
      char c = i < list.length() ? list.charAt(i) : ',';
      if (c == '[') {
        depth++;
      } else if (c == ']') {
        depth--;
      } else if (c == ',' && (depth == 0 || i == list.length())) {
        expand("", list.substring(start, i), names);
        start = i + 1;
      }
    }
    return names;
  }

  private static void expand(String prefix, String pattern, List<String> names) {
    int open = pattern.indexOf('[');
    int close = pattern.indexOf(']', open);
    if (open < 0 || close < 0) {
      names.add(prefix + pattern);
      return;
    }
    String before = prefix + pattern.substring(0, open);
    String after = pattern.substring(close + 1);
    for (String range : pattern.substring(open + 1, close).split(",", -1)) {
      int dash = range.indexOf('-');
      String first = dash < 0 ? range : range.substring(0, dash);
      String last = dash < 0 ? range : range.substring(dash + 1);
      if (dash < 0 || !SlurmIds.isNumber(first) || !SlurmIds.isNumber(last)) {
        expand(before + range, after, names);
        continue;
      }
      long end = Math.min(Long.parseLong(last), Long.parseLong(first) + 1_000_000);
      for (long number = Long.parseLong(first); number <= end; number++) {
        String digits = Long.toString(number);
        String zeros = "0".repeat(Math.max(0, first.length() - digits.length()));
        expand(before + zeros + digits, after, names);
      }
    }
  }
}
