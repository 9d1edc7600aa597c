package org.condatainer.job;

import java.util.List;
import java.util.OptionalInt;

/**
 * The task indexes of an array job.
 *
 * @param ranges the indexes in the order in which they were written, never empty
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

  public ArraySpec {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("an array without an index");
    }
  }

  /** How many tasks the array has. An index that is written twice is counted twice. */
  public long count() {
    return ranges.stream().mapToLong(Range::count).sum();
  }

  /** The highest index, which is what schedulers limit. */
  public long highestIndex() {
    return ranges.stream()
        .mapToLong(range -> range.first() + (range.count() - 1) * range.step())
        .max()
        .orElseThrow();
  }
}
