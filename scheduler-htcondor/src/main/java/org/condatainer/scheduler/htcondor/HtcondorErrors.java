package org.condatainer.scheduler.htcondor;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.condatainer.scheduler.ErrorTable;
import org.condatainer.scheduler.Failure.Kind;

/**
 * What the exit codes and words of HTCondor's commands mean (recordings of 23.9, tried with 25.14).
 */
final class HtcondorErrors {
  private static final ErrorTable.Row UNREACHABLE =
      row(
          "Failed to connect|Can't find address|Unable to locate|Can't connect|can't connect"
              + "|Failed to fetch ads|condor_schedd is not|Couldn't contact the condor_collector"
              + "|no record of schedd|cannot get address of schedd|No such schedd"
              + "|condor_\\w+: \\(null\\)|Failed to open /etc/condor|Neither the environment variable CONDOR_CONFIG",
          Kind.UNAVAILABLE);
  private static final ErrorTable.Row NO_ANSWER =
      row("SECMAN:2007|SECMAN:2003|Read failure|timed out|Timeout|TIMEOUT", Kind.UNAVAILABLE);
  private static final ErrorTable.Row BUSY =
      row("[Tt]ry again|temporarily|MAX_JOBS_SUBMITTED", Kind.TRANSIENT);
  private static final ErrorTable.Row DENIED =
      row("PERMISSION DENIED|[Pp]ermission denied|AUTHENTICATE:|not authorized", Kind.DENIED);

  /** What commands say that change jobs, with exit code 0, where nobody has a job. */
  static final String EMPTY_QUEUE = "There are no jobs in the queue";

  private static final ErrorTable.Row NO_JOB_AT_ALL =
      new ErrorTable.Row(OptionalInt.of(0), Pattern.compile(EMPTY_QUEUE), Kind.NOT_FOUND);
  private static final ErrorTable.Row NO_SUCH_JOB =
      row("Couldn't find/\\w+ all jobs|Job \\S+ not found|Unable to fetch job ad", Kind.NOT_FOUND);

  /** {@code condor_q}, {@code condor_history}, {@code condor_status}. */
  static final ErrorTable LOOKING = table(Kind.UNAVAILABLE, UNREACHABLE, NO_ANSWER, BUSY, DENIED);

  /** {@code condor_rm}, {@code condor_hold}, {@code condor_release}. */
  static final ErrorTable CHANGING =
      table(Kind.INVALID_REQUEST, UNREACHABLE, NO_ANSWER, BUSY, DENIED, NO_SUCH_JOB, NO_JOB_AT_ALL);

  /** {@code condor_submit}: what broke off in the middle may have been taken. */
  static final ErrorTable SUBMITTING =
      table(
          Kind.INVALID_REQUEST,
          UNREACHABLE,
          new ErrorTable.Row(
              OptionalInt.empty(),
              Pattern.compile(NO_ANSWER.words().pattern() + "|Failed to commit|QMGMT"),
              Kind.AMBIGUOUS),
          BUSY,
          DENIED);

  private HtcondorErrors() {}

  private static ErrorTable table(Kind otherwise, ErrorTable.Row... rows) {
    return new ErrorTable(List.of(rows), otherwise);
  }

  private static ErrorTable.Row row(String words, Kind kind) {
    return new ErrorTable.Row(OptionalInt.empty(), Pattern.compile(words), kind);
  }
}
