package org.condatainer.scheduler.htcondor;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The zone in which a time on the clock becomes HTCondor's seconds since 1970. Java reads no rule
 * for summer time in TZ ({@code CET-1CEST,M3.5.0,M10.5.0/3}, POSIX "Other Environment Variables"):
 * it goes by the offset of today, which is another one in half of the year.
 */
final class LocalZone {
  /** A name and an offset, and nothing behind it: the offset of today is that of every day. */
  private static final String WITHOUT_SUMMER =
      ":?(<[^>]+>|[A-Za-z]{3,})[+-]?\\d{1,3}(:\\d{2}){0,2}";

  private static final String DATABASE = "zoneinfo/";

  /** What a user can do about it. */
  static final String UNKNOWN =
      "a time of another day is counted by TZ, whose rule for summer time is not read here; set it"
          + " to a zone's name, as in TZ=Europe/Berlin";

  private LocalZone() {}

  /** This process's; empty if Java does not know it. */
  static Optional<ZoneId> known() {
    String variable = System.getenv("TZ");
    return known(variable == null ? "" : variable, ZoneId.systemDefault());
  }

  /**
   * The same.
   *
   * @param variable TZ, empty if it is not set
   * @param javas what Java made of it
   */
  static Optional<ZoneId> known(String variable, ZoneId javas) {
    boolean offsetOfToday = javas.getId().matches("GMT[+-].*");
    if (!offsetOfToday || variable.matches(WITHOUT_SUMMER)) {
      return Optional.of(javas);
    }
    int database = variable.indexOf(DATABASE);
    if (database < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZoneId.of(variable.substring(database + DATABASE.length())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
