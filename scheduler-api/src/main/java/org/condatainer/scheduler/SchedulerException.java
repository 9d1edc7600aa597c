package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.condatainer.job.JobId;

/** A scheduler that refused, could not, or could not be asked. */
public final class SchedulerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final transient Optional<JobId> submitted;

  /** Its message has the failure's, the command, and what that said, on lines of their own. */
  public SchedulerException(Failure failure) {
    this(failure, Optional.empty());
  }

  private SchedulerException(Failure failure, Optional<JobId> submitted) {
    super(text(failure));
    this.failure = requireNonNull(failure, "failure is null");
    this.submitted = submitted;
  }

  /** Of a submit whose job exists, but is not quite as it was asked for. */
  public static SchedulerException after(JobId submitted, Failure failure) {
    return new SchedulerException(failure, Optional.of(submitted));
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

  /** The job that there is although its submit failed; empty usually. */
  public Optional<JobId> submitted() {
    return submitted;
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
