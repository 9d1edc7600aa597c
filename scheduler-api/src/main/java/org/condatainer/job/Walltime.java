package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** How long a job may run on the wall clock. */
public sealed interface Walltime {
  /** The job is ended after this time. */
  record Limit(Duration duration) implements Walltime {
    public Limit {
      requireNonNull(duration, "duration is null");
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("not a walltime: " + duration);
      }
    }
  }

  /** The job asks for no limit; the queue may still have one. */
  record Unlimited() implements Walltime {}
}
