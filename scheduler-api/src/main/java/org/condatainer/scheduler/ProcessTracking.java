package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * Whether a scheduler holds the processes of a job together: only then no process is left on its
 * nodes when it calls the job ended. One that follows them by their parents or their groups misses
 * those that have left both.
 *
 * @param word the scheduler's own word for how it does so, as it was read; empty if it does not
 *     tell
 * @param kind what that word means
 */
public record ProcessTracking(String word, Kind kind) {
  /** A scheduler that does not tell. */
  public static final ProcessTracking NOT_TOLD = new ProcessTracking("", Kind.NOT_KNOWN);

  /** What is known of it. */
  public enum Kind {
    /** No process can leave its job. */
    WHOLE,
    /** A process may leave its job, and outlive it. */
    PARTIAL,
    NOT_KNOWN
  }

  public ProcessTracking {
    requireNonNull(word, "word is null");
    requireNonNull(kind, "kind is null");
  }
}
