package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * What went wrong with a scheduler, as data.
 *
 * @param kind what it means
 * @param message what was wrong and what to do next, in one or two sentences
 * @param command the command line that was run, quoted; empty if none was
 * @param words what the command said, at its own length; empty if nothing
 */
public record Failure(Kind kind, String message, String command, String words) {
  /** What a failure means for whoever asked. */
  public enum Kind {
    /** It may work in a moment. */
    TRANSIENT,
    /** There is no such job, queue or account. */
    NOT_FOUND,
    /** This user may not. */
    DENIED,
    /** The request is wrong and will be wrong the next time. */
    INVALID_REQUEST,
    /** The scheduler could not be asked. */
    UNAVAILABLE,
    /** It is not known whether the request was taken. */
    AMBIGUOUS,
    /** This scheduler cannot do it. */
    UNSUPPORTED
  }

  public Failure {
    requireNonNull(kind, "kind is null");
    requireNonNull(message, "message is null");
    requireNonNull(command, "command is null");
    requireNonNull(words, "words is null");
  }
}
