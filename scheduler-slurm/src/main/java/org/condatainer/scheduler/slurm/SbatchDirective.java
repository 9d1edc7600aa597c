package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * A {@code #SBATCH} line that sbatch reads, taken apart.
 *
 * @param line the line
 * @param separator whether it begins the next component of a heterogeneous job
 * @param options its options, in order
 */
record SbatchDirective(DirectiveLine line, boolean separator, List<Given> options) {
  static final String PREFIX = "#SBATCH";

  /**
   * An option as it was given.
   *
   * @param name its long name; as written for one that is not known here
   * @param value its value, empty if it was given none
   * @param line from 1
   * @param column of the option, from 1
   * @param text the option with its value as written
   */
  record Given(String name, Optional<String> value, int line, int column, String text) {}

  SbatchDirective {
    options = List.copyOf(options);
  }

  /** The directives of a script's header; what sbatch would refuse or ignore is told. */
  static List<SbatchDirective> of(JobScript script, List<Diagnostic> diagnostics) {
    List<SbatchDirective> directives = new ArrayList<>();
    for (DirectiveLine line : script.directives(PREFIX)) {
      if (!line.inHeader()) {
        diagnostics.add(
            Diagnostic.warning(
                line.line(),
                1,
                "sbatch ignores this directive: it stands after the first command (line "
                    + (script.headerLines() + 1)
                    + ")"));
        continue;
      }
      try {
        directives.add(of(line, diagnostics));
      } catch (SbatchWords.UnmatchedQuoteException e) {
        diagnostics.add(
            Diagnostic.error(line.line(), line.column() + e.position(), e.getMessage()));
      }
    }
    warnOfIndented(script, diagnostics);
    if (!ignoresOthers(directives)) {
      warnOfOthers(script, "#PBS", diagnostics);
      warnOfOthers(script, "#BSUB", diagnostics);
    }
    return directives;
  }

  private static boolean ignoresOthers(List<SbatchDirective> directives) {
    for (SbatchDirective directive : directives) {
      for (Given option : directive.options()) {
        if (option.name().equals("ignore-pbs")) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Tells of lines that sbatch itself takes: it reads them as options over those of {@code #SBATCH}
   * lines, wherever they stand (tried with 22.05). Only {@code #SBATCH} lines are passed on.
   */
  private static void warnOfOthers(JobScript script, String prefix, List<Diagnostic> diagnostics) {
    List<DirectiveLine> others = script.directives(prefix);
    if (others.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder(others.size() == 1 ? "line " : "lines ");
    for (int i = 0; i < others.size(); i++) {
      lines.append(i == 0 ? "" : ", ").append(others.get(i).line());
    }
    diagnostics.add(
        Diagnostic.warning(
            others.get(0).line(),
            1,
            prefix
                + " is set aside ("
                + lines
                + "): the job gets what #SBATCH says, while sbatch would let this go over it;"
                + " say it with #SBATCH, or set it aside for both: #SBATCH --ignore-pbs"));
  }

  private static void warnOfIndented(JobScript script, List<Diagnostic> diagnostics) {
    for (int i = 0; i < script.headerLines(); i++) {
      String text = script.lines().get(i);
      if (!text.startsWith(PREFIX) && text.strip().startsWith(PREFIX)) {
        diagnostics.add(
            Diagnostic.warning(
                i + 1, 1, "sbatch ignores this directive: there are blanks before it"));
      }
    }
  }

  private static SbatchDirective of(DirectiveLine line, List<Diagnostic> diagnostics)
      throws SbatchWords.UnmatchedQuoteException {
    List<SbatchWords.Word> words = SbatchWords.split(line.text());
    if (words.size() == 1) {
      String only = words.get(0).text();
      if (only.equals("hetjob") || only.equals("packjob")) {
        return new SbatchDirective(line, true, List.of());
      }
    }
    List<Given> options = new ArrayList<>();
    int next = 0;
    while (next < words.size()) {
      SbatchWords.Word word = words.get(next);
      String text = word.text();
      if (text.startsWith("--") && text.length() > 2) {
        next = longOption(line, words, next, options, diagnostics);
      } else if (text.startsWith("-") && text.length() > 1 && !text.equals("--")) {
        next = letters(line, words, next, options, diagnostics);
      } else if (text.equals("--") && next + 1 == words.size()) {
        next++;
      } else {
        diagnostics.add(
            Diagnostic.error(
                line.line(),
                line.column() + word.start(),
                "sbatch refuses \""
                    + text
                    + "\": it is no option; a value with blanks needs quotes, a comment a #"));
        next++;
      }
    }
    return new SbatchDirective(line, false, options);
  }

  private static int longOption(
      DirectiveLine line,
      List<SbatchWords.Word> words,
      int index,
      List<Given> options,
      List<Diagnostic> diagnostics) {
    SbatchWords.Word word = words.get(index);
    int equals = word.text().indexOf('=');
    String name = word.text().substring(2, equals < 0 ? word.text().length() : equals);
    Optional<String> joined =
        equals < 0 ? Optional.empty() : Optional.of(word.text().substring(equals + 1));
    List<SbatchOption> candidates = SbatchOption.of(name);
    int column = line.column() + word.start();
    if (candidates.size() != 1) {
      String why =
          candidates.isEmpty()
              ? "is no option of the sbatch versions known here"
              : "may mean " + names(candidates);
      diagnostics.add(
          Diagnostic.warning(
              line.line(), column, "--" + name + " " + why + "; it is passed on as it is"));
      boolean takesNext =
          joined.isEmpty()
              && index + 1 < words.size()
              && !words.get(index + 1).text().startsWith("-");
      SbatchWords.Word last = takesNext ? words.get(index + 1) : word;
      options.add(given(line, name, takesNext ? Optional.of(last.text()) : joined, word, last));
      return takesNext ? index + 2 : index + 1;
    }
    SbatchOption option = candidates.get(0);
    if (option.value() != SbatchOption.Value.REQUIRED || joined.isPresent()) {
      if (option.value() == SbatchOption.Value.NONE && joined.isPresent()) {
        diagnostics.add(
            Diagnostic.error(line.line(), column, "--" + option.name() + " takes no value"));
      }
      options.add(given(line, option.name(), joined, word, word));
      return index + 1;
    }
    return withNextWord(line, words, index, option, column, options, diagnostics);
  }

  private static int letters(
      DirectiveLine line,
      List<SbatchWords.Word> words,
      int index,
      List<Given> options,
      List<Diagnostic> diagnostics) {
    SbatchWords.Word word = words.get(index);
    String text = word.text();
    for (int i = 1; i < text.length(); i++) {
      Optional<SbatchOption> found = SbatchOption.of(text.charAt(i));
      int column = line.column() + word.start();
      if (found.isEmpty()) {
        diagnostics.add(
            Diagnostic.warning(
                line.line(),
                column,
                "-"
                    + text.charAt(i)
                    + " is no option of the sbatch versions known here; it is passed on as it is"));
        options.add(given(line, text.substring(i), Optional.empty(), word, word));
        return index + 1;
      }
      SbatchOption option = found.get();
      if (option.value() == SbatchOption.Value.NONE) {
        options.add(lettered(line, option, Optional.empty(), word));
        continue;
      }
      String rest = text.substring(i + 1);
      if (!rest.isEmpty()) {
        options.add(
            i == 1
                ? given(line, option.name(), Optional.of(rest), word, word)
                : lettered(line, option, Optional.of(rest), word));
        return index + 1;
      }
      if (option.value() == SbatchOption.Value.OPTIONAL) {
        options.add(lettered(line, option, Optional.empty(), word));
        return index + 1;
      }
      if (i > 1) {
        return index + 1 + clusterValue(line, words, index, option, options, diagnostics);
      }
      return withNextWord(line, words, index, option, column, options, diagnostics);
    }
    return index + 1;
  }

  /** {@code -Hn 4}: the value of a cluster's last letter; returns how many words it took. */
  private static int clusterValue(
      DirectiveLine line,
      List<SbatchWords.Word> words,
      int index,
      SbatchOption option,
      List<Given> options,
      List<Diagnostic> diagnostics) {
    if (index + 1 == words.size()) {
      int column = line.column() + words.get(index).start();
      diagnostics.add(noValue(line, column, option));
      return 0;
    }
    options.add(lettered(line, option, Optional.of(words.get(index + 1).text()), words.get(index)));
    return 1;
  }

  /** One letter of a cluster: written out, since the others of it may be set aside. */
  private static Given lettered(
      DirectiveLine line, SbatchOption option, Optional<String> value, SbatchWords.Word word) {
    String text = "-" + option.letter() + value.map(SbatchDirective::quoted).orElse("");
    return new Given(option.name(), value, line.line(), line.column() + word.start(), text);
  }

  /** A text as one word by sbatch's rules. */
  static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static int withNextWord(
      DirectiveLine line,
      List<SbatchWords.Word> words,
      int index,
      SbatchOption option,
      int column,
      List<Given> options,
      List<Diagnostic> diagnostics) {
    if (index + 1 == words.size()) {
      diagnostics.add(noValue(line, column, option));
      return index + 1;
    }
    SbatchWords.Word value = words.get(index + 1);
    options.add(given(line, option.name(), Optional.of(value.text()), words.get(index), value));
    return index + 2;
  }

  private static Diagnostic noValue(DirectiveLine line, int column, SbatchOption option) {
    return Diagnostic.error(line.line(), column, "--" + option.name() + " has no value");
  }

  private static Given given(
      DirectiveLine line,
      String name,
      Optional<String> value,
      SbatchWords.Word first,
      SbatchWords.Word last) {
    return new Given(
        name,
        value,
        line.line(),
        line.column() + first.start(),
        line.text().substring(first.start(), last.end()));
  }

  private static String names(List<SbatchOption> options) {
    StringBuilder text = new StringBuilder();
    for (SbatchOption option : options) {
      text.append(text.isEmpty() ? "--" : ", --").append(option.name());
    }
    return text.toString();
  }
}
