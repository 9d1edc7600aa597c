package org.condatainer.scheduler;

import java.util.Optional;
import org.condatainer.job.JobId;

/**
 * Offers one scheduler's adapter. Found by {@link java.util.ServiceLoader}; needs a public
 * constructor without parameters, which does nothing.
 */
public interface SchedulerProvider {
  /** A short lower-case name that users type: {@code slurm}, {@code pbs}. Never {@code none}. */
  String id();

  /** The name as its makers write it: {@code Slurm}. */
  String displayName();

  /** How job scripts speak to this scheduler. */
  Dialect dialect();

  /**
   * Whether this scheduler can be used from here. Looks at PATH and at variables, and starts
   * nothing.
   */
  Detection detect(HostEnvironment environment);

  /**
   * The job that this process runs in, if this scheduler started it, by the variables that it sets
   * for its jobs. Starts nothing.
   */
  Optional<JobId> currentJob(HostEnvironment environment);

  /** Opens the scheduler for use. Starts nothing yet. */
  Scheduler open(SchedulerContext context);

  /**
   * Of several providers with one id the highest priority wins, so that a site's own adapter may
   * replace a built-in one, whose priority is 0.
   */
  default int priority() {
    return 0;
  }
}
