package org.condatainer.scheduler.slurm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Walltime;

/** Values as Slurm reads and writes them (sbatch(1)). Empty is "Slurm would refuse this". */
final class SlurmValues {
  private static final long KIBI = 1024;

  /** More days than any machine runs; what is more is refused, and not counted wrong. */
  private static final long LONGEST = Integer.MAX_VALUE;

  private SlurmValues() {}

  /** Minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S; 0, UNLIMITED and INFINITE are no limit. */
  static Optional<Walltime> time(String text) {
    if (text.equals("-1")
        || text.equalsIgnoreCase("unlimited")
        || text.equalsIgnoreCase("infinite")) {
      return Optional.of(new Walltime.Unlimited());
    }
    int dash = text.indexOf('-');
    // "1-" is a day to Slurm.
    String clock = text.endsWith("-") ? "0" : text.substring(dash + 1);
    List<Long> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= clock.length(); i++) {
      if (i == clock.length() || clock.charAt(i) == ':') {
        OptionalLong number = digits(clock.substring(start, i));
        if (number.isEmpty()) {
          return Optional.empty();
        }
        parts.add(number.getAsLong());
        start = i + 1;
      }
    }
    OptionalLong days = dash < 0 ? OptionalLong.of(0) : digits(text.substring(0, dash));
    if (parts.size() > 3 || days.isEmpty()) {
      return Optional.empty();
    }
    long first = parts.get(0);
    long second = parts.size() > 1 ? parts.get(1) : 0;
    long third = parts.size() > 2 ? parts.get(2) : 0;
    if (Math.max(days.getAsLong(), Math.max(first, Math.max(second, third))) > LONGEST) {
      return Optional.empty();
    }
    boolean fromHours = dash >= 0 || parts.size() == 3;
    long seconds = fromHours ? first * 3_600 + second * 60 + third : first * 60 + second;
    seconds += days.getAsLong() * 86_400;
    return Optional.of(
        seconds == 0 ? new Walltime.Unlimited() : new Walltime.Limit(Duration.ofSeconds(seconds)));
  }

  /** A walltime as an argument of {@code --time}: whole seconds, rounded up, for 0 is no limit. */
  static String time(Walltime walltime) {
    if (walltime instanceof Walltime.Limit limit) {
      Duration duration = Duration.ofSeconds(wholeSeconds(limit.duration()));
      return duration.toDays()
          + "-"
          + two(duration.toHoursPart())
          + ":"
          + two(duration.toMinutesPart())
          + ":"
          + two(duration.toSecondsPart());
    }
    return "UNLIMITED";
  }

  /** Seconds, rounded up. */
  static long wholeSeconds(Duration duration) {
    return duration.toSeconds() + (duration.toNanosPart() == 0 ? 0 : 1);
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  /** Whole MiB, or with K, M, G, T, an optional B behind it; in bytes. */
  static OptionalLong memory(String text) {
    int end = text.length();
    if (end > 1 && "Bb".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    long unit = KIBI * KIBI;
    int letter = end > 0 ? "KMGT".indexOf(Character.toUpperCase(text.charAt(end - 1))) : -1;
    if (letter >= 0) {
      end--;
      unit = KIBI;
      for (int i = 0; i < letter; i++) {
        unit *= KIBI;
      }
    } else if (end != text.length()) {
      return OptionalLong.empty();
    }
    OptionalLong number = number(text.substring(0, end));
    return number.isEmpty() || number.getAsLong() > Long.MAX_VALUE / unit
        ? OptionalLong.empty()
        : OptionalLong.of(number.getAsLong() * unit);
  }

  /** A whole number above 0. */
  static OptionalInt count(String text) {
    OptionalLong number = number(text);
    return number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of((int) number.getAsLong());
  }

  /** {@code 4}, {@code 2-4}, {@code 1k}: 0 is no limit. Two numbers, or empty. */
  static Optional<long[]> nodes(String text) {
    int dash = text.indexOf('-');
    OptionalLong min = scaled(dash < 0 ? text : text.substring(0, dash), "km");
    OptionalLong max = dash < 0 ? min : scaled(text.substring(dash + 1), "km");
    if (min.isEmpty() || max.isEmpty()) {
      return Optional.empty();
    }
    if (max.getAsLong() != 0 && max.getAsLong() < min.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(new long[] {min.getAsLong(), max.getAsLong()});
  }

  /**
   * A whole number, with {@code k} for 1024, {@code m} for 1024² and so on; of all counts those of
   * nodes and GPUs alone.
   */
  private static OptionalLong scaled(String text, String letters) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    int letter = letters.indexOf(Character.toLowerCase(text.charAt(text.length() - 1)));
    long unit = 1L << (10 * (letter + 1));
    OptionalLong number = number(letter < 0 ? text : text.substring(0, text.length() - 1));
    if (number.isEmpty() || number.getAsLong() > Integer.MAX_VALUE / unit) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number.getAsLong() * unit);
  }

  /** {@code 2}, {@code a100}, {@code a100:2}, several with commas; empty list if it is wrong. */
  static List<GpuRequest> gpus(String text, GpuRequest.Scope scope) {
    List<GpuRequest> requests = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Optional<GpuRequest> request = gpu(part.startsWith("gpu:") ? part.substring(4) : part, scope);
      if (request.isEmpty()) {
        return List.of();
      }
      requests.add(request.get());
    }
    return requests;
  }

  /** {@code 2}, {@code a100} (one of them) or {@code a100:2}. */
  static Optional<GpuRequest> gpu(String text, GpuRequest.Scope scope) {
    int colon = text.lastIndexOf(':');
    String last = text.substring(colon + 1);
    OptionalLong count = scaled(last, "kmg");
    String type = count.isPresent() ? text.substring(0, Math.max(colon, 0)) : text;
    boolean numberFirst = count.isEmpty() && colon >= 0;
    if (text.isEmpty() || type.indexOf(':') >= 0 || numberFirst || (colon == 0)) {
      return Optional.empty();
    }
    return Optional.of(
        new GpuRequest(
            type.isEmpty() ? Optional.empty() : Optional.of(type), count.orElse(1), scope));
  }

  /**
   * {@code 1-10:2%3}, {@code 0,5,7-9}. As slurmctld, it passes over brackets around it, over parts
   * without anything in them, and over a limit that is no number above 0 (tried with 24.11, 26.05).
   */
  static Optional<ArraySpec> array(String written) {
    String text = written.replace("[", "").replace("]", "");
    int percent = text.indexOf('%');
    OptionalInt limit = percent < 0 ? OptionalInt.empty() : count(text.substring(percent + 1));
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (String part : (percent < 0 ? text : text.substring(0, percent)).split(",", -1)) {
      if (part.isBlank()) {
        continue;
      }
      int dash = part.indexOf('-');
      int colon = part.indexOf(':');
      String bounds = colon < 0 ? part : part.substring(0, colon);
      OptionalLong first = number(dash < 0 ? bounds : bounds.substring(0, dash));
      OptionalLong last = dash < 0 ? first : number(bounds.substring(dash + 1));
      OptionalLong step = colon < 0 ? OptionalLong.of(1) : number(part.substring(colon + 1));
      if (first.isEmpty() || last.isEmpty() || step.isEmpty() || (colon >= 0 && dash < 0)) {
        return Optional.empty();
      }
      if (last.getAsLong() < first.getAsLong() || step.getAsLong() < 1) {
        return Optional.empty();
      }
      ranges.add(new ArraySpec.Range(first.getAsLong(), last.getAsLong(), step.getAsLong()));
    }
    return ranges.isEmpty() ? Optional.empty() : Optional.of(new ArraySpec(ranges, limit));
  }

  /** Task indexes as an argument of {@code --array}. */
  static String array(ArraySpec array) {
    StringBuilder text = new StringBuilder();
    for (ArraySpec.Range range : array.ranges()) {
      text.append(text.isEmpty() ? "" : ",").append(range);
    }
    if (array.limit().isPresent()) {
      text.append('%').append(array.limit().getAsInt());
    }
    return text.toString();
  }

  /** As strtol(3) reads it: blanks before it and a plus sign are no mistake. */
  private static OptionalLong number(String text) {
    String plain = text.stripLeading();
    return digits(plain.startsWith("+") ? plain.substring(1) : plain);
  }

  private static OptionalLong digits(String text) {
    if (text.isEmpty() || text.length() > 15) {
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
