package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;

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
      if (part.state().rankInWhole() < decisive.state().rankInWhole()) {
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
}
