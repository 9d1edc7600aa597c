package org.condatainer.scheduler.lsf;

import java.util.List;
import java.util.Optional;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;

/**
 * A word of a {@code #BSUB} line: single and double quotes keep blanks, a word that begins with
 * {@code #} ends the line, and a backslash is nothing special.
 *
 * @param text without its quotes
 * @param raw as written
 * @param gap the blanks before it
 * @param line the line of its first character, from 1
 * @param column column of that character, from 1
 */
record BsubWord(String text, String raw, String gap, int line, int column) {
  /**
   * Splits a line.
   *
   * @param lines the line, and those that bsub joins with it
   * @param words takes the words
   * @return what is wrong, empty if nothing is
   */
  static Optional<Diagnostic> split(List<DirectiveLine> lines, List<BsubWord> words) {
    String text = joined(lines);
    int at = 0;
    while (true) {
      int start = BsubDirective.skipBlanks(text, at);
      if (start == text.length() || text.charAt(start) == '#') {
        return Optional.empty();
      }
      StringBuilder word = new StringBuilder();
      int end = start;
      while (end < text.length() && !BsubDirective.isBlank(text.charAt(end))) {
        char c = text.charAt(end);
        if (c != '"' && c != '\'') {
          word.append(c);
          end++;
          continue;
        }
        int close = text.indexOf(c, end + 1);
        if (close < 0) {
          Place place = Place.of(lines, end);
          return Optional.of(
              Diagnostic.error(
                  place.line(), place.column(), "the quote " + c + " has no end on its line"));
        }
        word.append(text, end + 1, close);
        end = close + 1;
      }
      Place place = Place.of(lines, start);
      words.add(
          new BsubWord(
              word.toString(),
              text.substring(start, end),
              text.substring(at, start),
              place.line(),
              place.column()));
      at = end;
    }
  }

  private static String joined(List<DirectiveLine> lines) {
    StringBuilder text = new StringBuilder();
    for (DirectiveLine line : lines) {
      text.append(line.text());
    }
    return text.toString();
  }

  /** Where a character of joined lines stands in the script. */
  private record Place(int line, int column) {
    static Place of(List<DirectiveLine> lines, int offset) {
      int left = offset;
      int at = 0;
      while (at + 1 < lines.size() && left >= lines.get(at).text().length()) {
        left -= lines.get(at).text().length();
        at++;
      }
      return new Place(lines.get(at).line(), lines.get(at).column() + left);
    }
  }

  /** The column of a character of the text; exact where at most one quote stands before it. */
  int columnOf(int offset) {
    int quote = 0;
    for (int i = 0; i <= offset && i < raw.length(); i++) {
      if (raw.charAt(i) == '"' || raw.charAt(i) == '\'') {
        quote = 1;
        break;
      }
    }
    return column + offset + quote;
  }

  /**
   * A value as a word of a line; empty if no quotes can say it: it has both kinds, or a line end.
   */
  static Optional<String> quoted(String value) {
    if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
      return Optional.empty();
    }
    boolean plain = !value.isEmpty();
    for (int i = 0; i < value.length() && plain; i++) {
      char c = value.charAt(i);
      plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-_./,:=+%@^".indexOf(c) >= 0;
    }
    if (plain) {
      return Optional.of(value);
    }
    if (value.indexOf('"') < 0) {
      return Optional.of('"' + value + '"');
    }
    return value.indexOf('\'') < 0 ? Optional.of("'" + value + "'") : Optional.empty();
  }
}
