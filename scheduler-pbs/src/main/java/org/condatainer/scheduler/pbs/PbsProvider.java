package org.condatainer.scheduler.pbs;

import java.nio.file.Path;
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

  /**
   * Grid Engine has a {@code qsub} and a {@code qstat} too, but no {@code pbsnodes}; Slurm has
   * scripts by all three names (its {@code contribs/torque}).
   */
  @Override
  public Detection detect(HostEnvironment environment) {
    for (String program : new String[] {"qsub", "qstat", "pbsnodes"}) {
      Optional<Path> found = environment.program(program);
      if (found.isEmpty()) {
        return Detection.missing("no " + program + " in PATH");
      }
      Optional<String> owner = OtherQsub.owner(found.get(), environment);
      if (owner.isPresent()) {
        return Detection.missing(program + " is " + found.get() + ", which is " + owner.get());
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
