package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * A directive as qsub reads it (qsub(1B), "Directives"; get_script of OpenPBS): blanks may stand
 * before {@code #PBS}, and a backslash at the end of a line carries on with the next.
 *
 * @param lines its lines in the script, the first with the prefix
 * @param written the same lines from their first character to their last
 * @param options its options, in order
 */
record QsubDirective(List<DirectiveLine> lines, List<String> written, List<Given> options) {
  static final String PREFIX = "#PBS";

  /**
   * A character's place in the script.
   *
   * @param line from 1
   * @param column from 1
   */
  record Place(int line, int column) {}

  /**
   * An option as it was given.
   *
   * @param letter its letter
   * @param value its value, empty for a flag
   * @param at the place of its dash
   * @param places the place of every character of the value
   * @param text the option with its value as written
   */
  record Given(char letter, Optional<String> value, Place at, List<Place> places, String text) {
    int line() {
      return at.line();
    }

    int column() {
      return at.column();
    }

    /** Where a character of the value stands, counted from 0. */
    Place place(int index) {
      return places.isEmpty() ? at : places.get(Math.min(index, places.size() - 1));
    }
  }

  QsubDirective {
    lines = List.copyOf(lines);
    written = List.copyOf(written);
    options = List.copyOf(options);
  }

  /** The directives before the script's first command; what qsub would refuse is told. */
  static List<QsubDirective> of(JobScript script, List<Diagnostic> diagnostics) {
    List<QsubDirective> directives = new ArrayList<>();
    List<String> lines = script.lines();
    int firstCommand = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int start = start(line);
      if (firstCommand > 0) {
        if (start == PREFIX.length()) {
          diagnostics.add(
              Diagnostic.warning(
                  i + 1,
                  1,
                  "qsub ignores this directive: it stands after the first command (line "
                      + firstCommand
                      + ")"));
        }
      } else if (start > 0) {
        int last = i;
        while (isContinued(lines.get(last)) && last + 1 < lines.size()) {
          last++;
        }
        directives.add(directive(lines, i, last, start, diagnostics));
        i = last;
      } else if (isCommand(line)) {
        firstCommand = i + 1;
      }
    }
    return directives;
  }

  /** Where the text of a directive begins in a line; 0 if it is none. */
  private static int start(String line) {
    int first = 0;
    while (first < line.length() && isBlank(line.charAt(first))) {
      first++;
    }
    int start = first + PREFIX.length();
    boolean whole =
        start >= line.length() || isBlank(line.charAt(start)) || line.charAt(start) == '-';
    return line.startsWith(PREFIX, first) && whole ? start : 0;
  }

  /** A line that begins with a colon is none for qsub. */
  private static boolean isCommand(String line) {
    String text = line.strip();
    return !line.startsWith(":") && !text.isEmpty() && text.charAt(0) != '#';
  }

  private static boolean isContinued(String line) {
    return line.stripTrailing().endsWith("\\");
  }

  private static QsubDirective directive(
      List<String> lines, int first, int last, int start, List<Diagnostic> diagnostics) {
    List<DirectiveLine> found = new ArrayList<>();
    List<String> written = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    List<Place> places = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      String line = lines.get(i);
      String plain = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      int begin = i == first ? start : 0;
      int end = isContinued(plain) ? plain.stripTrailing().length() - 1 : plain.length();
      for (int at = begin; at < end; at++) {
        text.append(plain.charAt(at));
        places.add(new Place(i + 1, at + 1));
      }
      written.add(plain);
      found.add(
          new DirectiveLine(
              i + 1, begin + 1, i == first ? PREFIX : "", plain.substring(begin), true));
    }
    // Behind the last character something may be missing.
    places.add(new Place(last + 1, lines.get(last).length() + 1));
    return new QsubDirective(
        found, written, new QsubWords(text.toString(), places, diagnostics).options());
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b;
  }
}
