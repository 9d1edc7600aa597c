package org.condatainer.overlay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a user has asked for in an environment, by {@code conda-meta/history}, as conda itself reads
 * it (conda/history.py, {@code _parse_comment_line}): lines {@code # update specs: ['python=3.11',
 * 'numpy']} add, {@code # remove specs:} and {@code # neutered specs:} take away or relax.
 */
final class CondaHistory {
  private CondaHistory() {}

  /** The specifications that hold at the end, in the order in which they were first asked for. */
  static List<String> requested(String text) {
    Map<String, String> wanted = new LinkedHashMap<>();
    int end;
    for (int start = 0; start < text.length(); start = end + 1) {
      end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      if (text.charAt(start) == '+' || text.charAt(start) == '-') {
        continue;
      }
      String line = text.substring(start, end).strip();
      int colon = line.indexOf(" specs:");
      if (!line.startsWith("#") || colon < 0) {
        continue;
      }
      String action = line.substring(1, colon).strip();
      List<String> specifications = list(line.substring(colon + " specs:".length()).strip());
      for (String specification : specifications) {
        String name = name(specification);
        if (name.isEmpty()) {
          continue;
        }
        switch (action) {
          case "update", "install", "create", "neutered" -> wanted.put(name, specification);
          case "remove", "uninstall" -> wanted.remove(name);
          default -> {
            // a kind of line that came later
          }
        }
      }
    }
    return List.copyOf(wanted.values());
  }

  /**
   * Where the packages came from that were ever installed: lines {@code
   * +conda-forge/linux-64::numpy-1.26.4-py311h64a7726_0}.
   *
   * @return channels, as they are written there, by {@code name-version-build}
   */
  static Map<String, String> channels(String text) {
    Map<String, String> channels = new HashMap<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      int colons = text.charAt(start) == '+' ? text.indexOf("::", start) : -1;
      if (colons > 0 && colons < end) {
        channels.put(text.substring(colons + 2, end).strip(), text.substring(start + 1, colons));
      }
      start = end + 1;
    }
    return channels;
  }

  /** A list as Python or JSON writes it, or names between commas, as old versions did. */
  private static List<String> list(String text) {
    List<String> words = new ArrayList<>();
    if (!text.startsWith("[")) {
      for (String word : text.split(",", -1)) {
        if (!word.isBlank()) {
          words.add(word.strip());
        }
      }
      return words;
    }
    int position = 1;
    while (position < text.length()) {
      char quote = text.charAt(position);
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, position + 1) : -1;
      if (end > 0) {
        words.add(text.substring(position + 1, end));
        position = end;
      }
      position++;
    }
    return words;
  }

  /** The package's name in a specification: {@code numpy} in {@code conda-forge::numpy>=1.26}. */
  static String name(String specification) {
    int colons = specification.lastIndexOf("::");
    String text = specification.substring(colons < 0 ? 0 : colons + 2);
    int end = 0;
    while (end < text.length() && "=<>!~[ ".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, end);
  }
}
