package org.condatainer.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.junit.jupiter.api.Test;

/** The adapters that are installed. */
final class InstalledSchedulersTest {
  @Test
  void higherPriorityReplacesABuiltInAdapter() {
    SchedulerProvider builtIn = provider("slurm", "built in", 0);
    SchedulerProvider site = provider("slurm", "site", 5);

    assertThat(new InstalledSchedulers(List.of(builtIn, site)).providers()).containsExactly(site);
    assertThat(new InstalledSchedulers(List.of(site, builtIn)).byId("slurm")).contains(site);
  }

  @Test
  void everyAdapterSaysWhatItSaw() {
    SchedulerProvider slurm = provider("slurm", "Slurm", 0);

    assertThat(new InstalledSchedulers(List.of(slurm)).detect(new HostEnvironment(Map.of())))
        .containsEntry(slurm, Detection.missing("not here"));
  }

  private static SchedulerProvider provider(String id, String name, int priority) {
    return new SchedulerProvider() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public String displayName() {
        return name;
      }

      @Override
      public Dialect dialect() {
        throw new AssertionError();
      }

      @Override
      public Detection detect(HostEnvironment environment) {
        return Detection.missing("not here");
      }

      @Override
      public Optional<JobId> currentJob(HostEnvironment environment) {
        return Optional.empty();
      }

      @Override
      public Scheduler open(SchedulerContext context) {
        throw new AssertionError();
      }

      @Override
      public int priority() {
        return priority;
      }
    };
  }
}
