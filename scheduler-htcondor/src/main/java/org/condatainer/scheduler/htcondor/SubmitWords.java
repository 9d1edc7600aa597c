package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobEnvironment;
import org.condatainer.script.ShellWords;

/**
 * {@code arguments} and {@code environment} in both of their syntaxes (condor_submit(1)). New
 * syntax is a text in double quotes, where {@code ""} is one of them, blanks separate, and single
 * quotes keep blanks, with {@code ''} for one of those.
 */
final class SubmitWords {
  private SubmitWords() {}

  /** The words of {@code arguments}; empty if a quote has no end. */
  static Optional<List<String>> arguments(String value) {
    if (isNew(value)) {
      return newWords(value);
    }
    // Old syntax: blanks separate, a backslash keeps a double quote.
    List<String> words = new ArrayList<>();
    for (String word : value.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        words.add(word.replace("\\\"", "\""));
      }
    }
    return Optional.of(words);
  }

  /** The variables of {@code environment}; empty if it cannot be read. */
  static Optional<List<JobEnvironment.Variable>> environment(String value) {
    if (!isNew(value) && value.strip().startsWith("\"")) {
      return Optional.empty();
    }
    Optional<List<String>> words =
        isNew(value) ? newWords(value) : Optional.of(List.of(value.split(";", -1)));
    if (words.isEmpty()) {
      return Optional.empty();
    }
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    for (String word : words.get()) {
      String text = isNew(value) ? word : word.strip();
      if (text.isEmpty()) {
        continue;
      }
      int equals = text.indexOf('=');
      if (equals < 1) {
        return Optional.empty();
      }
      variables.add(
          new JobEnvironment.Variable(
              text.substring(0, equals), Optional.of(text.substring(equals + 1))));
    }
    return Optional.of(variables);
  }

  /** Variables with their values in new syntax. */
  static String environment(List<JobEnvironment.Variable> variables) {
    StringBuilder text = new StringBuilder("\"");
    String separator = "";
    for (JobEnvironment.Variable variable : variables) {
      text.append(separator)
          .append(variable.name())
          .append('=')
          .append(quoted(variable.value().orElse("")));
      separator = " ";
    }
    return text.append('"').toString();
  }

  private static String quoted(String value) {
    String inner = value.replace("\"", "\"\"");
    boolean plain = true;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      plain &= c != '\'' && !Character.isWhitespace(c);
    }
    return plain && !value.isEmpty() ? inner : "'" + inner.replace("'", "''") + "'";
  }

  /** The words as a POSIX shell would read them, with the task's index where it stands for one. */
  static String shell(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      text.append(text.isEmpty() ? "" : " ").append(shell(word));
    }
    return text.toString();
  }

  private static String shell(String word) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    int at = word.indexOf("$(");
    while (at >= 0) {
      int end = word.indexOf(')', at);
      if (end < 0) {
        break;
      }
      Optional<String> variable = variable(word.substring(at + 2, end));
      if (variable.isPresent() && (at == 0 || word.charAt(at - 1) != '$')) {
        if (at > from) {
          text.append(ShellWords.quote(word.substring(from, at)));
        }
        text.append('"').append(variable.get()).append('"');
        from = end + 1;
      }
      at = word.indexOf("$(", end);
    }
    if (from < word.length() || text.isEmpty()) {
      text.append(ShellWords.quote(word.substring(from)));
    }
    return text.toString();
  }

  private static Optional<String> variable(String macro) {
    if (macro.equalsIgnoreCase("Process")
        || macro.equalsIgnoreCase("ProcId")
        || macro.equalsIgnoreCase(QueueStatement.INDEX)) {
      return Optional.of("${CNT_ARRAY_INDEX:-0}");
    }
    return macro.equalsIgnoreCase("Cluster") || macro.equalsIgnoreCase("ClusterId")
        ? Optional.of("${CNT_JOB_ID-}")
        : Optional.empty();
  }

  private static boolean isNew(String value) {
    String text = value.strip();
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
  }

  private static Optional<List<String>> newWords(String value) {
    String text = value.strip();
    text = text.substring(1, text.length() - 1);
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    boolean single = false;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
      if (c == '"') {
        if (!doubled) {
          return Optional.empty();
        }
        word.append('"');
        inWord = true;
        i++;
      } else if (c == '\'') {
        if (single && doubled) {
          word.append('\'');
          i++;
        } else {
          single = !single;
        }
        inWord = true;
      } else if (Character.isWhitespace(c) && !single) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
      i++;
    }
    if (inWord) {
      words.add(word.toString());
    }
    return single ? Optional.empty() : Optional.of(words);
  }
}
