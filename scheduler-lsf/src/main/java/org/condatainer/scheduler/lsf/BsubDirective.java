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
 * (volclava's {@code cmd.sub.c}, parseLine). A remark that has the letters BSUB and a backslash as
 * its last character is joined with the next line before that (parseScript), so that a remark which
 * is no directive may take the directive below it away.
 *
 * @param lines the line, and those that carry it on
 * @param options what it says, in its order
 */
record BsubDirective(List<DirectiveLine> lines, List<Given> options) {
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
    lines = List.copyOf(lines);
    options = List.copyOf(options);
  }

  /** Every line of a script that bsub reads. */
  static List<BsubDirective> of(JobScript script, List<Diagnostic> diagnostics) {
    List<BsubDirective> directives = new ArrayList<>();
    List<String> lines = script.lines();
    for (int i = 0; i < lines.size(); i++) {
      int first = i;
      String text = lines.get(i);
      while (isCarriedOn(text) && i + 1 < lines.size()) {
        i++;
        text = text.substring(0, text.length() - 1) + lines.get(i);
        if (isDirective(lines.get(i))) {
          diagnostics.add(
              Diagnostic.warning(
                  i + 1,
                  1,
                  "bsub does not read this line: it is a part of line "
                      + i
                      + ", which ends with a backslash"));
        }
      }
      if (isDirective(text)) {
        directives.add(directive(script, first, i, diagnostics));
      }
    }
    return directives;
  }

  private static BsubDirective directive(
      JobScript script, int first, int last, List<Diagnostic> diagnostics) {
    List<DirectiveLine> lines = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      boolean inHeader = i < script.headerLines();
      String text = script.lines().get(i);
      int begin = i == first ? markEnd(text) : 0;
      int end = text.length() - (i < last || text.endsWith("\r") ? 1 : 0);
      lines.add(
          new DirectiveLine(
              i + 1, begin + 1, text.substring(0, begin), text.substring(begin, end), inHeader));
      if (!inHeader && i == first) {
        diagnostics.add(
            Diagnostic.note(
                i + 1,
                1,
                "bsub reads this line although it stands after the first command (line "
                    + (script.headerLines() + 1)
                    + ")"));
      } else if (i > first && !text.isBlank() && !text.strip().startsWith("#")) {
        diagnostics.add(
            Diagnostic.note(
                i + 1,
                1,
                "bsub joins this line with line " + i + "; a shell would run it as a command"));
      }
    }
    return new BsubDirective(lines, optionsOf(lines, diagnostics));
  }

  /** The directive as one line, as written. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (DirectiveLine line : lines) {
      text.append(line.prefix()).append(line.text());
    }
    return text.toString();
  }

  /** Whether bsub joins a line, without its line feed, with the next one. */
  static boolean isCarriedOn(String line) {
    return line.startsWith("#") && line.endsWith("\\") && line.contains(MARK);
  }

  /** Whether bsub takes options from a line. */
  static boolean isDirective(String line) {
    return prefixEnd(line) >= 0;
  }

  /** Where the options begin, after {@code BSUB}; negative if it is no directive. */
  private static int prefixEnd(String line) {
    int end = markEnd(line);
    int first = end < 0 ? line.length() : skipBlanks(line, end);
    return first < line.length() && line.charAt(first) == '-' ? end : -1;
  }

  /** Where the mark ends; negative if there is none. */
  private static int markEnd(String line) {
    int at = skipBlanks(line, 0);
    if (at == line.length() || line.charAt(at) != '#') {
      return -1;
    }
    at = skipBlanks(line, at + 1);
    return line.startsWith(MARK, at) ? at + MARK.length() : -1;
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

  private static List<Given> optionsOf(List<DirectiveLine> lines, List<Diagnostic> diagnostics) {
    List<BsubWord> words = new ArrayList<>();
    Optional<Diagnostic> problem = BsubWord.split(lines, words);
    if (problem.isPresent()) {
      diagnostics.add(problem.get());
      return List.of();
    }
    return options(words, diagnostics);
  }

  /** The options that words are, as bsub's getopt takes them. */
  static List<Given> options(List<BsubWord> words, List<Diagnostic> diagnostics) {
    List<Given> options = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      BsubWord word = words.get(i);
      if (word.text().length() < 2 || word.text().charAt(0) != '-') {
        diagnostics.add(
            Diagnostic.error(
                word.line(),
                word.column(),
                "bsub reads no option after \""
                    + word.text()
                    + "\"; remove it or quote the value"));
        return options;
      }
      Optional<BsubOption> known = BsubOption.of(word.text().substring(1));
      if (known.isEmpty()) {
        i = unknown(words, i, options, diagnostics);
        continue;
      }
      String name = known.get().name();
      boolean glued = word.text().length() > name.length() + 1;
      if (!known.get().takesValue()) {
        options.add(
            new Given(
                word.line(), word.column(), name, Optional.empty(), word.column(), word.raw()));
      } else if (glued) {
        options.add(
            new Given(
                word.line(),
                word.column(),
                name,
                Optional.of(word.text().substring(name.length() + 1)),
                word.columnOf(name.length() + 1),
                word.raw()));
      } else if (i + 1 == words.size()) {
        diagnostics.add(Diagnostic.error(word.line(), word.column(), "-" + name + " has no value"));
      } else {
        i++;
        BsubWord value = words.get(i);
        options.add(
            new Given(
                word.line(),
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
      List<BsubWord> words, int at, List<Given> options, List<Diagnostic> diagnostics) {
    BsubWord word = words.get(at);
    diagnostics.add(
        Diagnostic.warning(
            word.line(),
            word.column(),
            word.text() + " is no option of bsub that is known here; it is passed on"));
    boolean hasValue = at + 1 < words.size() && !words.get(at + 1).text().startsWith("-");
    Optional<String> value = hasValue ? Optional.of(words.get(at + 1).text()) : Optional.empty();
    String text = hasValue ? words.get(at + 1).gap() + words.get(at + 1).raw() : "";
    options.add(
        new Given(
            word.line(),
            word.column(),
            word.text().substring(1),
            value,
            hasValue ? words.get(at + 1).columnOf(0) : word.column(),
            word.raw() + text));
    return hasValue ? at + 1 : at;
  }
}
