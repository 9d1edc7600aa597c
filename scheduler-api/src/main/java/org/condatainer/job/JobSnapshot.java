package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job as a scheduler described it at one moment. What the source that spoke does not tell is
 * empty.
 *
 * @param id the id that was asked for
 * @param state what is known of it
 * @param source the command or file that spoke, by its name
 * @param name the job's name
 * @param owner the user who submitted it
 * @param queue partition or queue
 * @param nodes the nodes that it has, or had, the first one first; empty also while it waits
 * @param submitted when it was submitted
 * @param started when it was started
 * @param tag what was attached to it at submit, with the user's own comment
 */
public record JobSnapshot(
    JobId id,
    JobState state,
    String source,
    Optional<String> name,
    Optional<String> owner,
    Optional<String> queue,
    List<String> nodes,
    Optional<Instant> submitted,
    Optional<Instant> started,
    Optional<String> tag) {
  public JobSnapshot {
    requireNonNull(id, "id is null");
    requireNonNull(state, "state is null");
    requireNonNull(source, "source is null");
    requireNonNull(name, "name is null");
    requireNonNull(owner, "owner is null");
    requireNonNull(queue, "queue is null");
    nodes = List.copyOf(nodes);
    requireNonNull(submitted, "submitted is null");
    requireNonNull(started, "started is null");
    requireNonNull(tag, "tag is null");
  }

  /** A snapshot of which only the state is known. */
  public static JobSnapshot of(JobId id, JobState state, String source) {
    return new JobSnapshot(
        id,
        state,
        source,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
