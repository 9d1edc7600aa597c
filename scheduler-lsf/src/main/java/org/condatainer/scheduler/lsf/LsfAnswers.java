package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;

/** Finds the jobs that were asked for among those that an answer has. */
final class LsfAnswers {
  private final Map<String, LsfJob> byId = new HashMap<>();
  private final Map<String, List<LsfJob>> byBase = new HashMap<>();

  LsfAnswers(List<LsfJob> jobs) {
    for (LsfJob job : jobs) {
      if (byId.put(job.id(), job) == null) {
        byBase.computeIfAbsent(LsfIds.base(job.id()), base -> new ArrayList<>()).add(job);
      }
    }
  }

  Optional<LsfJob> job(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * What the answer says of an id; empty if it does not have it. The id of an array speaks for the
   * whole, which lives as long as an element of it.
   */
  Optional<JobSnapshot> find(JobId asked, String source) {
    LsfJob exact = byId.get(asked.value());
    List<LsfJob> parts = byBase.getOrDefault(asked.value(), List.of());
    // An element whose index cannot be read has the array's id, and is not the whole of it.
    if (exact != null && parts.size() < 2) {
      return Optional.of(exact.snapshot(asked, source));
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    LsfJob decisive = parts.get(0);
    Set<String> nodes = new LinkedHashSet<>();
    for (LsfJob part : parts) {
      nodes.addAll(part.nodes());
      if (part.state().rankInWhole() < decisive.state().rankInWhole()) {
        decisive = part;
      }
    }
    JobSnapshot one = decisive.snapshot(asked, source);
    return Optional.of(
        new JobSnapshot(
            asked,
            one.state(),
            source,
            one.name(),
            one.owner(),
            one.queue(),
            List.copyOf(nodes),
            one.submitted(),
            one.started(),
            one.tag()));
  }
}
