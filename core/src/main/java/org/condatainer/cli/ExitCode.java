package org.condatainer.cli;

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
}
