package org.condatainer.scheduler.pbs;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.condatainer.job.JobId;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.ErrorTable;
import org.condatainer.scheduler.Failure.Kind;

/**
 * What the words of PBS's commands mean. Their exit codes are error numbers modulo 256, and say
 * nothing by themselves (recordings submit-*, serverdown-*).
 */
final class PbsErrors {
  private static final String UNKNOWN = "Unknown Job Id ";

  private static final ErrorTable.Row UNREACHABLE =
      row(
          "cannot connect to server|Connection refused|Unknown Host|Cannot resolve"
              + "|No Permission.*munge|auth_.*failed",
          Kind.UNAVAILABLE);
  private static final ErrorTable.Row BUSY =
      row("[Tt]ry again|Resource temporarily unavailable|Too many open files", Kind.TRANSIENT);
  private static final ErrorTable.Row NO_ANSWER =
      row("Premature end of message|End of File|Connection reset|timed out", Kind.UNAVAILABLE);
  private static final ErrorTable.Row NO_SUCH_JOB =
      row("Unknown Job Id|Job has finished", Kind.NOT_FOUND);
  private static final ErrorTable.Row DENIED =
      row("Unauthorized Request|Permission denied|not authorized", Kind.DENIED);

  /** {@code qstat}, {@code pbsnodes}: what is not known here is no answer. */
  static final ErrorTable LOOKING =
      table(Kind.UNAVAILABLE, UNREACHABLE, NO_ANSWER, BUSY, NO_SUCH_JOB, DENIED);

  /** {@code qdel}, {@code qhold}, {@code qrls}; they complain of each job for itself. */
  static final ErrorTable CHANGING =
      table(
          Kind.INVALID_REQUEST,
          UNREACHABLE,
          NO_ANSWER,
          BUSY,
          row("could not connect to MOM", Kind.UNAVAILABLE),
          DENIED,
          NO_SUCH_JOB);

  /** {@code qsub}: a request without an answer may have been taken. */
  static final ErrorTable SUBMITTING =
      table(
          Kind.INVALID_REQUEST,
          UNREACHABLE,
          new ErrorTable.Row(OptionalInt.empty(), NO_ANSWER.words(), Kind.AMBIGUOUS),
          BUSY,
          row("Bad UID for job execution", Kind.DENIED),
          DENIED);

  private PbsErrors() {}

  /**
   * The line in which a command says that it does not know a job. The qdel of 23.06.06 names it as
   * it was asked, all others with its server. A line that was cut may be about another.
   */
  static Optional<String> lineOfUnknown(JobId id, String errors) {
    String number = withoutServer(id.value());
    String[] lines = errors.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      int at = lines[i].indexOf(UNKNOWN);
      String told = at < 0 ? "" : lines[i].substring(at + UNKNOWN.length());
      boolean whole = i < lines.length - 1;
      if (told.startsWith(number + ".") || (whole && told.strip().equals(number))) {
        return Optional.of(lines[i]);
      }
    }
    return Optional.empty();
  }

  /** {@code 12[3]} of {@code 12[3].server}. */
  static String withoutServer(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : id.substring(0, dot);
  }

  /** Whether all that a command complained of is jobs that ended or are not known. */
  static boolean isOnlyGoneJobs(CommandResult result) {
    boolean any = false;
    for (String line : result.errors().split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      if (!line.contains("Job has finished") && !line.contains("Unknown Job Id")) {
        return false;
      }
      any = true;
    }
    return any;
  }

  private static ErrorTable table(Kind otherwise, ErrorTable.Row... rows) {
    return new ErrorTable(List.of(rows), otherwise);
  }

  private static ErrorTable.Row row(String words, Kind kind) {
    return new ErrorTable.Row(OptionalInt.empty(), Pattern.compile(words), kind);
  }
}
