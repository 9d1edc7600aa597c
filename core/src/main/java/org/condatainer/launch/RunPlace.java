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
 * @param reason why on this machine; empty for a scheduler
 */
record RunPlace(Optional<SchedulerProvider> provider, String reason) {
  RunPlace {
    requireNonNull(provider, "provider is null");
    requireNonNull(reason, "reason is null");
  }

  /**
   * Decides where a script runs: on the scheduler at hand if it has that scheduler's directives,
   * here without any, inside a job, or where the user says.
   *
   * @throws LaunchException if there is no scheduler and one is asked for, or the script is written
   *     for another
   */
  static RunPlace of(
      JobScript script,
      LaunchOptions options,
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment) {
    if (options.place() == LaunchOptions.Place.LOCAL) {
      return new RunPlace(Optional.empty(), "--local");
    }
    Optional<String> wanted = options.scheduler();
    String origin = "--scheduler";
    if (wanted.isEmpty() && configuration.scheduler().isPresent()) {
      wanted = Optional.of(configuration.scheduler().get().value());
      origin = configuration.scheduler().get().origin();
    }
    SchedulerChoice choice = SchedulerChoice.of(wanted, origin, schedulers, environment);
    boolean mustSubmit = options.place() == LaunchOptions.Place.SUBMIT;
    if (choice.provider().isEmpty()) {
      String reasons = String.join("; ", choice.reason());
      if (mustSubmit) {
        throw new LaunchException(
            LaunchException.Kind.NO_SCHEDULER,
            "--submit: there is no scheduler here (" + reasons + ")");
      }
      return new RunPlace(Optional.empty(), "no scheduler (" + reasons + ")");
    }
    SchedulerProvider provider = choice.provider().get();
    Optional<JobId> inside = currentJob(schedulers, environment);
    if (inside.isPresent() && options.scheduler().isEmpty() && !mustSubmit) {
      return new RunPlace(Optional.empty(), "inside job " + inside.get());
    }
    if (provider.dialect().appearsIn(script)) {
      return new RunPlace(choice.provider(), "");
    }
    refuseForeign(script, provider);
    if (mustSubmit || options.scheduler().isPresent()) {
      return new RunPlace(choice.provider(), "");
    }
    return new RunPlace(
        Optional.empty(),
        "the script has no directives (--submit submits it to " + provider.displayName() + ")");
  }

  private static void refuseForeign(JobScript script, SchedulerProvider provider) {
    Optional<String> foreign = ForeignDirectives.in(script, provider.id());
    if (foreign.isPresent()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          script.name()
              + " is written for "
              + foreign.get()
              + ", and cannot be translated for "
              + provider.displayName()
              + " yet; give it directives of "
              + provider.displayName()
              + ", or run it on this machine: --local");
    }
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
