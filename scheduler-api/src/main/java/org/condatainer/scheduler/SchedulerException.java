package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/** A scheduler that refused, could not, or could not be asked. */
public final class SchedulerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /** Its message has the failure's, the command, and what that said, on lines of their own. */
  public SchedulerException(Failure failure) {
    super(text(failure));
    this.failure = requireNonNull(failure, "failure is null");
  }

  static SchedulerException unsupported(String feature, Scheduler scheduler) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.UNSUPPORTED,
            scheduler.displayName() + " does not support " + feature + " here",
            "",
            ""));
  }

  /** What went wrong, as data. */
  public Failure failure() {
    return failure;
  }

  private static String text(Failure failure) {
    StringBuilder text = new StringBuilder(failure.message());
    if (!failure.command().isEmpty()) {
      text.append("\n  command: ").append(failure.command());
    }
    if (!failure.words().isEmpty()) {
      text.append("\n  it said: ").append(failure.words().replace("\n", "\n           "));
    }
    return text.toString();
  }
}
