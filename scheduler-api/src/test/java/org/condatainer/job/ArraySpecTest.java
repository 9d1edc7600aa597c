package org.condatainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec.Range;
import org.junit.jupiter.api.Test;

final class ArraySpecTest {
  private static ArraySpec array(Range... ranges) {
    return new ArraySpec(List.of(ranges), OptionalInt.empty());
  }

  @Test
  void indexThatIsWrittenTwiceIsOneTask() {
    ArraySpec array = array(new Range(1, 2, 1), new Range(2, 2, 1));
    assertThat(array.ranges()).hasToString("[1-2]");
    assertThat(array.count()).isEqualTo(2);
    assertThat(array(new Range(1, 5, 2), new Range(2, 6, 2), new Range(9, 9, 1)).ranges())
        .hasToString("[1-6, 9]");
  }

  @Test
  void rangesThatRiseStayAsTheyAre() {
    assertThat(array(new Range(0, 8, 4), new Range(10, 20, 5)).ranges())
        .hasToString("[0-8:4, 10-20:5]");
  }

  @Test
  void indexesRise() {
    assertThat(array(new Range(7, 9, 1), new Range(1, 3, 1)).ranges()).hasToString("[1-3, 7-9]");
  }

  @Test
  void hugeRangesAreNotListed() {
    long huge = 999_999_999_999_999_999L;
    ArraySpec array = array(new Range(0, huge, 1), new Range(0, huge, 1));
    assertThat(array.count()).isEqualTo(2 * (huge + 1));
    Range[] many = new Range[20];
    Arrays.fill(many, new Range(0, huge, 1));
    assertThat(array(many).count()).isEqualTo(Long.MAX_VALUE);
  }
}
