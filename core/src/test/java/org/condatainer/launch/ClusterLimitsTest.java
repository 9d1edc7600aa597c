package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.ClusterInfo;
import org.junit.jupiter.api.Test;

/** Arrays that a cluster would refuse: schedulers limit their indexes or their number of tasks. */
final class ClusterLimitsTest {
  @Test
  void arrayWithMoreTasksThanTheClusterAllowsIsTold() {
    ClusterLimits limits = limits(OptionalLong.empty(), OptionalLong.of(100));

    assertThat(limits.exceededBy(array(1, 101)))
        .containsExactly("the array has 101 tasks, and this cluster allows 100");
    assertThat(limits.exceededBy(array(1001, 1100))).isEmpty();
    assertThat(limits.exceededBy(JobRequest.empty())).isEmpty();
  }

  @Test
  void arrayWithAHigherIndexThanTheClusterAllowsIsTold() {
    ClusterLimits limits = limits(OptionalLong.of(1000), OptionalLong.empty());

    assertThat(limits.exceededBy(array(1001, 1100)))
        .containsExactly("the array's highest index is 1100, and this cluster allows 1000");
    assertThat(limits.exceededBy(array(1, 1000))).isEmpty();
  }

  private static ClusterLimits limits(OptionalLong highestIndex, OptionalLong mostTasks) {
    return new ClusterLimits(
        new ClusterInfo(
            "", "", List.of(), List.of(), highestIndex, mostTasks, true, OptionalLong.empty()));
  }

  private static JobRequest array(long first, long last) {
    return JobRequest.empty().toBuilder()
        .array(new ArraySpec(List.of(new ArraySpec.Range(first, last, 1)), OptionalInt.empty()))
        .build();
  }
}
