package org.condatainer.scheduler.htcondor;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * The adapter of a user who is not the one that runs the tests.
 *
 * @param longestPause what is left of a longer pause between two tries
 */
record HtcondorOfUser(HtcondorProvider provider, String user, Duration longestPause)
    implements SchedulerProvider {
  @Override
  public String id() {
    return provider.id();
  }

  @Override
  public String displayName() {
    return provider.displayName();
  }

  @Override
  public Dialect dialect() {
    return provider.dialect();
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return provider.detect(environment);
  }

  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    return provider.currentJob(environment);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new HtcondorScheduler(
        context,
        user,
        pause -> LockSupport.parkNanos(Math.min(pause.toNanos(), longestPause.toNanos())));
  }
}
