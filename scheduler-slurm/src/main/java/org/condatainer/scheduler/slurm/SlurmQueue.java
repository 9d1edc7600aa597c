package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.condatainer.process.Command;

/**
 * {@code squeue}: what the controller itself remembers, ended jobs for MinJobAge seconds.
 *
 * <p>With {@code -O}, because only that tells the exit status: so one process answers for living
 * and ended jobs alike. {@code scontrol show job} reads the same memory, has no separators, and
 * would let a job's name pass for a row of another job.
 *
 * @param columns the columns that are asked for
 */
record SlurmQueue(Columns columns) {
  /** The last is there once more because it holds no user's text, as {@link Columns} wants it. */
  private static final List<String> NAMES =
      List.of(
          "JobArrayID",
          "JobID",
          "State",
          "Reason",
          "exit_code",
          "SubmitTime",
          "StartTime",
          "EndTime",
          "UserName",
          "Partition",
          "NodeList",
          "Name",
          "Comment",
          "JobID");

  /** With a separator that nobody could know when the jobs got their names. */
  static SlurmQueue withFreshSeparator() {
    return new SlurmQueue(new Columns(NAMES, freshSeparator()));
  }

  /** A control character and letters; a digit would be read as a column's width. */
  static String freshSeparator() {
    StringBuilder text = new StringBuilder("\u001f");
    for (int i = 0; i < 12; i++) {
      text.append((char) ('a' + ThreadLocalRandom.current().nextInt(26)));
    }
    return text.toString();
  }

  /** All jobs that the controller remembers and this user may see. */
  Command all(String cluster) {
    List<String> words = new ArrayList<>(List.of("squeue", "-a", "-r", "-h", "-t", "all"));
    if (!cluster.isEmpty()) {
      words.add("-M");
      words.add(cluster);
    }
    words.add("-O");
    words.add(format());
    return Command.of(words);
  }

  /** These jobs, each with all its tasks or components. */
  Command of(List<String> baseIds, String cluster) {
    return all(cluster).withArguments(List.of("-j", String.join(",", baseIds)));
  }

  /**
   * The jobs in an answer.
   *
   * @throws IllegalArgumentException if it was not understood
   */
  List<SlurmJob> jobs(String output) {
    return jobs(output, "");
  }

  /** Those whose comment has this text: of a long queue only they are kept. */
  List<SlurmJob> jobs(String output, String comment) {
    List<SlurmJob> jobs = new ArrayList<>();
    columns.eachRow(
        output,
        row -> {
          if (row.getOrDefault("Comment", "").contains(comment)) {
            jobs.add(SlurmJob.of(row));
          }
        });
    return jobs;
  }

  private String format() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns.names().size(); i++) {
      boolean last = i == columns.names().size() - 1;
      text.append(i == 0 ? "" : ",").append(columns.names().get(i));
      text.append(last ? "" : ":" + columns.separator());
    }
    return text.toString();
  }
}
