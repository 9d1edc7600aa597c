package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * A {@code #BSUB} line and its options. bsub reads them anywhere in a script, after blanks, and
 * with blanks between {@code #} and {@code BSUB}; a line whose first word has no dash is none
 * (volclava's {@code cmd.sub.c}, parseLine).
 *
 * @param line the line
 * @param options what it says, in its order
 */
record BsubDirective(DirectiveLine line, List<Given> options) {
  private static final String MARK = "BSUB";

  /**
   * An option as it was given.
   *
   * @param line its line, from 1
   * @param column the column of its dash, from 1
   * @param name without its dash
   * @param value without quotes; empty for a flag
   * @param valueColumn the column of the value's first character
   * @param text the option with its value, as written
   */
  record Given(
      int line, int column, String name, Optional<String> value, int valueColumn, String text) {}

  BsubDirective {
    options = List.copyOf(options);
  }

  /** Every line of a script that bsub reads. */
  static List<BsubDirective> of(JobScript script, List<Diagnostic> diagnostics) {
    List<BsubDirective> directives = new ArrayList<>();
    for (int i = 0; i < script.lines().size(); i++) {
      String text = script.lines().get(i);
      int end = prefixEnd(text);
      if (end < 0) {
        continue;
      }
      String rest = text.substring(end);
      rest = rest.endsWith("\r") ? rest.substring(0, rest.length() - 1) : rest;
      boolean inHeader = i < script.headerLines();
      DirectiveLine line =
          new DirectiveLine(i + 1, end + 1, text.substring(0, end), rest, inHeader);
      if (!inHeader) {
        diagnostics.add(
            Diagnostic.note(
                i + 1,
                1,
                "bsub reads this line although it stands after the first command (line "
                    + (script.headerLines() + 1)
                    + ")"));
      }
      directives.add(new BsubDirective(line, options(line, diagnostics)));
    }
    return directives;
  }

  /** Whether bsub takes options from a line. */
  static boolean isDirective(String line) {
    return prefixEnd(line) >= 0;
  }

  /** Where the options begin, after {@code BSUB}; negative if it is no directive. */
  private static int prefixEnd(String line) {
    int at = skipBlanks(line, 0);
    if (at == line.length() || line.charAt(at) != '#') {
      return -1;
    }
    at = skipBlanks(line, at + 1);
    if (!line.startsWith(MARK, at)) {
      return -1;
    }
    int end = at + MARK.length();
    int first = skipBlanks(line, end);
    return first < line.length() && line.charAt(first) == '-' ? end : -1;
  }

  static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b;
  }

  private static List<Given> options(DirectiveLine line, List<Diagnostic> diagnostics) {
    List<BsubWord> words = new ArrayList<>();
    Optional<Diagnostic> problem = BsubWord.split(line, words);
    if (problem.isPresent()) {
      diagnostics.add(problem.get());
      return List.of();
    }
    return options(words, line.line(), diagnostics);
  }

  /** The options that words are, as bsub's getopt takes them. */
  static List<Given> options(List<BsubWord> words, int line, List<Diagnostic> diagnostics) {
    List<Given> options = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      BsubWord word = words.get(i);
      if (word.text().length() < 2 || word.text().charAt(0) != '-') {
        diagnostics.add(
            Diagnostic.error(
                line,
                word.column(),
                "bsub reads no option after \""
                    + word.text()
                    + "\"; remove it or quote the value"));
        return options;
      }
      Optional<BsubOption> known = BsubOption.of(word.text().substring(1));
      if (known.isEmpty()) {
        i = unknown(words, i, line, options, diagnostics);
        continue;
      }
      String name = known.get().name();
      boolean glued = word.text().length() > name.length() + 1;
      if (!known.get().takesValue()) {
        options.add(
            new Given(line, word.column(), name, Optional.empty(), word.column(), word.raw()));
      } else if (glued) {
        options.add(
            new Given(
                line,
                word.column(),
                name,
                Optional.of(word.text().substring(name.length() + 1)),
                word.columnOf(name.length() + 1),
                word.raw()));
      } else if (i + 1 == words.size()) {
        diagnostics.add(Diagnostic.error(line, word.column(), "-" + name + " has no value"));
      } else {
        i++;
        BsubWord value = words.get(i);
        options.add(
            new Given(
                line,
                word.column(),
                name,
                Optional.of(value.text()),
                value.columnOf(0),
                word.raw() + value.gap() + value.raw()));
      }
    }
    return options;
  }

  /** Keeps an option that is in no list of ours, with the word after it as its value. */
  private static int unknown(
      List<BsubWord> words, int at, int line, List<Given> options, List<Diagnostic> diagnostics) {
    BsubWord word = words.get(at);
    diagnostics.add(
        Diagnostic.warning(
            line,
            word.column(),
            word.text() + " is no option of bsub that is known here; it is passed on"));
    boolean hasValue = at + 1 < words.size() && !words.get(at + 1).text().startsWith("-");
    Optional<String> value = hasValue ? Optional.of(words.get(at + 1).text()) : Optional.empty();
    String text = hasValue ? words.get(at + 1).gap() + words.get(at + 1).raw() : "";
    options.add(
        new Given(
            line,
            word.column(),
            word.text().substring(1),
            value,
            hasValue ? words.get(at + 1).columnOf(0) : word.column(),
            word.raw() + text));
    return hasValue ? at + 1 : at;
  }
}
