package org.condatainer.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JobIdTest {
  @Test
  void whatIsWrittenIsReadBack() {
    for (JobId id : new JobId[] {JobId.of("84_3"), new JobId("5", "other")}) {
      assertThat(JobId.parse(id.toString())).isEqualTo(id);
    }
  }

  @Test
  void clusterThatIsNotKnownMayBeAny() {
    JobId plain = JobId.of("5");
    JobId one = new JobId("5", "one");

    assertThat(plain.mayBe(one)).isTrue();
    assertThat(one.mayBe(plain)).isTrue();
    assertThat(one.mayBe(new JobId("5", "one"))).isTrue();
    assertThat(one.mayBe(new JobId("5", "other"))).isFalse();
    assertThat(plain.mayBe(JobId.of("6"))).isFalse();
  }
}
