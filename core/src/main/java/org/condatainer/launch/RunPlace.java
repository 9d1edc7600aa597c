package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;

/**
 * Where a job script runs.
 *
 * @param provider the scheduler that it is submitted to, empty for this machine
 * @param writtenFor the scheduler whose directives the script has, if that is another one
 * @param reason why on this machine; empty for a scheduler
 */
record RunPlace(
    Optional<SchedulerProvider> provider, Optional<SchedulerProvider> writtenFor, String reason) {
  RunPlace {
    requireNonNull(provider, "provider is null");
    requireNonNull(writtenFor, "writtenFor is null");
    requireNonNull(reason, "reason is null");
  }

  /**
   * Decides where a script runs: on the scheduler at hand if it has directives of any scheduler,
   * here without any, inside a job, or where the user says.
   *
   * @throws LaunchException if there is no scheduler and one is asked for, or the script is written
   *     for one that no adapter reads
   */
  static RunPlace of(
      JobScript script,
      LaunchOptions options,
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment) {
    boolean waits = !options.overrides().dependencies().isEmpty() || options.overrides().held();
    if (options.place() == LaunchOptions.Place.LOCAL) {
      if (waits) {
        throw new LaunchException(
            LaunchException.Kind.BAD_REQUEST,
            "--local: a run on this machine waits for nothing; leave out --local, or --hold,"
                + " --afterok, --afternotok and --afterany");
      }
      return RunPlace.here("--local");
    }
    Optional<String> wanted = options.scheduler();
    String origin = "--scheduler";
    if (wanted.isEmpty() && configuration.scheduler().isPresent()) {
      wanted = Optional.of(configuration.scheduler().get().value());
      origin = configuration.scheduler().get().origin();
    }
    SchedulerChoice choice = SchedulerChoice.of(wanted, origin, schedulers, environment);
    boolean mustSubmit = waits || options.place() == LaunchOptions.Place.SUBMIT;
    if (choice.provider().isEmpty()) {
      String reasons = String.join("; ", choice.reason());
      if (mustSubmit) {
        throw new LaunchException(
            LaunchException.Kind.NO_SCHEDULER,
            (waits ? "to wait, a job needs a scheduler" : "--submit")
                + ": there is no scheduler here ("
                + reasons
                + ")");
      }
      return RunPlace.here("no scheduler (" + reasons + ")");
    }
    SchedulerProvider provider = choice.provider().get();
    Optional<JobId> inside = currentJob(schedulers, environment);
    if (inside.isPresent() && options.scheduler().isEmpty() && !mustSubmit) {
      return RunPlace.here("inside job " + inside.get());
    }
    Optional<SchedulerProvider> writtenFor =
        WrittenFor.of(script, options.writtenFor(), provider, schedulers);
    if (writtenFor.isPresent()) {
      boolean own = writtenFor.get().id().equals(provider.id());
      return new RunPlace(choice.provider(), own ? Optional.empty() : writtenFor, "");
    }
    if (mustSubmit || options.scheduler().isPresent()) {
      return new RunPlace(choice.provider(), Optional.empty(), "");
    }
    return here(
        "the script has no directives (--submit submits it to " + provider.displayName() + ")");
  }

  private static RunPlace here(String reason) {
    return new RunPlace(Optional.empty(), Optional.empty(), reason);
  }

  /** The job that this process runs in, on whatever scheduler. */
  private static Optional<JobId> currentJob(
      InstalledSchedulers schedulers, HostEnvironment environment) {
    for (SchedulerProvider provider : schedulers.providers()) {
      Optional<JobId> job = provider.currentJob(environment);
      if (job.isPresent()) {
        return job;
      }
    }
    return Optional.empty();
  }
}
