package org.condatainer.scheduler.slurm;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;

/** What Slurm's state words mean (squeue(1), "JOB STATE CODES"; sacct(1), the same). */
final class SlurmStates {
  private static final int HIGHEST_SIGNAL = 64;

  private SlurmStates() {}

  /**
   * @param word {@code RUNNING}, {@code CANCELLED by 1001}
   * @param exitStatus see {@link SlurmJob}; may be empty
   * @param endTime when it ended, of a job that has
   */
  static JobState state(String word, String reason, String exitStatus, Optional<Instant> endTime) {
    Outcome outcome = outcome(word);
    if (outcome == null) {
      return new JobState.Alive(phase(word, reason), word, reason.equals("None") ? "" : reason);
    }
    OptionalInt code = part(exitStatus, true);
    OptionalInt signal = part(exitStatus, false);
    if (signal.isPresent() && signal.getAsInt() == 0) {
      signal = OptionalInt.empty();
    } else if (signal.isPresent()) {
      code = OptionalInt.empty();
      // 0:53 is Slurm's own error about a folder, 0:125 its out of memory: not signals.
      if (signal.getAsInt() == 53 || signal.getAsInt() > HIGHEST_SIGNAL) {
        signal = OptionalInt.empty();
      }
    }
    if (outcome != Outcome.SUCCEEDED && code.isPresent() && code.getAsInt() == 0) {
      code = OptionalInt.empty();
    }
    return new JobState.Ended(outcome, word, code, signal, endTime);
  }

  /** How a job with this word ended, null when the word does not say that it has. */
  private static Outcome outcome(String word) {
    if (word.startsWith("CANCELLED by ")) {
      return Outcome.CANCELLED;
    }
    return switch (word) {
      case "COMPLETED" -> Outcome.SUCCEEDED;
      case "FAILED" -> Outcome.FAILED;
      case "CANCELLED" -> Outcome.CANCELLED;
      case "TIMEOUT", "DEADLINE" -> Outcome.TIMED_OUT;
      case "OUT_OF_MEMORY" -> Outcome.OUT_OF_MEMORY;
      case "PREEMPTED" -> Outcome.PREEMPTED;
      // Of a node that did not boot nobody knows what runs on it.
      case "NODE_FAIL", "BOOT_FAIL" -> Outcome.NODE_FAILED;
      // REVOKED is not here: a sibling of the job may be running on another cluster.
      default -> null;
    };
  }

  private static Phase phase(String word, String reason) {
    return switch (word) {
      case "PENDING" -> isHold(reason) ? Phase.HELD : Phase.PENDING;
      case "CONFIGURING", "POWER_UP_NODE" -> Phase.STARTING;
      case "RUNNING", "RESIZING", "SIGNALING" -> Phase.RUNNING;
      case "SUSPENDED", "STOPPED" -> Phase.SUSPENDED;
      case "COMPLETING", "STAGE_OUT" -> Phase.COMPLETING;
      case "REQUEUED", "REQUEUE_FED" -> Phase.REQUEUED;
      case "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD" -> Phase.HELD;
      default -> Phase.UNKNOWN;
    };
  }

  private static boolean isHold(String reason) {
    String words = reason.toLowerCase(Locale.ROOT);
    return words.startsWith("jobheld")
        || words.equals("jobholdmaxrequeue")
        || words.endsWith("held");
  }

  /**
   * One half of an exit status. {@code sacct}, {@code scontrol} and the {@code squeue} of Slurm 24
   * print {@code code:signal}; the {@code squeue} of 22.05 prints what wait(2) gave.
   */
  private static OptionalInt part(String status, boolean code) {
    int colon = status.indexOf(':');
    String digits =
        colon < 0 ? status : code ? status.substring(0, colon) : status.substring(colon + 1);
    if (!SlurmIds.isNumber(digits) || digits.length() > 9) {
      return OptionalInt.empty();
    }
    int number = Integer.parseInt(digits);
    if (colon < 0) {
      number = code ? (number >> 8) & 0xff : number & 0x7f;
    }
    return OptionalInt.of(number);
  }
}
