package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LsfTimesTest {
  private static final Instant NOW = Instant.parse("2026-10-25T12:00:00Z");

  /** In Berlin there are two of this hour. */
  @ParameterizedTest
  @CsvSource({
    "Sun Oct 25 02:30:00, 2026-10-25T02:30:00Z",
    "Oct 25 02:30, 2026-10-25T02:30:00Z",
    "10/25-02:30:07, 2026-10-25T02:30:07Z",
    "Sun Mar 29 02:30:00 2026, 2026-03-29T02:30:00Z",
  })
  void timesAreReadInUtc(String text, Instant time) {
    assertThat(LsfTimes.read(text, NOW)).contains(time);
  }

  @Test
  void theYearIsTheLastInWhichItIsNotInTheFuture() {
    assertThat(LsfTimes.read("Dec 31 23:59", Instant.parse("2027-01-01T00:30:00Z")))
        .contains(Instant.parse("2026-12-31T23:59:00Z"));
  }
}
