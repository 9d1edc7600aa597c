package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a job: one of four answers, none of which is ever turned into another.
 *
 * <p>A word that a parser does not know is {@link Alive} with {@link Phase#UNKNOWN}, and keeps the
 * word: an unknown word never means that a job is done.
 */
public sealed interface JobState {
  /**
   * The scheduler answered, and the job has not ended.
   *
   * @param phase where it is in its life
   * @param word the scheduler's own word
   * @param reason why it waits, in the scheduler's own words; empty when it gave none
   */
  record Alive(Phase phase, String word, String reason) implements JobState {
    public Alive {
      requireNonNull(phase, "phase is null");
      requireNonNull(word, "word is null");
      requireNonNull(reason, "reason is null");
    }
  }

  /**
   * The scheduler, or its accounting, said that the job has ended.
   *
   * @param outcome how
   * @param word the scheduler's own word
   * @param exitCode the exit code, empty when the source that spoke does not tell
   * @param signal the signal that ended it, empty when none did or the source does not tell
   * @param endTime when, empty when the source that spoke does not tell
   */
  record Ended(
      Outcome outcome,
      String word,
      OptionalInt exitCode,
      OptionalInt signal,
      Optional<Instant> endTime)
      implements JobState {
    public Ended {
      requireNonNull(outcome, "outcome is null");
      requireNonNull(word, "word is null");
      requireNonNull(exitCode, "exitCode is null");
      requireNonNull(signal, "signal is null");
      requireNonNull(endTime, "endTime is null");
    }
  }

  /**
   * The scheduler answered, and does not know the job. This is no proof that the job ended: with
   * private queues another user's live job looks the same, and ids are used again.
   *
   * @param where every source that was asked
   */
  record Absent(String where) implements JobState {
    public Absent {
      requireNonNull(where, "where is null");
    }
  }

  /**
   * The scheduler could not be asked, or its answer was not understood.
   *
   * @param why what was tried and what went wrong
   */
  record Unavailable(String why) implements JobState {
    public Unavailable {
      requireNonNull(why, "why is null");
    }
  }

  /** Where a living job is in its life. */
  enum Phase {
    PENDING,
    HELD,
    STARTING,
    RUNNING,
    SUSPENDED,
    /** It has given up its command but not yet its nodes: it may still write. */
    COMPLETING,
    /** It was put back, and will run again. */
    REQUEUED,
    /** The scheduler's word is not known here. */
    UNKNOWN
  }

  /** How a job ended. */
  enum Outcome {
    SUCCEEDED,
    FAILED,
    CANCELLED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    PREEMPTED,
    /** Its node was lost: its processes may still be running there. */
    NODE_FAILED
  }

  /**
   * How much the state of one part says of a whole, such as a job array: the part with the lowest
   * rank decides. One that runs says more than one that waits, any that is not known to have ended
   * more than all that have, and a failure more than a success.
   */
  default int rankInWhole() {
    if (this instanceof Alive alive) {
      return switch (alive.phase()) {
        case RUNNING -> 0;
        case COMPLETING -> 1;
        case SUSPENDED -> 2;
        case STARTING -> 3;
        case UNKNOWN -> 4;
        case REQUEUED -> 5;
        case PENDING -> 6;
        case HELD -> 7;
      };
    }
    if (this instanceof Ended ended) {
      return switch (ended.outcome()) {
        case NODE_FAILED -> 10;
        case FAILED -> 11;
        case OUT_OF_MEMORY -> 12;
        case TIMED_OUT -> 13;
        case PREEMPTED -> 14;
        case CANCELLED -> 15;
        case SUCCEEDED -> 16;
      };
    }
    return 8;
  }
}
