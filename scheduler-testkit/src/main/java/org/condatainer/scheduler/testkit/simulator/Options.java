package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of a simulated command, read as getopt does.
 *
 * @param values the last value of each option by its name without dashes, empty for a flag
 * @param arguments what is no option
 * @param unknown the first option that the command does not have, empty for none
 */
record Options(Map<String, String> values, List<String> arguments, String unknown) {
  /**
   * Reads words up to the first that is no option.
   *
   * @param withValue the names, short and long, of options that take a value
   * @param flags the names of those that take none
   */
  static Options read(List<String> words, Set<String> withValue, Set<String> flags) {
    Map<String, String> values = new HashMap<>();
    String unknown = "";
    int i = 0;
    for (; i < words.size() && words.get(i).startsWith("-") && words.get(i).length() > 1; i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        i++;
        break;
      }
      boolean isLong = word.startsWith("--");
      int equals = word.indexOf('=');
      String name =
          isLong ? word.substring(2, equals < 0 ? word.length() : equals) : word.substring(1, 2);
      if (withValue.contains(name)) {
        boolean inside = isLong ? equals >= 0 : word.length() > 2;
        String value = inside ? word.substring(isLong ? equals + 1 : 2) : "";
        if (!inside && i + 1 < words.size()) {
          value = words.get(++i);
        }
        values.put(name, value);
      } else if (flags.contains(name)) {
        values.put(name, isLong && equals >= 0 ? word.substring(equals + 1) : "");
        for (char more : isLong ? new char[0] : word.substring(2).toCharArray()) {
          values.put(String.valueOf(more), "");
        }
      } else if (unknown.isEmpty()) {
        unknown = word;
      }
    }
    return new Options(values, new ArrayList<>(words.subList(i, words.size())), unknown);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** The value of the first of these names that was given, empty if none was. */
  String value(String... names) {
    for (String name : names) {
      if (values.containsKey(name)) {
        return values.get(name);
      }
    }
    return "";
  }

  /** The words of a directive line as a shell would split them; quotes are taken away. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      if (quote == 0 && c == '#' && word == null) {
        break;
      }
      word = word == null ? new StringBuilder() : word;
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
