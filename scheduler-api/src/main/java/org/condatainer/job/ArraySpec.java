package org.condatainer.job;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * The task indexes of an array job, each once: what is written twice is one task to the schedulers
 * that take it (Slurm and LSF).
 *
 * @param ranges the indexes, rising; never empty. Above a million of them, ranges that overlap stay
 *     as they were written
 * @param limit how many tasks may run at the same time, empty for no limit
 */
public record ArraySpec(List<Range> ranges, OptionalInt limit) {
  /**
   * Indexes from {@code first} to at most {@code last}, {@code step} apart.
   *
   * @param first at least 0
   * @param last at least {@code first}
   * @param step at least 1
   */
  public record Range(long first, long last, long step) {
    public Range {
      if (first < 0 || last < first || step < 1) {
        throw new IllegalArgumentException("not a range: " + first + "-" + last + ":" + step);
      }
    }

    /** How many indexes this range has. */
    public long count() {
      return (last - first) / step + 1;
    }

    @Override
    public String toString() {
      return first == last
          ? Long.toString(first)
          : first + "-" + last + (step == 1 ? "" : ":" + step);
    }
  }

  /** So many indexes can be listed one by one. */
  private static final long LISTED = 1_000_000;

  public ArraySpec {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("an array without an index");
    }
    ranges = isRising(ranges) || sum(ranges) > LISTED ? List.copyOf(ranges) : distinct(ranges);
  }

  private static boolean isRising(List<Range> ranges) {
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).first() <= ranges.get(i - 1).last()) {
        return false;
      }
    }
    return true;
  }

  private static List<Range> distinct(List<Range> ranges) {
    TreeSet<Long> indexes = new TreeSet<>();
    for (Range range : ranges) {
      for (long i = 0; i < range.count(); i++) {
        indexes.add(range.first() + i * range.step());
      }
    }
    List<Range> runs = new ArrayList<>();
    long first = indexes.first();
    long last = first;
    for (long index : indexes.tailSet(first, false)) {
      if (index != last + 1) {
        runs.add(new Range(first, last, 1));
        first = index;
      }
      last = index;
    }
    runs.add(new Range(first, last, 1));
    return List.copyOf(runs);
  }

  private static long sum(List<Range> ranges) {
    long sum = 0;
    for (Range range : ranges) {
      long count = range.count();
      sum = count > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + count;
    }
    return sum;
  }

  /** How many tasks the array has, at most 2^63 - 1. */
  public long count() {
    return sum(ranges);
  }

  /** The highest index, which is what schedulers limit. */
  public long highestIndex() {
    return ranges.stream()
        .mapToLong(range -> range.first() + (range.count() - 1) * range.step())
        .max()
        .orElseThrow();
  }
}
