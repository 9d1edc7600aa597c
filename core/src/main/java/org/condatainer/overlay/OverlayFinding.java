package org.condatainer.overlay;

import static java.util.Objects.requireNonNull;

/**
 * Something about an overlay image that a user has to know before a container mounts it.
 *
 * @param kind what it is
 * @param refused whether the mount would fail or do something else than asked; otherwise it is a
 *     warning
 * @param message what is wrong, with the image's path
 * @param next what to do about it, a command where there is one
 */
public record OverlayFinding(Kind kind, boolean refused, String message, String next) {
  /** What was found. */
  public enum Kind {
    MISSING,
    /** A folder, a device, a pipe. */
    NOT_A_FILE,
    NOT_READABLE,
    /** Wanted writable, and Apptainer would go on read-only with a warning. */
    NOT_WRITABLE,
    /** Neither an ext file system nor a squashfs. */
    NOT_AN_OVERLAY,
    /** An ext file system that containers refuse. */
    NOT_EXT3,
    /** Mounted writable at this moment, or not unmounted since. */
    DIRTY,
    /** Errors are recorded in it: most often a resize that was cut short. */
    INTERRUPTED,
    /** The file ends before its file system does. */
    TOO_SHORT,
    /** It has no folder {@code /upper}, where an overlay keeps its files. */
    NO_UPPER,
    /** Wanted writable, and {@code /upper} belongs to somebody else. */
    FOREIGN_OWNER
  }

  public OverlayFinding {
    requireNonNull(kind, "kind is null");
    requireNonNull(message, "message is null");
    requireNonNull(next, "next is null");
  }

  /** The message, and on a second line what to do next. */
  public String format() {
    return message + "\n  " + next;
  }
}
