package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of {@code qstat -f}, {@code qstat -Bf}, {@code qstat -Qf} and {@code pbsnodes -av}: a
 * heading at the start of a line, below it attributes, {@code name = value}. Without {@code -w} a
 * long value goes on in the next line behind a tab, and a line feed of the user's stands as it is.
 */
final class AttributeText {
  private AttributeText() {}

  /**
   * What stands under one heading.
   *
   * @param heading the heading's last word: {@code 12.server} of {@code Job Id: 12.server}
   * @param values the attributes by name
   */
  record Entry(String heading, Map<String, String> values) {
    Entry {
      values = Map.copyOf(values);
    }

    /** An attribute's value, empty text if it has none. */
    String value(String name) {
      return values.getOrDefault(name, "");
    }
  }

  static List<Entry> entries(String text) {
    List<Entry> entries = new ArrayList<>();
    String heading = null;
    Map<String, String> values = new LinkedHashMap<>();
    String name = null;
    for (String line : text.split("\n", -1)) {
      boolean indented = line.startsWith(" ");
      int equals = line.indexOf(" = ");
      if (line.startsWith("\t") && name != null) {
        values.merge(name, line.substring(1), String::concat);
      } else if (indented && equals > 0 && line.indexOf(' ', firstLetter(line)) == equals) {
        name = line.substring(0, equals).strip();
        // The first of two is PBS's own: a user's value that looks like an attribute comes later.
        name = values.putIfAbsent(name, line.substring(equals + 3)) == null ? name : null;
      } else if (!indented && !line.isEmpty() && isHeading(line)) {
        if (heading != null) {
          entries.add(new Entry(heading, values));
        }
        heading = line.substring(line.lastIndexOf(' ') + 1).strip();
        values = new LinkedHashMap<>();
        name = null;
      } else if (name != null && !line.isEmpty()) {
        values.merge(name, "\n" + line, String::concat);
      }
    }
    if (heading != null) {
      entries.add(new Entry(heading, values));
    }
    return entries;
  }

  private static int firstLetter(String line) {
    int first = 0;
    while (first < line.length() && line.charAt(first) == ' ') {
      first++;
    }
    return first;
  }

  private static boolean isHeading(String line) {
    return line.startsWith("Job Id: ")
        || line.startsWith("Queue: ")
        || line.startsWith("Server: ")
        || line.indexOf(' ') < 0;
  }
}
