package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/** Finds the answer for an id among the rows that Slurm printed. */
final class SlurmAnswers {
  private SlurmAnswers() {}

  /**
   * What the rows say of an id; empty if they do not have it. The base id of an array or of a
   * heterogeneous job speaks for the whole: it lives as long as a part of it lives. The task of an
   * array that started last carries the base id as its own number, so the base is looked at first.
   */
  static Optional<JobSnapshot> find(JobId asked, List<SlurmJob> jobs, String source) {
    List<SlurmJob> parts = new ArrayList<>();
    for (SlurmJob job : jobs) {
      if (job.baseId().equals(asked.value())) {
        parts.add(job);
      }
    }
    if (parts.isEmpty()) {
      for (SlurmJob job : jobs) {
        if (job.isCalled(asked.value())) {
          return Optional.of(job.snapshot(asked, source));
        }
      }
      return Optional.empty();
    }
    return Optional.of(whole(asked, parts, source));
  }

  private static JobSnapshot whole(JobId asked, List<SlurmJob> parts, String source) {
    SlurmJob decisive = parts.get(0);
    Set<String> nodes = new LinkedHashSet<>();
    for (SlurmJob part : parts) {
      nodes.addAll(part.nodes());
      if (rank(part.state()) < rank(decisive.state())) {
        decisive = part;
      }
    }
    JobSnapshot one = decisive.snapshot(asked, source);
    return new JobSnapshot(
        asked,
        one.state(),
        source,
        one.name(),
        one.owner(),
        one.queue(),
        List.copyOf(nodes),
        one.submitted(),
        one.started(),
        one.tag());
  }

  /** The lower, the more it says of a whole that one part is so. */
  private static int rank(JobState state) {
    if (state instanceof JobState.Alive alive) {
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
    if (state instanceof JobState.Ended ended) {
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
    return 20;
  }
}
