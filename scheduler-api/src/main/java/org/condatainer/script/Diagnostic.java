package org.condatainer.script;

import static java.util.Objects.requireNonNull;

/**
 * Something to say about one place of a job script.
 *
 * @param severity whether it stops the run
 * @param line from 1; 0 when it concerns the whole file
 * @param column from 1, in characters; 0 when it concerns the whole line
 * @param message what is wrong and what to do about it
 */
public record Diagnostic(Severity severity, int line, int column, String message) {
  /** Whether a diagnostic stops the run. */
  public enum Severity {
    NOTE,
    WARNING,
    ERROR
  }

  public Diagnostic {
    requireNonNull(severity, "severity is null");
    requireNonNull(message, "message is null");
  }

  /** What stops the run. */
  public static Diagnostic error(int line, int column, String message) {
    return new Diagnostic(Severity.ERROR, line, column, message);
  }

  /** What the user has to know before the run. */
  public static Diagnostic warning(int line, int column, String message) {
    return new Diagnostic(Severity.WARNING, line, column, message);
  }

  /** What was done in another way than written. */
  public static Diagnostic note(int line, int column, String message) {
    return new Diagnostic(Severity.NOTE, line, column, message);
  }

  /** {@code job.sh:3:10: error: …}, as compilers write it. */
  public String format(String file) {
    StringBuilder text = new StringBuilder(file).append(':');
    if (line > 0) {
      text.append(line).append(':');
      if (column > 0) {
        text.append(column).append(':');
      }
    }
    return text.append(' ')
        .append(
            switch (severity) {
              case NOTE -> "note: ";
              case WARNING -> "warning: ";
              case ERROR -> "error: ";
            })
        .append(message)
        .toString();
  }
}
