package org.condatainer.scheduler.htcondor;

import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Offers HTCondor. */
public final class HtcondorProvider implements SchedulerProvider {
  @Override
  public String id() {
    return "htcondor";
  }

  @Override
  public String displayName() {
    return "HTCondor";
  }

  @Override
  public Dialect dialect() {
    return new HtcondorDialect();
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return environment
        .program("condor_submit")
        .map(path -> Detection.found("condor_submit is " + path))
        .orElseGet(() -> Detection.missing("no condor_submit in PATH"));
  }

  /** A job is told where its description is, and no id by a variable. */
  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    return environment.variable("_CONDOR_JOB_AD").flatMap(JobAdFile::id);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new HtcondorScheduler(context, System.getProperty("user.name", ""));
  }
}
