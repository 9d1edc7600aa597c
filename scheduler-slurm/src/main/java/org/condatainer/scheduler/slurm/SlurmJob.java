package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/**
 * A job, array task or component of a heterogeneous job as {@code squeue} or {@code sacct} printed
 * it.
 *
 * @param id {@code 123}, {@code 84_1}, {@code 84_[3-5%2]}, {@code 86+1}
 * @param rawId the number that Slurm gave to just this task or component
 * @param word the state's word
 * @param reason why it waits, or how it ended, in Slurm's words
 * @param exitStatus {@code 3:0}, or a raw wait status such as {@code 768}
 * @param columns the other columns by the names of {@code squeue -O}
 */
record SlurmJob(
    String id,
    String rawId,
    String word,
    String reason,
    String exitStatus,
    Map<String, String> columns) {
  SlurmJob {
    columns = Map.copyOf(columns);
  }

  /** From a row whose columns have the names of {@code squeue -O}. */
  static SlurmJob of(Map<String, String> row) {
    return new SlurmJob(
        row.getOrDefault("JobArrayID", row.getOrDefault("JobID", "")).strip(),
        row.getOrDefault("JobID", "").strip(),
        row.getOrDefault("State", "").strip(),
        row.getOrDefault("Reason", "").strip(),
        row.getOrDefault("exit_code", "").strip(),
        row);
  }

  /** What this word, reason and exit status mean. */
  JobState state() {
    return SlurmStates.state(word, reason, exitStatus, SlurmTexts.time(column("EndTime")));
  }

  /** The id of the whole array or heterogeneous job; its own when it is neither. */
  String baseId() {
    return SlurmIds.base(id);
  }

  /** Whether an id names this task or component, and not only the whole that it is a part of. */
  boolean isCalled(String asked) {
    return id.equals(asked)
        || (rawId.equals(asked) && !id.contains("["))
        || SlurmIds.contains(id, asked);
  }

  JobSnapshot snapshot(JobId asked, String source) {
    JobState state = state();
    boolean waits =
        state instanceof JobState.Alive alive
            && (alive.phase() == JobState.Phase.PENDING || alive.phase() == JobState.Phase.HELD);
    return new JobSnapshot(
        asked,
        state,
        source,
        text("Name"),
        text("UserName"),
        text("Partition"),
        nodes(),
        SlurmTexts.time(column("SubmitTime")),
        // Of a waiting job squeue prints when it expects to start it.
        waits ? Optional.empty() : SlurmTexts.time(column("StartTime")),
        text("Comment"));
  }

  List<String> nodes() {
    String list = column("NodeList").strip();
    return list.equals("None assigned") ? List.of() : SlurmTexts.hosts(list);
  }

  Optional<String> text(String name) {
    String value = column(name);
    return value.isEmpty() || value.equals("(null)") ? Optional.empty() : Optional.of(value);
  }

  private String column(String name) {
    return columns.getOrDefault(name, "");
  }
}
