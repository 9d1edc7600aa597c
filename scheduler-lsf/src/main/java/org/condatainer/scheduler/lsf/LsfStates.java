package org.condatainer.scheduler.lsf;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;

/** LSF's words for the states of jobs, and its reasons of an end. */
final class LsfStates {
  private LsfStates() {}

  /**
   * @param word {@code RUN}, {@code EXIT}
   * @param reason why it waits, or the reason of its end ({@code TERM_RUNLIMIT: …}); may be empty
   * @param exitCode of a job that has ended
   * @param signal that ended it
   * @param unseen whether it was started and its host has not told of its end
   * @param end when it ended
   */
  static JobState state(
      String word,
      String reason,
      OptionalInt exitCode,
      OptionalInt signal,
      boolean unseen,
      Optional<Instant> end) {
    if (word.equals("DONE")) {
      return new JobState.Ended(
          Outcome.SUCCEEDED, word, OptionalInt.of(0), OptionalInt.empty(), end);
    }
    if (word.equals("EXIT")) {
      OptionalInt code =
          exitCode.isPresent() && exitCode.getAsInt() == 0 ? OptionalInt.empty() : exitCode;
      boolean ran = code.isPresent() || signal.isPresent();
      Outcome outcome = unseen && !ran ? Outcome.NODE_FAILED : outcome(reason, ran);
      return new JobState.Ended(outcome, word, code, signal, end);
    }
    return new JobState.Alive(phase(word), word, reason);
  }

  /**
   * What an end was (IBM Spectrum LSF 10.1, "Termination reasons displayed by bacct, bhist, and
   * bjobs").
   *
   * @param ran whether a code or a signal is known; only a job that was taken out of the queue ends
   *     without one, and what a lost host ran (volclava's mbd.job.c, sigStartedJob)
   */
  private static Outcome outcome(String reason, boolean ran) {
    int colon = reason.indexOf(':');
    return switch (colon < 0 ? reason.strip() : reason.substring(0, colon).strip()) {
      case "TERM_OWNER", "TERM_ADMIN", "TERM_ORPHAN_SYSTEM", "TERM_BUCKET_KILL" ->
          Outcome.CANCELLED;
      case "TERM_RUNLIMIT", "TERM_CPULIMIT", "TERM_DEADLINE", "TERM_WINDOW" -> Outcome.TIMED_OUT;
      case "TERM_MEMLIMIT", "TERM_SWAP" -> Outcome.OUT_OF_MEMORY;
      case "TERM_PREEMPT", "TERM_LOAD" -> Outcome.PREEMPTED;
      // By bkill -r, which waits for no host: what it started may still run there.
      case "TERM_FORCE_OWNER", "TERM_FORCE_ADMIN" -> ran ? Outcome.NODE_FAILED : Outcome.CANCELLED;
      // Its host did not answer any more, or was taken away.
      case "TERM_ZOMBIE", "TERM_CHKPNT_UNREACH", "TERM_REMOVE_HUNG_JOB", "TERM_RC", "TERM_SLURM" ->
          Outcome.NODE_FAILED;
      default -> ran ? Outcome.FAILED : Outcome.CANCELLED;
    };
  }

  private static Phase phase(String word) {
    return switch (word) {
      case "PEND", "WAIT", "FWD_PEND" -> Phase.PENDING;
      case "PSUSP" -> Phase.HELD;
      case "PROV" -> Phase.STARTING;
      case "RUN" -> Phase.RUNNING;
      case "USUSP", "SSUSP" -> Phase.SUSPENDED;
      // UNKWN and ZOMBI: the host does not answer; the job may run there.
      default -> Phase.UNKNOWN;
    };
  }
}
