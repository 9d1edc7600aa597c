package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rows of named columns. Every column but the last ends with a separator that no text holds; the
 * last holds no user's text and ends with its line. So a name with a line feed, which Slurm prints
 * as it is, stays one column, and no name can pass for a row of another job.
 *
 * @param names the columns in the order in which they are printed, at least two
 * @param separator what ends each but the last
 */
record Columns(List<String> names, String separator) {
  Columns {
    names = List.copyOf(names);
  }

  /**
   * The rows of a text. Lines before a row's first column (a banner, {@code CLUSTER: name}) and
   * after the last row are passed over.
   *
   * @throws IllegalArgumentException if a row has no end, or runs into the next one: then the
   *     answer was cut or damaged, and a number that was cut is another job's
   */
  List<Map<String, String>> rows(String text) {
    List<Map<String, String>> rows = new ArrayList<>();
    eachRow(text, rows::add);
    return rows;
  }

  /** The same one by one, for tables of which only a few rows are to be kept. */
  void eachRow(String text, Consumer<Map<String, String>> told) {
    int number = 0;
    int position = 0;
    while (text.indexOf(separator, position) >= 0) {
      number++;
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < names.size() - 1; i++) {
        int end = text.indexOf(separator, position);
        if (end < 0) {
          throw new IllegalArgumentException("row " + number + " has no end");
        }
        String value = text.substring(position, end);
        row.put(names.get(i), i == 0 ? value.substring(value.lastIndexOf('\n') + 1) : value);
        position = end + separator.length();
      }
      int end = text.indexOf('\n', position);
      String last = end < 0 ? "" : text.substring(position, end);
      if (end < 0 || last.contains(separator)) {
        throw new IllegalArgumentException("row " + number + " has no end");
      }
      row.put(names.get(names.size() - 1), last.strip());
      told.accept(row);
      position = end + 1;
    }
  }
}
