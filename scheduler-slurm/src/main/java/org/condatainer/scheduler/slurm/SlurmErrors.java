package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.ErrorTable;
import org.condatainer.scheduler.Failure.Kind;

/**
 * What the exit codes and words of Slurm's commands mean. The words are from recordings of 22.05
 * and 24.11 and from Slurm's own list of errors ({@code slurm_errno.c}).
 */
final class SlurmErrors {
  private static final ErrorTable.Row UNREACHABLE =
      row(
          "Could not establish a configuration source|Unable to process configuration file"
              + "|Unable to contact slurm controller"
              + "|connect failure|Connection refused",
          Kind.UNAVAILABLE);
  private static final ErrorTable.Row NO_ANSWER =
      row(
          "timed out|Zero Bytes were transmitted|Unexpected message|Connection reset|Broken pipe"
              + "|Communication connection failure|Communication shutdown failure",
          Kind.UNAVAILABLE);
  private static final ErrorTable.Row BUSY =
      row("temporarily un|[Tt]ry again|in standby mode|Too many open files", Kind.TRANSIENT);
  private static final ErrorTable.Row NO_SUCH_JOB =
      row("Invalid job id specified|Job/step already completing or completed", Kind.NOT_FOUND);
  private static final ErrorTable.Row DENIED =
      row("Access/permission denied|Permission denied|not permitted", Kind.DENIED);

  /** {@code squeue}, {@code scontrol show}: what is not known here is no answer. */
  static final ErrorTable LOOKING =
      table(Kind.UNAVAILABLE, UNREACHABLE, NO_ANSWER, BUSY, NO_SUCH_JOB, DENIED);

  /** {@code sacct}: without accounting it ends with 1 and says so. */
  static final ErrorTable ACCOUNTING =
      table(Kind.UNAVAILABLE, row("accounting storage is disabled", Kind.UNSUPPORTED), BUSY);

  /**
   * {@code scancel}, {@code scontrol hold}, {@code scontrol release}, {@code srun}. They complain
   * of each job for itself: what says that a job is gone is not to hide what became of the others.
   */
  static final ErrorTable CHANGING =
      table(Kind.INVALID_REQUEST, UNREACHABLE, NO_ANSWER, BUSY, DENIED, NO_SUCH_JOB);

  /**
   * {@code sbatch}: exit code 255 is an option that it does not take, 1 anything else. A request
   * without an answer may have been taken.
   */
  static final ErrorTable SUBMITTING =
      table(
          Kind.INVALID_REQUEST,
          new ErrorTable.Row(OptionalInt.of(255), Pattern.compile(""), Kind.INVALID_REQUEST),
          UNREACHABLE,
          new ErrorTable.Row(OptionalInt.empty(), NO_ANSWER.words(), Kind.AMBIGUOUS),
          BUSY,
          row("talking to database|can't be reached now", Kind.UNAVAILABLE),
          DENIED);

  private SlurmErrors() {}

  /** Whether all that a command complained of is jobs that ended or are not known. */
  static boolean isOnlyGoneJobs(CommandResult result) {
    List<String> complaints = result.errors().lines().filter(line -> !line.isBlank()).toList();
    return !complaints.isEmpty()
        && complaints.stream().allMatch(line -> NO_SUCH_JOB.words().matcher(line).find());
  }

  private static ErrorTable table(Kind otherwise, ErrorTable.Row... rows) {
    return new ErrorTable(List.of(rows), otherwise);
  }

  private static ErrorTable.Row row(String words, Kind kind) {
    return new ErrorTable.Row(OptionalInt.empty(), Pattern.compile(words), kind);
  }
}
