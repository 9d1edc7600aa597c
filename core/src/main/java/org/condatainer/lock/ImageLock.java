package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

/**
 * The state of the lock on an image, at one moment.
 *
 * @param state what was found
 * @param place where a held lock was seen; {@link Place#NOWHERE} for the other states
 * @param detail for {@link State#UNKNOWN}, why; otherwise empty
 */
public record ImageLock(State state, Place place, String detail) {
  /** What was found. */
  public enum State {
    /**
     * Nobody on this host holds it, and nobody anywhere holds it for writing. A reader on another
     * node can only be found by an exclusive lock, which would disturb.
     */
    FREE,
    /** Others may read too; a writer is refused. */
    HELD_FOR_READING,
    /** Everybody else is refused. */
    HELD_FOR_WRITING,
    /** It could not be asked, or the file system has no locks. */
    UNKNOWN
  }

  /** Where a lock was seen. */
  public enum Place {
    /** In this host's list of locks. */
    HERE,
    /** Held, but not in this host's list: by another node, or by the file server itself. */
    ELSEWHERE,
    NOWHERE
  }

  public ImageLock {
    requireNonNull(state, "state is null");
    requireNonNull(place, "place is null");
    requireNonNull(detail, "detail is null");
  }

  static ImageLock free() {
    return new ImageLock(State.FREE, Place.NOWHERE, "");
  }

  static ImageLock held(LockMode mode, Place place) {
    return new ImageLock(
        mode == LockMode.WRITE ? State.HELD_FOR_WRITING : State.HELD_FOR_READING, place, "");
  }

  static ImageLock unknown(String why) {
    return new ImageLock(State.UNKNOWN, Place.NOWHERE, why);
  }
}
