package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobEnvironment.Inherited;

/**
 * The value of {@code -env}: {@code all}, {@code none}, or names and {@code name=value} by commas
 * after one of them or alone; single quotes keep a comma in a value (bsub -env).
 */
final class LsfEnvironment {
  private LsfEnvironment() {}

  /** Empty for a list that takes variables away ({@code ~name}), which has no neutral form. */
  static Optional<JobEnvironment> read(String text) {
    Inherited inherited = Inherited.NONE;
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    for (String part : split(text)) {
      String word = part.strip();
      int equals = word.indexOf('=');
      if (word.equals("all")) {
        inherited = Inherited.ALL;
      } else if (word.startsWith("~")) {
        return Optional.empty();
      } else if (equals > 0) {
        variables.add(
            new JobEnvironment.Variable(
                word.substring(0, equals), Optional.of(unquoted(word.substring(equals + 1)))));
      } else if (!word.isEmpty() && !word.equals("none")) {
        variables.add(new JobEnvironment.Variable(word, Optional.empty()));
      }
    }
    return Optional.of(new JobEnvironment(inherited, variables));
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || (!quoted && text.charAt(i) == ',')) {
        parts.add(text.substring(start, i));
        start = i + 1;
      } else if (text.charAt(i) == '\'') {
        quoted = !quoted;
      }
    }
    return parts;
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    return last > 0 && value.charAt(0) == '\'' && value.charAt(last) == '\''
        ? value.substring(1, last)
        : value;
  }

  /** Empty if a value cannot be written: one with a single quote. */
  static Optional<String> write(JobEnvironment environment) {
    StringBuilder text = new StringBuilder();
    if (environment.inherited() != Inherited.NONE) {
      text.append("all");
    } else if (environment.variables().isEmpty()) {
      text.append("none");
    }
    for (JobEnvironment.Variable variable : environment.variables()) {
      text.append(text.isEmpty() ? "" : ", ").append(variable.name());
      if (variable.value().isEmpty()) {
        continue;
      }
      String value = variable.value().get();
      if (value.indexOf('\'') >= 0) {
        return Optional.empty();
      }
      boolean plain = value.indexOf(',') < 0 && value.equals(value.strip());
      text.append('=').append(plain ? value : "'" + value + "'");
    }
    return Optional.of(text.toString());
  }
}
