package org.condatainer.process;

import static java.util.Objects.requireNonNull;

/** A process that could not be started, or was killed because its time was over. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** There is no such program, or it cannot be executed. Nothing was done. */
    NOT_STARTED,
    /** It was killed because its time was over. What it did until then is not known. */
    TIMED_OUT
  }

  private final Kind kind;

  /**
   * @param message names the program and the reason, for people
   * @param cause null for none
   */
  public CommandException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = requireNonNull(kind, "kind is null");
  }

  /** Whether anything can have been done. */
  public Kind kind() {
    return kind;
  }
}
