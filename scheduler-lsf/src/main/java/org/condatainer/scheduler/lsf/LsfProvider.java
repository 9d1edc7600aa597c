package org.condatainer.scheduler.lsf;

import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Offers LSF. */
public final class LsfProvider implements SchedulerProvider {
  @Override
  public String id() {
    return "lsf";
  }

  @Override
  public String displayName() {
    return "LSF";
  }

  /** The dialect for a site that left LSF's units as they are delivered. */
  @Override
  public Dialect dialect() {
    return new LsfDialect(LsfSite.DEFAULT);
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return environment
        .program("bsub")
        .map(path -> Detection.found("bsub is " + path))
        .orElseGet(() -> Detection.missing("no bsub in PATH"));
  }

  /** LSF sets {@code LSB_JOBINDEX=0} for a job that is no array element. */
  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    Optional<String> job = environment.variable("LSB_JOBID");
    String index = environment.variable("LSB_JOBINDEX").orElse("0");
    return job.map(id -> JobId.of(index.equals("0") ? id : id + "[" + index + "]"));
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new LsfScheduler(context);
  }
}
