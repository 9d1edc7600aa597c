package org.condatainer.scheduler.slurm;

import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Offers Slurm. */
public final class SlurmProvider implements SchedulerProvider {
  @Override
  public String id() {
    return "slurm";
  }

  @Override
  public String displayName() {
    return "Slurm";
  }

  @Override
  public Dialect dialect() {
    return new SlurmDialect();
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return environment
        .program("sbatch")
        .map(path -> Detection.found("sbatch is " + path))
        .orElseGet(() -> Detection.missing("no sbatch in PATH"));
  }

  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    Optional<String> array = environment.variable("SLURM_ARRAY_JOB_ID");
    Optional<String> task = environment.variable("SLURM_ARRAY_TASK_ID");
    if (array.isPresent() && task.isPresent()) {
      return Optional.of(JobId.of(array.get() + "_" + task.get()));
    }
    return environment.variable("SLURM_JOB_ID").map(JobId::of);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new SlurmScheduler(context);
  }
}
