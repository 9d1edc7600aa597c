package org.condatainer.cli;

import org.condatainer.launch.LaunchException;
import org.condatainer.overlay.OverlayException;
import org.condatainer.scheduler.SchedulerException;

/** The program's exit codes, as documented in {@code docs/exit-codes.md}. */
final class ExitCode {
  static final int SUCCESS = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int PARTLY_TRANSLATED = 3;
  static final int OVERLAY_IN_USE = 4;
  static final int OVERLAY_UNUSABLE = 5;
  static final int SCHEDULER_UNAVAILABLE = 6;
  static final int SCHEDULER_REFUSED = 7;

  private ExitCode() {}

  static int of(LaunchException.Kind kind) {
    return switch (kind) {
      case BAD_REQUEST -> ExitCode.USAGE;
      case OVERLAY_IN_USE -> ExitCode.OVERLAY_IN_USE;
      case OVERLAY_UNUSABLE -> ExitCode.OVERLAY_UNUSABLE;
      case NO_SCHEDULER -> ExitCode.SCHEDULER_UNAVAILABLE;
      case FAILED -> ExitCode.FAILURE;
    };
  }

  static int of(OverlayException.Kind kind) {
    return switch (kind) {
      case BAD_INPUT -> ExitCode.USAGE;
      case UNUSABLE -> ExitCode.OVERLAY_UNUSABLE;
      case FAILED -> ExitCode.FAILURE;
    };
  }

  static int of(SchedulerException problem) {
    return switch (problem.failure().kind()) {
      case UNAVAILABLE, TRANSIENT, AMBIGUOUS -> ExitCode.SCHEDULER_UNAVAILABLE;
      case NOT_FOUND, DENIED, INVALID_REQUEST, UNSUPPORTED -> ExitCode.SCHEDULER_REFUSED;
    };
  }
}
