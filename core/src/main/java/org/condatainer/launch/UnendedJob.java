package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.config.Configuration;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.lock.HolderJob;
import org.condatainer.lock.Lease;
import org.condatainer.lock.LeaseFile;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.ShellWords;

/**
 * The job of a lease that lies beside a free image, and has not ended: it was put back, and mounts
 * the image again when it starts. The lock alone cannot tell that. The scheduler is asked only if
 * there is such a lease.
 *
 * @param configuration how long a scheduler may take
 * @param schedulers those that there are adapters for
 * @param environment of this process
 * @param waitedFor jobs that end before the image is wanted
 */
record UnendedJob(
    Configuration configuration,
    InstalledSchedulers schedulers,
    HostEnvironment environment,
    List<JobId> waitedFor) {
  UnendedJob {
    requireNonNull(configuration, "configuration is null");
    requireNonNull(schedulers, "schedulers is null");
    requireNonNull(environment, "environment is null");
    waitedFor = List.copyOf(waitedFor);
  }

  /**
   * Why an image is in use though nobody has its lock.
   *
   * @return empty if there is no such job, or the scheduler cannot tell: then the node's lock
   *     decides
   */
  Optional<String> holding(Path image) {
    Optional<Lease> lease;
    try {
      lease = LeaseFile.read(image);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (lease.isEmpty() || lease.get().job().isEmpty()) {
      return Optional.empty();
    }
    JobId id = lease.get().job().get().id();
    Optional<SchedulerProvider> provider = schedulers.byId(lease.get().job().get().scheduler());
    if (provider.isEmpty()
        || waitedFor.stream().anyMatch(id::mayBe)
        || provider.get().currentJob(environment).filter(id::mayBe).isPresent()
        || isOwn(lease.get().job().get())
        || !provider.get().detect(environment).found()) {
      return Optional.empty();
    }
    JobSnapshot job;
    try {
      job =
          provider
              .get()
              .open(
                  new SchedulerContext(
                      environment,
                      new ProcessRunner(environment.variables()),
                      Duration.ofSeconds(configuration.commandTimeoutSeconds()),
                      progress -> {}))
              .query(Set.of(id))
              .get(id);
    } catch (SchedulerException e) {
      return Optional.empty();
    }
    boolean holds =
        job != null
            && job.state() instanceof JobState.Alive
            && job.owner().orElse(lease.get().user()).equals(lease.get().user());
    return holds ? Optional.of(message(image, lease.get(), provider.get(), job)) : Optional.empty();
  }

  /** A run by hand in a task of an array names its job by the task's own number. */
  private boolean isOwn(HolderJob job) {
    Optional<HolderJob> own = HolderJob.ofEnvironment(environment.variables());
    return own.isPresent()
        && own.get().scheduler().equals(job.scheduler())
        && own.get().id().mayBe(job.id());
  }

  private static String message(
      Path image, Lease lease, SchedulerProvider provider, JobSnapshot job) {
    return image
        + " is in use: "
        + provider.displayName()
        + " job "
        + job.id()
        + " of "
        + lease.user()
        + ", which wrote its lease, has not ended ("
        + (job.state() instanceof JobState.Alive alive ? alive.word() : "")
        + ") and goes on with it\n  Wait until it ends, or use a copy of the image."
        + "\n  More: condatainer lock status "
        + ShellWords.quote(image.toString());
  }
}
