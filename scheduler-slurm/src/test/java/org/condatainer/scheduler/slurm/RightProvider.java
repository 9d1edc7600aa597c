package org.condatainer.scheduler.slurm;

import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Slurm's provider; a wrong one overrides what it does wrong. */
class RightProvider implements SchedulerProvider {
  private final SlurmProvider right = new SlurmProvider();

  @Override
  public String id() {
    return right.id();
  }

  @Override
  public String displayName() {
    return right.displayName();
  }

  @Override
  public Dialect dialect() {
    return right.dialect();
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return right.detect(environment);
  }

  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    return right.currentJob(environment);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return right.open(context);
  }
}
