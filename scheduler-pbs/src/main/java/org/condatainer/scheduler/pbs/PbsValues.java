package org.condatainer.scheduler.pbs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;

/** Values as PBS reads and writes them (pbs_resources(7B), qsub(1B)). Empty is "refused". */
final class PbsValues {
  /** More hours than any machine runs; no product of it is above 2^63. */
  private static final long LONGEST = 1_000_000_000_000L;

  private PbsValues() {}

  /** Seconds, {@code MM:SS} or {@code HH:MM:SS}, a fraction of a second behind a dot. */
  static Optional<Duration> time(String text) {
    int dot = text.indexOf('.');
    String clock = dot < 0 ? text : text.substring(0, dot);
    String[] parts = clock.split(":", -1);
    if (parts.length > 3) {
      return Optional.empty();
    }
    long seconds = 0;
    for (String part : parts) {
      OptionalLong number = digits(part);
      if (number.isEmpty()) {
        return Optional.empty();
      }
      if (number.getAsLong() > LONGEST || seconds > LONGEST) {
        return Optional.empty();
      }
      seconds = seconds * 60 + number.getAsLong();
    }
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  /** Whole seconds, rounded up. */
  static String time(Duration time) {
    Duration duration = Duration.ofSeconds(time.toSeconds() + (time.toNanosPart() == 0 ? 0 : 1));
    return two(duration.toHours())
        + ":"
        + two(duration.toMinutesPart())
        + ":"
        + two(duration.toSecondsPart());
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }

  /** A number of bytes, or with k, m, g, t, p for units of 1024, then b for bytes, w for words. */
  static OptionalLong size(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int end = lower.length();
    long unit = 1;
    if (end > 0 && (lower.charAt(end - 1) == 'b' || lower.charAt(end - 1) == 'w')) {
      unit = lower.charAt(end - 1) == 'w' ? 8 : 1;
      end--;
    }
    int letter = end > 0 ? "kmgtp".indexOf(lower.charAt(end - 1)) : -1;
    if (letter >= 0) {
      unit <<= 10 * (letter + 1);
      end--;
    }
    OptionalLong number = digits(lower.substring(0, end));
    return number.isEmpty() || number.getAsLong() > Long.MAX_VALUE / unit
        ? OptionalLong.empty()
        : OptionalLong.of(number.getAsLong() * unit);
  }

  /** In the largest unit that says it exactly. */
  static String size(long bytes) {
    String[] units = {"b", "kb", "mb", "gb"};
    long number = bytes;
    int unit = 0;
    while (unit < 3 && number > 0 && number % 1024 == 0) {
      number /= 1024;
      unit++;
    }
    return number + units[unit];
  }

  static OptionalInt count(String text) {
    OptionalLong number = digits(text);
    return number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of((int) number.getAsLong());
  }

  /** PBS: {@code 1-10[:2][%3]}, more than one index. */
  static Optional<ArraySpec> array(String text) {
    int percent = text.indexOf('%');
    OptionalInt limit = percent < 0 ? OptionalInt.empty() : count(text.substring(percent + 1));
    if (percent >= 0 && limit.isEmpty()) {
      return Optional.empty();
    }
    Optional<ArraySpec.Range> range = range(percent < 0 ? text : text.substring(0, percent));
    return range
        .filter(found -> found.count() > 1)
        .map(found -> new ArraySpec(List.of(found), limit));
  }

  /** Torque: {@code 1-10}, {@code 0,3,5-7%2}. */
  static Optional<ArraySpec> torqueArray(String text) {
    int percent = text.indexOf('%');
    OptionalInt limit = percent < 0 ? OptionalInt.empty() : count(text.substring(percent + 1));
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (String part : (percent < 0 ? text : text.substring(0, percent)).split(",", -1)) {
      Optional<ArraySpec.Range> range = range(part);
      if (range.isEmpty() || (percent >= 0 && limit.isEmpty())) {
        return Optional.empty();
      }
      ranges.add(range.get());
    }
    return Optional.of(new ArraySpec(ranges, limit));
  }

  private static Optional<ArraySpec.Range> range(String text) {
    int colon = text.indexOf(':');
    String bounds = colon < 0 ? text : text.substring(0, colon);
    int dash = bounds.indexOf('-');
    OptionalLong first = digits(dash < 0 ? bounds : bounds.substring(0, dash));
    OptionalLong last = dash < 0 ? first : digits(bounds.substring(dash + 1));
    OptionalLong step = colon < 0 ? OptionalLong.of(1) : digits(text.substring(colon + 1));
    if (first.isEmpty()
        || last.isEmpty()
        || step.isEmpty()
        || step.getAsLong() < 1
        || last.getAsLong() < first.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(new ArraySpec.Range(first.getAsLong(), last.getAsLong(), step.getAsLong()));
  }

  /**
   * {@code [[CC]YY]MMDDhhmm[.SS]} or {@code hhmm[.SS]}; days and months alone are not known here.
   */
  static Optional<BeginTime> begin(String text) {
    int dot = text.indexOf('.');
    String date = dot < 0 ? text : text.substring(0, dot);
    String seconds = dot < 0 ? "00" : text.substring(dot + 1);
    if (digits(date).isEmpty() || digits(seconds).isEmpty() || seconds.length() != 2) {
      return Optional.empty();
    }
    try {
      int length = date.length();
      if (length == 4) {
        return Optional.of(new BeginTime.TimeOfDay(clock(date, seconds)));
      }
      if (length == 12 || length == 10) {
        int year = Integer.parseInt(date.substring(0, length - 8));
        return Optional.of(
            new BeginTime.At(
                LocalDateTime.of(
                    length == 10 ? 2000 + year : year,
                    Integer.parseInt(date.substring(length - 8, length - 6)),
                    Integer.parseInt(date.substring(length - 6, length - 4)),
                    Integer.parseInt(date.substring(length - 4, length - 2)),
                    Integer.parseInt(date.substring(length - 2)),
                    Integer.parseInt(seconds))));
      }
    } catch (DateTimeException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static LocalTime clock(String text, String seconds) {
    return LocalTime.of(
        Integer.parseInt(text.substring(0, 2)),
        Integer.parseInt(text.substring(2)),
        Integer.parseInt(seconds));
  }

  /** Empty for a delay, which PBS cannot say. */
  static Optional<String> begin(BeginTime begin) {
    if (begin instanceof BeginTime.At at) {
      LocalDateTime time = at.time();
      return Optional.of(
          time.getYear()
              + two(time.getMonthValue())
              + two(time.getDayOfMonth())
              + clock(time.toLocalTime()));
    }
    return begin instanceof BeginTime.TimeOfDay clock
        ? Optional.of(clock(clock.time()))
        : Optional.empty();
  }

  private static String clock(LocalTime time) {
    return two(time.getHour()) + two(time.getMinute()) + "." + two(time.getSecond());
  }

  static OptionalLong digits(String text) {
    if (text.isEmpty() || text.length() > 17) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
