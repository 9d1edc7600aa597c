package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * A job, or one task of an array, in a simulated cluster. Only the cluster changes it, and whoever
 * reads it holds the cluster's lock.
 */
final class SimulatedJob {
  /** Where it is in its life. */
  enum Phase {
    WAITING,
    RUNNING,
    SUSPENDED,
    ENDED
  }

  /** What was asked for. */
  final JobOrder order;

  /** The number of the job, or of the array that this is a task of. */
  final int base;

  /** A number of its own: the base for a plain job and for the last task of an array. */
  final int number;

  /** The index of a task, empty for a plain job. */
  final OptionalInt index;

  final Instant submitted = Instant.now();
  Phase phase = Phase.WAITING;
  boolean held;
  Instant started;
  Instant ended;
  String node = "";

  /** The exit code, 128 + n when signal n ended it; -1 when it never ran. */
  int exitCode = -1;

  boolean cancelled;
  boolean timedOut;

  /** The queue does not know it any more. */
  boolean forgotten;

  /** A word that is shown for its state instead of the right one; empty for none. */
  String shownWord = "";

  Process process;

  SimulatedJob(JobOrder order, int base, int number, OptionalInt index) {
    this.order = order;
    this.base = base;
    this.number = number;
    this.index = index;
    this.held = order.held;
  }

  boolean isAlive() {
    return phase != Phase.ENDED;
  }

  boolean succeeded() {
    return phase == Phase.ENDED && !cancelled && !timedOut && exitCode == 0;
  }

  /** The signal that ended it, 0 for none. */
  int signal() {
    return exitCode > 128 && exitCode <= 128 + 64 ? exitCode - 128 : 0;
  }
}
