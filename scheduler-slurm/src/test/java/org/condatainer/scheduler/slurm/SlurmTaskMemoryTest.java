package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.Test;

final class SlurmTaskMemoryTest {
  /** What is left of 2^63 bytes by 2^62 of each of two tasks would be another request. */
  @Test
  void memoryOfAllTasksThatCannotBeCountedIsRefused() {
    Overrides overrides = Overrides.builder().memoryBytesPerTask(1L << 62).build();
    Resources resources = Resources.none().withTasks(2);
    assertThatThrownBy(
            () -> SlurmTaskMemory.of(overrides, resources.withTasksPerNode(2), List.of()))
        .isInstanceOf(SchedulerException.class)
        .hasMessageContaining("4611686018427387904 times 2, which is more than can be counted");
  }
}
