package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;

/**
 * {@code sacct}: what the accounting remembers, where there is one. Of an id that was used again,
 * or of a job that was requeued, it gives the last run (without {@code -D}).
 *
 * @param columns the columns that are asked for, by the names of {@code sacct --format}
 */
record SlurmAccounting(Columns columns) {
  /** The last is there once more because it holds no user's text, as {@link Columns} wants it. */
  private static final List<String> NAMES =
      List.of(
          "JobID",
          "JobIDRaw",
          "State",
          "ExitCode",
          "Reason",
          "Submit",
          "Start",
          "End",
          "User",
          "Partition",
          "NodeList",
          "JobName",
          "Comment",
          "JobIDRaw");

  /** The names of {@code squeue -O} for those of {@code sacct --format} that differ. */
  private static final Map<String, String> QUEUE_NAMES =
      Map.of(
          "JobID", "JobArrayID",
          "JobIDRaw", "JobID",
          "ExitCode", "exit_code",
          "Submit", "SubmitTime",
          "Start", "StartTime",
          "End", "EndTime",
          "User", "UserName",
          "JobName", "Name");

  static SlurmAccounting withFreshSeparator() {
    return new SlurmAccounting(new Columns(NAMES, SlurmQueue.freshSeparator()));
  }

  /** These jobs, each with all its tasks or components. */
  Command of(List<String> baseIds, String cluster) {
    List<String> words = new ArrayList<>(List.of("sacct", "-a", "-X", "-P", "-n"));
    if (!cluster.isEmpty()) {
      words.add("-M");
      words.add(cluster);
    }
    words.add("--delimiter=" + columns.separator());
    words.add("--format=" + String.join(",", columns.names()));
    words.add("-j");
    words.add(String.join(",", baseIds));
    return Command.of(words);
  }

  /**
   * The jobs in an answer.
   *
   * @throws IllegalArgumentException if it was not understood
   */
  List<SlurmJob> jobs(String output) {
    List<SlurmJob> jobs = new ArrayList<>();
    for (Map<String, String> row : columns.rows(output)) {
      Map<String, String> renamed = new HashMap<>();
      row.forEach((name, value) -> renamed.put(QUEUE_NAMES.getOrDefault(name, name), value));
      jobs.add(SlurmJob.of(renamed));
    }
    return jobs;
  }
}
