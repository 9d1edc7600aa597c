package org.condatainer.scheduler.lsf;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.ErrorTable;
import org.condatainer.scheduler.Failure.Kind;

/**
 * What the words of LSF's commands mean; their exit code is 255 for nearly everything. The words
 * are from recordings of volclava and from the lists of messages that it shares with LSF ({@code
 * lsb.err.c}, {@code lserrno.c}).
 */
final class LsfErrors {
  /**
   * Not where an answer came in the end: {@code … still trying}, and what follows is the answer.
   */
  private static final String SILENT = "not responding(?! *\\.\\.\\. still trying\\s*\n\\s*\\S)";

  private static final ErrorTable.Row DOWN =
      row(
          "Unable to open file lsf\\.conf|LIM is down|LSF is down|"
              + SILENT
              + "|Cannot connect|Connection refused|Bad host name.*master"
              + "|Failed in an LSF library call|Master LIM",
          Kind.UNAVAILABLE);
  private static final ErrorTable.Row BUSY =
      row(
          "[Tt]ry again|now, try later|maximum number of pending|Pending job \\w*\\s*threshold"
              + "|limit is reached.*[Rr]etry|Too many open files|System busy"
              + "|Communication timeout|Timeout on connect|temporarily unavailable",
          Kind.TRANSIENT);
  private static final ErrorTable.Row DENIED =
      row(
          "[Pp]ermission denied|not allowed|User cannot use|not authorized"
              + "|Request from non-LSF host rejected",
          Kind.DENIED);
  private static final ErrorTable.Row NO_SUCH_JOB =
      row(
          "No matching job found|is not found|has already finished|No unfinished job",
          Kind.NOT_FOUND);

  /** {@code bjobs}, {@code bhist} and others that look: what is not known here is no answer. */
  static final ErrorTable LOOKING = table(Kind.UNAVAILABLE, BUSY, DOWN, NO_SUCH_JOB, DENIED);

  /** {@code bkill}, {@code bstop}, {@code bresume}; they complain of each job for itself. */
  static final ErrorTable CHANGING = table(Kind.INVALID_REQUEST, BUSY, DOWN, DENIED, NO_SUCH_JOB);

  /**
   * {@code bsub}: it says when it refused; without that word the job may have been taken, and after
   * a time that was over too. A client without a configuration, without an answer of LIM or without
   * a connection has sent nothing.
   */
  static final ErrorTable SUBMITTING =
      table(
          Kind.AMBIGUOUS,
          row("Communication timeout", Kind.AMBIGUOUS),
          row(
              "Unable to open file lsf\\.conf|LIM is down|Connection refused by server"
                  + "|Timeout on connect",
              Kind.UNAVAILABLE),
          row(
              "(?s)(maximum number of pending|Pending job \\w*\\s*threshold|try later)"
                  + ".*Job not submitted",
              Kind.TRANSIENT),
          row(
              "(?s)([Pp]ermission denied|User cannot use|not authorized"
                  + "|non-LSF host rejected).*Job not submitted",
              Kind.DENIED),
          row(
              "Job not submitted|illegal option|requires an argument|^Usage: bsub",
              Kind.INVALID_REQUEST));

  private static final Pattern UNKNOWN_FORM =
      Pattern.compile(
          "(?im)(illegal|invalid|unknown|unrecognized|incorrect).*(option|field|format)"
              + "|is not a valid field name|^Usage:");

  private LsfErrors() {}

  /** Whether a command that looks does not know an option, or a field to show. */
  static boolean isUnknownForm(CommandResult result) {
    return result.exitCode() != 0 && UNKNOWN_FORM.matcher(result.errors()).find();
  }

  private static ErrorTable table(Kind otherwise, ErrorTable.Row... rows) {
    return new ErrorTable(List.of(rows), otherwise);
  }

  private static ErrorTable.Row row(String words, Kind kind) {
    return new ErrorTable.Row(OptionalInt.empty(), Pattern.compile(words), kind);
  }
}
