package org.condatainer.scheduler.pbs;

import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Offers OpenPBS and PBS Professional. */
public final class PbsProvider implements SchedulerProvider {
  @Override
  public String id() {
    return "pbs";
  }

  @Override
  public String displayName() {
    return "PBS";
  }

  @Override
  public Dialect dialect() {
    return new PbsDialect();
  }

  /** Grid Engine has a {@code qsub} and a {@code qstat} too, but no {@code pbsnodes}. */
  @Override
  public Detection detect(HostEnvironment environment) {
    for (String program : new String[] {"qsub", "qstat", "pbsnodes"}) {
      if (environment.program(program).isEmpty()) {
        return Detection.missing("no " + program + " in PATH");
      }
    }
    return Detection.found("qsub is " + environment.program("qsub").orElseThrow());
  }

  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    return environment.variable("PBS_JOBID").map(JobId::of);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new PbsScheduler(context);
  }
}
