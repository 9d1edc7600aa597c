package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** The earliest start of a job, as it was asked for: by the clock of the scheduler's host. */
public sealed interface BeginTime {
  /** A day and a time. */
  record At(LocalDateTime time) implements BeginTime {
    public At {
      requireNonNull(time, "time is null");
    }
  }

  /** The next moment at which the clock shows this time. */
  record TimeOfDay(LocalTime time) implements BeginTime {
    public TimeOfDay {
      requireNonNull(time, "time is null");
    }
  }

  /** So long after the submit. */
  record After(Duration delay) implements BeginTime {
    public After {
      requireNonNull(delay, "delay is null");
      if (delay.isNegative()) {
        throw new IllegalArgumentException("a negative delay: " + delay);
      }
    }
  }
}
