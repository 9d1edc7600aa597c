package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

/** A run that cannot be started as it was asked for. Nothing was submitted or left behind. */
public final class LaunchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stands in the way. */
  public enum Kind {
    /** The request itself. */
    BAD_REQUEST,
    /** An overlay that somebody else holds. */
    OVERLAY_IN_USE,
    /** An overlay, base image or runtime that is missing or unusable. */
    OVERLAY_UNUSABLE,
    /** No scheduler to be had. */
    NO_SCHEDULER,
    /** This machine: a folder that cannot be written, say. */
    FAILED
  }

  private final Kind kind;

  public LaunchException(Kind kind, String message) {
    super(message);
    this.kind = requireNonNull(kind, "kind is null");
  }

  public LaunchException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = requireNonNull(kind, "kind is null");
  }

  public Kind kind() {
    return kind;
  }
}
