package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.trust.Printable;

/** Rows of text in columns, two blanks apart; the last column is as wide as it is. */
final class TextTable {
  private TextTable() {}

  /** The lines of a table whose rows all have the same number of cells. */
  static List<String> of(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Printable.line(row.get(i)).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = Printable.line(row.get(i));
        line.append(cell);
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - cell.length() + 2));
        }
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
