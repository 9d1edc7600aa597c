package org.condatainer.scheduler;

import java.util.Optional;

/**
 * Steps that do not depend on each other: a problem with one keeps none of the others from being
 * tried, and the first problem is thrown when all were.
 */
public final class Attempts {
  private Optional<SchedulerException> first = Optional.empty();

  /**
   * Tries one step.
   *
   * @return the kind of its problem, empty if it had none
   */
  public Optional<Failure.Kind> make(Runnable step) {
    try {
      step.run();
      return Optional.empty();
    } catch (SchedulerException e) {
      first = Optional.of(first.orElse(e));
      return Optional.of(e.failure().kind());
    }
  }

  /**
   * To be called after the last step.
   *
   * @throws SchedulerException the first problem, if there was one
   */
  public void throwFirst() {
    if (first.isPresent()) {
      throw first.get();
    }
  }
}
