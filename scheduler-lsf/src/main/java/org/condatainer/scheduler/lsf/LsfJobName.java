package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;

/**
 * The value of {@code -J}: a name, and the indexes of an array in brackets after it with a limit,
 * as in {@code name[1-10:2]%5}. Brackets that hold anything but numbers and {@code ,-:} belong to
 * the name (recorded of volclava: {@code a[b]}).
 *
 * @param name what stands before the brackets; may be empty
 * @param array the indexes
 * @param problem what bsub does not take, or takes for something else; empty if nothing is wrong
 */
record LsfJobName(String name, Optional<ArraySpec> array, Optional<String> problem) {
  /** A remark that bsub passes over: by how much LSF's indexes are more than the job's own. */
  static final String REMARK = "# LSF's indexes are more by: ";

  static LsfJobName read(String text) {
    int open = text.lastIndexOf('[');
    int close = text.indexOf(']', Math.max(0, open));
    boolean list = open >= 0 && close > open + 1;
    for (int i = open + 1; list && i < close; i++) {
      char c = text.charAt(i);
      list = (c >= '0' && c <= '9') || c == ',' || c == '-' || c == ':' || c == ' ';
    }
    String after = list ? text.substring(close + 1) : "";
    if (!list || !(after.isEmpty() || after.startsWith("%"))) {
      return new LsfJobName(text, Optional.empty(), Optional.empty());
    }
    String name = text.substring(0, open);
    OptionalInt limit = OptionalInt.empty();
    if (!after.isEmpty()) {
      limit = LsfValues.count(after.substring(1));
      if (limit.isEmpty()) {
        return wrong(name, after + " is not a number of elements that may run at the same time");
      }
    }
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (String part : text.substring(open + 1, close).split(",", -1)) {
      Optional<ArraySpec.Range> range = range(part.strip());
      if (range.isEmpty()) {
        return wrong(
            name,
            "["
                + text.substring(open + 1, close)
                + "] is not a list of indexes from 1 on such as 1-10, 1,3,7-9 or 1-9:2;"
                + " without a word, bsub may make a plain job of it");
      }
      ranges.add(range.get());
    }
    return new LsfJobName(name, Optional.of(new ArraySpec(ranges, limit)), Optional.empty());
  }

  private static LsfJobName wrong(String name, String problem) {
    return new LsfJobName(name, Optional.empty(), Optional.of(problem));
  }

  private static Optional<ArraySpec.Range> range(String text) {
    int colon = text.indexOf(':');
    String ends = colon < 0 ? text : text.substring(0, colon);
    int dash = ends.indexOf('-');
    OptionalLong first = LsfValues.number(dash < 0 ? ends : ends.substring(0, dash));
    OptionalLong last = LsfValues.number(ends.substring(dash + 1));
    OptionalLong step =
        colon < 0 ? OptionalLong.of(1) : LsfValues.number(text.substring(colon + 1));
    boolean right =
        first.isPresent()
            && last.isPresent()
            && step.isPresent()
            && first.getAsLong() >= 1
            && last.getAsLong() >= first.getAsLong()
            && step.getAsLong() >= 1;
    return right
        ? Optional.of(new ArraySpec.Range(first.getAsLong(), last.getAsLong(), step.getAsLong()))
        : Optional.empty();
  }

  /** The indexes with their brackets and their limit, as they stand after a name. */
  static String indexes(ArraySpec array) {
    StringBuilder text = new StringBuilder("[");
    for (ArraySpec.Range range : array.ranges()) {
      text.append(text.length() == 1 ? "" : ",").append(range);
    }
    text.append(']');
    if (array.limit().isPresent()) {
      text.append('%').append(array.limit().getAsInt());
    }
    return text.toString();
  }

  /** Whether every index is one that LSF takes. */
  static boolean fits(ArraySpec array) {
    return less(array) == 0 && hasLimit(array);
  }

  /** Whether it says nothing about how many elements run at once, or what LSF takes. */
  static boolean hasLimit(ArraySpec array) {
    return array.limit().isEmpty() || array.limit().getAsInt() > 0;
  }

  /**
   * By how much the indexes that a job is to see are less than LSF's, which begin at 1: 1 for an
   * array from 0 on, otherwise 0.
   */
  static long less(ArraySpec array) {
    for (ArraySpec.Range range : array.ranges()) {
      if (range.first() < 1) {
        return 1;
      }
    }
    return 0;
  }

  /** What the remark of a script says; 0 for a script without it. */
  static long less(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(REMARK)) {
        return LsfValues.count(line.substring(REMARK.length()).strip()).orElse(0);
      }
    }
    return 0;
  }

  /** The same array with indexes that LSF takes. */
  static ArraySpec fitted(ArraySpec array) {
    long less = less(array);
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (ArraySpec.Range range : array.ranges()) {
      ranges.add(new ArraySpec.Range(range.first() + less, range.last() + less, range.step()));
    }
    return new ArraySpec(ranges, array.limit());
  }
}
