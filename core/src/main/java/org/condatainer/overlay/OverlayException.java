package org.condatainer.overlay;

import static java.util.Objects.requireNonNull;

/**
 * An overlay that cannot be used or made as asked. The message says what was wrong, where, and what
 * to do next.
 */
public final class OverlayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  public enum Kind {
    /** What the user wrote cannot be meant: a size, a name, a line of an {@code .env} file. */
    BAD_INPUT,
    /** The image is not there or cannot be used. */
    UNUSABLE,
    /** The operation failed: no space, no program, a command that ended with an error. */
    FAILED
  }

  private final Kind kind;

  public OverlayException(Kind kind, String message) {
    this(kind, message, null);
  }

  public OverlayException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = requireNonNull(kind, "kind is null");
  }

  public Kind kind() {
    return kind;
  }
}
