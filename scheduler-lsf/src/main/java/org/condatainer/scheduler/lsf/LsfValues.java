package org.condatainer.scheduler.lsf;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.BeginTime;

/** Values of bsub's options (IBM Spectrum LSF 10.1 command reference, "bsub"). */
final class LsfValues {
  private static final long[] UNITS = {1L << 60, 1L << 50, 1L << 40, 1L << 30, 1L << 20, 1L << 10};
  private static final String LETTERS = "EPTGMK";

  private LsfValues() {}

  /** {@code [hours:]minutes}; minutes above 59 are added up. Empty for any other text. */
  static Optional<Duration> runLimit(String text) {
    int colon = text.indexOf(':');
    String hours = colon < 0 ? "0" : text.substring(0, colon);
    OptionalLong minutes = number(text.substring(colon + 1));
    OptionalLong whole = number(hours);
    if (minutes.isEmpty()
        || whole.isEmpty()
        || hours.length() > 7
        || minutes.getAsLong() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofHours(whole.getAsLong()).plus(Duration.ofMinutes(minutes.getAsLong())));
  }

  /** Whole minutes, rounded up: a limit must not shrink. */
  static String runLimit(Duration limit) {
    long minutes = limit.plusMinutes(1).minusNanos(1).toMinutes();
    long rest = minutes % 60;
    return minutes / 60 + ":" + (rest < 10 ? "0" : "") + rest;
  }

  /**
   * An amount of memory in bytes: a number, with or without a unit.
   *
   * @param unit bytes of the unit of a number without one
   */
  static OptionalLong memory(String text, long unit) {
    int end = text.length();
    while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
      end--;
    }
    OptionalLong factor =
        end == text.length() ? OptionalLong.of(unit) : LsfSite.unit(text.substring(end));
    String digits = text.substring(0, end);
    if (factor.isEmpty() || digits.isEmpty() || digits.length() > 18 || !isDecimal(digits)) {
      return OptionalLong.empty();
    }
    BigDecimal bytes = new BigDecimal(digits).multiply(BigDecimal.valueOf(factor.getAsLong()));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(bytes.longValue());
  }

  /** Whether an amount says its unit itself. */
  static boolean hasUnit(String text) {
    return !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
  }

  private static boolean isDecimal(String text) {
    boolean point = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && !point && i > 0) {
        point = true;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }

  /** Bytes in the largest unit that says them exactly; what is no whole KB is rounded up. */
  static String memory(long bytes) {
    for (int i = 0; i < UNITS.length; i++) {
      if (bytes > 0 && bytes % UNITS[i] == 0) {
        return bytes / UNITS[i] + LETTERS.substring(i, i + 1) + "B";
      }
    }
    return (bytes >> 10) + (bytes % 1024 == 0 ? 0 : 1) + "KB";
  }

  /**
   * {@code [[[year:]month:]day:]hour:minute}; empty for a form that depends on the day of the
   * submit (without its year) and for what is none.
   */
  static Optional<BeginTime> begin(String text) {
    String[] parts = text.split(":", -1);
    int[] numbers = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      OptionalLong number = number(parts[i]);
      if (number.isEmpty() || number.getAsLong() > 9999) {
        return Optional.empty();
      }
      numbers[i] = (int) number.getAsLong();
    }
    try {
      if (numbers.length == 2) {
        return Optional.of(new BeginTime.TimeOfDay(LocalTime.of(numbers[0], numbers[1])));
      }
      return numbers.length == 5
          ? Optional.of(
              new BeginTime.At(
                  LocalDateTime.of(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether a text is a time of day, or a day or a month and a day before it, in their ranges. */
  static boolean isTime(String text) {
    String[] parts = text.split(":", -1);
    int[] highest = {59, 23, 31, 12, 9999};
    if (parts.length < 2 || parts.length > highest.length) {
      return false;
    }
    for (int i = 0; i < parts.length; i++) {
      OptionalLong number = number(parts[parts.length - 1 - i]);
      if (number.isEmpty() || number.getAsLong() > highest[i]) {
        return false;
      }
    }
    return true;
  }

  /** Seconds are dropped; whoever asks says so. */
  static String begin(LocalDateTime time) {
    return time.getYear()
        + ":"
        + time.getMonthValue()
        + ":"
        + time.getDayOfMonth()
        + ":"
        + clock(time.toLocalTime());
  }

  static String clock(LocalTime time) {
    return two(time.getHour()) + ":" + two(time.getMinute());
  }

  private static String two(int number) {
    return (number < 10 ? "0" : "") + number;
  }

  /** A whole number above 0. */
  static OptionalInt count(String text) {
    OptionalLong number = number(text);
    return number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of((int) number.getAsLong());
  }

  /** A whole number of at most 18 digits, nothing else. */
  static OptionalLong number(String text) {
    return LsfIds.isNumber(text) ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }
}
