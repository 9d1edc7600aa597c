package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.condatainer.process.CommandResult;

/**
 * What the exit codes and error texts of one command mean. The first row that fits decides.
 *
 * @param rows in the order in which they are tried
 * @param otherwise the meaning of a failure that no row fits
 */
public record ErrorTable(List<Row> rows, Failure.Kind otherwise) {
  /**
   * One row.
   *
   * @param exitCode the exit code that it is about, empty for any but 0
   * @param words a pattern, found anywhere in standard error; standard output is not looked at
   * @param kind what it means
   */
  public record Row(OptionalInt exitCode, Pattern words, Failure.Kind kind) {
    public Row {
      requireNonNull(exitCode, "exitCode is null");
      requireNonNull(words, "words is null");
      requireNonNull(kind, "kind is null");
    }

    private boolean fits(int code, String text) {
      return (exitCode.isEmpty() ? code != 0 : exitCode.getAsInt() == code)
          && words.matcher(text).find();
    }
  }

  public ErrorTable {
    rows = List.copyOf(rows);
    requireNonNull(otherwise, "otherwise is null");
  }

  /** What this failed result means. */
  public Failure.Kind classify(CommandResult result) {
    String words = result.errors();
    for (Row row : rows) {
      if (row.fits(result.exitCode(), words)) {
        return row.kind();
      }
    }
    return otherwise;
  }
}
