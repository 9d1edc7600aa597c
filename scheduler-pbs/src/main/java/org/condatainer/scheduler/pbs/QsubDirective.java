package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * A {@code #PBS} line that qsub reads, taken apart (qsub(1B), "Directives"; getopt(3)).
 *
 * @param line the line
 * @param options its options, in order
 */
record QsubDirective(DirectiveLine line, List<Given> options) {
  static final String PREFIX = "#PBS";

  private static final String FLAGS = "fhIVXz";
  private static final String WITH_VALUE = "aAcCdejJklmMNopPqrRStuvwW";

  /**
   * An option as it was given.
   *
   * @param letter its letter
   * @param value its value, empty for a flag
   * @param line from 1
   * @param column of the option, from 1
   * @param valueColumn of the value's first character, from 1
   * @param text the option with its value as written
   */
  record Given(
      char letter, Optional<String> value, int line, int column, int valueColumn, String text) {}

  QsubDirective {
    options = List.copyOf(options);
  }

  /** The directives before the script's first command; what qsub would refuse is told. */
  static List<QsubDirective> of(JobScript script, List<Diagnostic> diagnostics) {
    List<QsubDirective> directives = new ArrayList<>();
    for (DirectiveLine line : script.directives(PREFIX)) {
      if (!line.text().isEmpty() && !isBlank(line.text().charAt(0))) {
        continue;
      }
      if (!line.inHeader()) {
        diagnostics.add(
            Diagnostic.warning(
                line.line(),
                1,
                "qsub ignores this directive: it stands after the first command (line "
                    + (script.headerLines() + 1)
                    + ")"));
        continue;
      }
      directives.add(new QsubDirective(line, options(line, diagnostics)));
    }
    return directives;
  }

  /** A word with its place in the directive's text. */
  private record Word(String text, int start, int end) {}

  private static List<Given> options(DirectiveLine line, List<Diagnostic> diagnostics) {
    List<Word> words = words(line, diagnostics);
    List<Given> options = new ArrayList<>();
    int next = 0;
    while (next < words.size()) {
      Word word = words.get(next);
      int column = line.column() + word.start();
      if (word.text().startsWith("#")) {
        diagnostics.add(
            Diagnostic.error(
                line.line(), column, "qsub takes no comment in a directive: remove it"));
        break;
      }
      if (word.text().length() < 2 || word.text().charAt(0) != '-') {
        diagnostics.add(
            Diagnostic.error(
                line.line(),
                column,
                "qsub refuses \""
                    + word.text()
                    + "\": it is no option; quote a value with blanks"));
        next++;
        continue;
      }
      next = letters(line, words, next, options, diagnostics);
    }
    return options;
  }

  private static int letters(
      DirectiveLine line,
      List<Word> words,
      int index,
      List<Given> options,
      List<Diagnostic> diagnostics) {
    Word word = words.get(index);
    int column = line.column() + word.start();
    for (int i = 1; i < word.text().length(); i++) {
      char letter = word.text().charAt(i);
      if (FLAGS.indexOf(letter) >= 0) {
        options.add(given(line, letter, Optional.empty(), word, word, column));
        continue;
      }
      if (WITH_VALUE.indexOf(letter) < 0) {
        diagnostics.add(
            Diagnostic.warning(
                line.line(),
                column,
                "-" + letter + " is no option of the qsub versions known here; it is passed on"));
        options.add(
            given(line, letter, Optional.of(word.text().substring(i + 1)), word, word, column));
        return index + 1;
      }
      String rest = word.text().substring(i + 1);
      if (!rest.isEmpty()) {
        options.add(given(line, letter, Optional.of(rest), word, word, column + i + 1));
        return index + 1;
      }
      if (index + 1 == words.size()) {
        diagnostics.add(Diagnostic.error(line.line(), column, "-" + letter + " has no value"));
        return index + 1;
      }
      Word value = words.get(index + 1);
      options.add(
          given(
              line, letter, Optional.of(value.text()), word, value, line.column() + value.start()));
      return index + 2;
    }
    return index + 1;
  }

  private static Given given(
      DirectiveLine line,
      char letter,
      Optional<String> value,
      Word first,
      Word last,
      int valueColumn) {
    return new Given(
        letter,
        value,
        line.line(),
        line.column() + first.start(),
        valueColumn,
        line.text().substring(first.start(), last.end()));
  }

  /** Words between blanks; quotes of both kinds keep blanks together. */
  private static List<Word> words(DirectiveLine line, List<Diagnostic> diagnostics) {
    String text = line.text();
    List<Word> words = new ArrayList<>();
    int position = 0;
    while (position < text.length()) {
      if (isBlank(text.charAt(position))) {
        position++;
        continue;
      }
      int start = position;
      StringBuilder word = new StringBuilder();
      while (position < text.length() && !isBlank(text.charAt(position))) {
        char c = text.charAt(position);
        if (c == '"' || c == '\'') {
          int end = text.indexOf(c, position + 1);
          if (end < 0) {
            diagnostics.add(
                Diagnostic.error(
                    line.line(),
                    line.column() + position,
                    "the quote " + c + " has no end on its line"));
            return words;
          }
          word.append(text, position + 1, end);
          position = end + 1;
        } else {
          word.append(c);
          position++;
        }
      }
      words.add(new Word(word.toString(), start, position));
    }
    return words;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
