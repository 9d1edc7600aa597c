package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of {@code qstat -f}, {@code qstat -Bf}, {@code qstat -Qf} and {@code pbsnodes -av}: a
 * heading at the start of a line, below it attributes, {@code name = value}. Without {@code -w} a
 * long value goes on in the next line behind a tab, and a line feed of the user's stands as it is.
 * An empty line ends what stands under a heading. Where an attribute comes twice, another heading
 * was lost on the way, and nothing of it is sure.
 */
final class AttributeText {
  private static final List<String> MARKS = List.of("Job Id: ", "Queue: ", "Server: ");

  private AttributeText() {}

  /**
   * What stands under one heading.
   *
   * @param heading what the heading names: {@code 12.server} of {@code Job Id: 12.server}
   * @param values the attributes by name
   * @param whole whether the empty line that ends it was there, and nothing twice before it;
   *     otherwise attributes may be missing, or another's
   */
  record Entry(String heading, Map<String, String> values, boolean whole) {
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
    boolean whole = false;
    boolean twice = false;
    String[] lines = text.split("\n", -1);
    String mark = mark(lines);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (!line.isEmpty()) {
        // An empty line of a user's value ends nothing: attributes go on behind it.
        whole &= isHeading(line, mark);
      } else if (i < lines.length - 1) {
        whole = heading != null;
      }
      boolean indented = line.startsWith(" ");
      int equals = line.indexOf(" = ");
      if (line.startsWith("\t") && name != null) {
        values.merge(name, line.substring(1), String::concat);
      } else if (indented && equals > 0 && line.indexOf(' ', firstLetter(line)) == equals) {
        name = line.substring(0, equals).strip();
        // The first of two is PBS's own: a user's value that looks like an attribute comes later.
        name = values.putIfAbsent(name, line.substring(equals + 3)) == null ? name : null;
        twice |= name == null;
      } else if (isHeading(line, mark)) {
        if (heading != null) {
          entries.add(new Entry(heading, values, whole && !twice));
        }
        whole = false;
        twice = false;
        heading = line.substring(mark.length()).strip();
        values = new LinkedHashMap<>();
        name = null;
      } else if (name != null && !line.isEmpty()) {
        values.merge(name, "\n" + line, String::concat);
      }
    }
    if (heading != null) {
      entries.add(new Entry(heading, values, whole && !twice));
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

  private static boolean isHeading(String line, String mark) {
    return mark.isEmpty()
        ? !line.isEmpty() && line.indexOf(' ') < 0 && line.charAt(0) != '\t'
        : line.startsWith(mark);
  }

  /** What headings of a text begin with; empty for {@code pbsnodes}, whose are names alone. */
  private static String mark(String[] lines) {
    for (String line : lines) {
      for (String mark : MARKS) {
        if (line.startsWith(mark)) {
          return mark;
        }
      }
    }
    return "";
  }
}
