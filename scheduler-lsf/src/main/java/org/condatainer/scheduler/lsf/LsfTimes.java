package org.condatainer.scheduler.lsf;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Times as LSF prints them, in the zone that its commands are given, UTC, and without their year:
 * {@code Nov 23 04:56}, {@code Mon Nov 23 04:56:43}, {@code 11/23-04:56:43}. The year is the last
 * in which the time is not in the future. IBM adds it with {@code LSB_DISPLAY_YEAR}.
 */
final class LsfTimes {
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  /** Clocks of two machines may differ, and zones by a day. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private LsfTimes() {}

  /** Empty for {@code -} and for every form that is not known. */
  static Optional<Instant> read(String text, Instant now) {
    String value = text.strip();
    int slash = value.indexOf('/');
    int dash = value.indexOf('-');
    if (slash > 0 && dash > slash) {
      return time(
          number(value.substring(0, slash)),
          number(value.substring(slash + 1, dash)),
          value.substring(dash + 1),
          "",
          now);
    }
    String[] words = value.split("\\s+", -1);
    int first = words.length > 0 && MONTHS.contains(words[0]) ? 0 : 1;
    if (words.length < first + 3 || !MONTHS.contains(words[first])) {
      return Optional.empty();
    }
    String last = words.length > first + 3 ? words[first + 3] : "";
    return time(
        MONTHS.indexOf(words[first]) + 1,
        number(words[first + 1]),
        words[first + 2],
        last.length() == 4 ? last : "",
        now);
  }

  private static Optional<Instant> time(
      int month, int day, String clock, String year, Instant now) {
    String[] parts = clock.split(":", -1);
    if (parts.length < 2 || parts.length > 3) {
      return Optional.empty();
    }
    int second = parts.length == 3 ? number(parts[2]) : 0;
    int known = number(year);
    int newest = known > 0 ? known : now.atZone(ZoneOffset.UTC).getYear() + 1;
    int oldest = known > 0 ? known : newest - 5;
    for (int y = newest; y >= oldest; y--) {
      try {
        Instant time =
            LocalDateTime.of(y, month, day, number(parts[0]), number(parts[1]), second)
                .toInstant(ZoneOffset.UTC);
        if (known > 0 || time.isBefore(now.plus(AHEAD))) {
          return Optional.of(time);
        }
      } catch (DateTimeException e) {
        // February 29 may be there in the year before; no other day is.
        if (month != 2) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static int number(String text) {
    return text.length() < 6 && LsfIds.isNumber(text) ? Integer.parseInt(text) : -1;
  }
}
