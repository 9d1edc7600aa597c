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
   * @param started whether it ever ran, as far as is known
   * @param end when it ended
   */
  static JobState state(
      String word, String reason, OptionalInt exitCode, boolean started, Optional<Instant> end) {
    if (word.equals("DONE")) {
      return new JobState.Ended(
          Outcome.SUCCEEDED, word, OptionalInt.of(0), OptionalInt.empty(), end);
    }
    if (word.equals("EXIT")) {
      OptionalInt code =
          exitCode.isPresent() && exitCode.getAsInt() == 0 ? OptionalInt.empty() : exitCode;
      return new JobState.Ended(
          outcome(reason, code, started), word, code, OptionalInt.empty(), end);
    }
    return new JobState.Alive(phase(word), word, reason);
  }

  private static Outcome outcome(String reason, OptionalInt code, boolean started) {
    int colon = reason.indexOf(':');
    return switch (colon < 0 ? reason.strip() : reason.substring(0, colon).strip()) {
      case "TERM_OWNER",
          "TERM_FORCE_OWNER",
          "TERM_ADMIN",
          "TERM_FORCE_ADMIN",
          "TERM_ORPHAN_SYSTEM",
          "TERM_BUCKET_KILL" ->
          Outcome.CANCELLED;
      case "TERM_RUNLIMIT", "TERM_CPULIMIT", "TERM_DEADLINE", "TERM_WINDOW" -> Outcome.TIMED_OUT;
      case "TERM_MEMLIMIT", "TERM_SWAP" -> Outcome.OUT_OF_MEMORY;
      case "TERM_PREEMPT" -> Outcome.PREEMPTED;
      // Its host did not answer any more: what it started may still run there.
      case "TERM_ZOMBIE", "TERM_CHKPNT_UNREACH", "TERM_REMOVE_HUNG_JOB" -> Outcome.NODE_FAILED;
      // Only a job that was taken out of the queue ends without a code and without a start. One
      // that was started has a code when its host has seen its end: volclava gives none to a job
      // that is killed while its host does not answer (mbd.job.c, sigStartedJob).
      default -> {
        if (code.isPresent()) {
          yield Outcome.FAILED;
        }
        yield started ? Outcome.NODE_FAILED : Outcome.CANCELLED;
      }
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
