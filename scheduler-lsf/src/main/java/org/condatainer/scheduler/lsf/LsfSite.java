package org.condatainer.scheduler.lsf;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import org.condatainer.job.Memory;

/**
 * What a site decides in {@code lsf.conf} and {@code lsb.params}, and what a number in a directive
 * means by it.
 *
 * @param limitUnit bytes of one unit of a limit without a unit ({@code LSF_UNIT_FOR_LIMITS}; KB if
 *     it is not set)
 * @param reservationUnit bytes of one unit of {@code mem} in {@code rusage[]} without a unit (the
 *     same parameter; MB if it is not set)
 * @param limitScope what {@code -M} is counted by: each process ({@link Memory.Scope#PER_TASK}), or
 *     the job with {@code LSB_JOB_MEMLIMIT=y}
 * @param reservationScope what {@code rusage[mem=]} is counted by: each host, or each task with
 *     {@code RESOURCE_RESERVE_PER_TASK=Y}
 * @param dispatchInterval time between two rounds of dispatching ({@code MBD_SLEEP_TIME})
 */
record LsfSite(
    long limitUnit,
    long reservationUnit,
    Memory.Scope limitScope,
    Memory.Scope reservationScope,
    Duration dispatchInterval) {
  private static final long KIBIBYTE = 1L << 10;
  private static final long MEBIBYTE = 1L << 20;

  /** LSF as it is without a word in its configuration. */
  static final LsfSite DEFAULT =
      new LsfSite(
          KIBIBYTE, MEBIBYTE, Memory.Scope.PER_TASK, Memory.Scope.PER_NODE, Duration.ofSeconds(60));

  LsfSite {
    requireNonNull(limitScope, "limitScope is null");
    requireNonNull(reservationScope, "reservationScope is null");
  }

  /** volclava as it is delivered: limits are in MB too (its lsf.conf(5)). */
  static final LsfSite VOLCLAVA =
      new LsfSite(
          MEBIBYTE,
          MEBIBYTE,
          DEFAULT.limitScope,
          DEFAULT.reservationScope,
          DEFAULT.dispatchInterval);

  /**
   * What is so on a site where nobody said otherwise.
   *
   * @param version the first line of {@code lsid}
   */
  static LsfSite of(String version) {
    return version.startsWith("volclava") ? VOLCLAVA : DEFAULT;
  }

  /**
   * What {@code lsf.conf} says: lines {@code NAME=value}, the last of a name counts.
   *
   * @param text its content, empty if it could not be read
   */
  LsfSite withConfiguration(String text) {
    LsfSite site = this;
    for (String line : text.split("\n", -1)) {
      String plain = line.strip();
      int equals = plain.indexOf('=');
      if (equals < 0 || plain.charAt(0) == '#') {
        continue;
      }
      String value = unquoted(plain.substring(equals + 1).strip());
      switch (plain.substring(0, equals).strip()) {
        case "LSF_UNIT_FOR_LIMITS" -> {
          OptionalLong unit = unit(value);
          if (unit.isPresent()) {
            site =
                new LsfSite(
                    unit.getAsLong(),
                    unit.getAsLong(),
                    site.limitScope,
                    site.reservationScope,
                    site.dispatchInterval);
          }
        }
        case "LSB_JOB_MEMLIMIT" -> {
          if (isYes(value)) {
            site =
                new LsfSite(
                    site.limitUnit,
                    site.reservationUnit,
                    Memory.Scope.PER_JOB,
                    site.reservationScope,
                    site.dispatchInterval);
          }
        }
        default -> {}
      }
    }
    return site;
  }

  /**
   * What {@code bparams -l} adds: {@code RESOURCE_RESERVE_PER_TASK = Y}, {@code MBD_SLEEP_TIME = 10
   * (seconds)}.
   */
  LsfSite withParameters(String parameters) {
    Memory.Scope scope = reservationScope;
    Duration interval = dispatchInterval;
    for (String line : parameters.split("\n", -1)) {
      int equals = line.indexOf('=');
      String name = line.substring(0, Math.max(0, equals)).strip();
      String value = line.substring(equals + 1).strip();
      if (name.startsWith("RESOURCE_RESERVE_PER_") && isYes(value)) {
        scope = Memory.Scope.PER_TASK;
      } else if (name.equals("MBD_SLEEP_TIME")) {
        OptionalLong seconds = LsfValues.number(value.split(" ", 2)[0]);
        interval = seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : interval;
      }
    }
    return new LsfSite(limitUnit, reservationUnit, limitScope, scope, interval);
  }

  private static boolean isYes(String value) {
    return value.startsWith("y") || value.startsWith("Y");
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    return last > 0 && value.charAt(0) == '"' && value.charAt(last) == '"'
        ? value.substring(1, last)
        : value;
  }

  /** Bytes of a unit by its name: {@code KB} or {@code K} to {@code EB} or {@code E}. */
  static OptionalLong unit(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "K", "KB" -> OptionalLong.of(KIBIBYTE);
      case "M", "MB" -> OptionalLong.of(MEBIBYTE);
      case "G", "GB" -> OptionalLong.of(1L << 30);
      case "T", "TB" -> OptionalLong.of(1L << 40);
      case "P", "PB" -> OptionalLong.of(1L << 50);
      case "E", "EB" -> OptionalLong.of(1L << 60);
      default -> OptionalLong.empty();
    };
  }
}
