package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobEnvironment.Variable;

/** {@code -v NAME,NAME=value} (qsub(1B)): quotes protect commas, a backslash the next character. */
final class PbsVariables {
  /** The index of an array's only task. */
  static final String ARRAY_INDEX = "CNT_ARRAY_INDEX";

  private PbsVariables() {}

  static List<Variable> read(String text) {
    List<Variable> variables = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    char quote = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ',';
      if (i == text.length() || (c == ',' && quote == 0)) {
        add(part.toString(), variables);
        part.setLength(0);
      } else if (c == '\\' && i + 1 < text.length()) {
        i++;
        part.append(text.charAt(i));
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          part.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else {
        part.append(c);
      }
    }
    return variables;
  }

  private static void add(String part, List<Variable> variables) {
    int equals = part.indexOf('=');
    if (equals > 0) {
      variables.add(
          new Variable(part.substring(0, equals), Optional.of(part.substring(equals + 1))));
    } else if (!part.isBlank()) {
      variables.add(new Variable(part, Optional.empty()));
    }
  }

  /** Empty if a value has a character that qsub does not carry: a quote, backslash or newline. */
  static Optional<String> write(List<Variable> variables) {
    StringBuilder text = new StringBuilder();
    for (Variable variable : variables) {
      text.append(text.isEmpty() ? "" : ",").append(variable.name());
      if (variable.value().isEmpty()) {
        continue;
      }
      String value = variable.value().get();
      for (char c : new char[] {'\'', '"', '\\', '\n'}) {
        if (value.indexOf(c) >= 0) {
          return Optional.empty();
        }
      }
      text.append('=');
      text.append(value.indexOf(',') >= 0 ? "'" + value + "'" : value);
    }
    return Optional.of(text.toString());
  }
}
