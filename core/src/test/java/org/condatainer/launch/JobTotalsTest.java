package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.Resources;
import org.junit.jupiter.api.Test;

final class JobTotalsTest {
  @Test
  void whatCannotBeCountedIsAboveEveryLimit() {
    Resources resources =
        Resources.none()
            .withTasks(Integer.MAX_VALUE)
            .withCpusPerTask(Integer.MAX_VALUE)
            .withMemory(new Memory(1L << 40, Memory.Scope.PER_CPU));
    JobTotals totals = JobTotals.of(JobRequest.empty().toBuilder().resources(resources).build());
    assertThat(totals.cpus()).isEqualTo((long) Integer.MAX_VALUE * Integer.MAX_VALUE);
    assertThat(totals.memoryBytes()).isEqualTo(Long.MAX_VALUE);
  }
}
