package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what {@code -json} prints: a list of descriptions, or nothing at all where there is none
 * ({@code condor_q}). Values of attributes are texts, numbers as they were written, or truth
 * values; what has an inner structure is left out.
 */
final class JsonAds {
  private static final int DEEPEST = 100;

  private final String text;
  private int at;

  private JsonAds(String text) {
    this.text = text;
  }

  /**
   * The descriptions, attributes by their names in lower case.
   *
   * @throws IllegalArgumentException for anything else
   */
  static List<Map<String, String>> read(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    JsonAds ads = new JsonAds(text);
    List<Map<String, String>> all = ads.list();
    ads.blanks();
    if (ads.at < text.length()) {
      throw ads.wrong("something follows the list");
    }
    return all;
  }

  private List<Map<String, String>> list() {
    List<Map<String, String>> all = new ArrayList<>();
    expect('[');
    if (sees(']')) {
      at++;
      return all;
    }
    while (true) {
      all.add(ad());
      if (!sees(',')) {
        expect(']');
        return all;
      }
      at++;
    }
  }

  private Map<String, String> ad() {
    Map<String, String> ad = new LinkedHashMap<>();
    expect('{');
    if (sees('}')) {
      at++;
      return ad;
    }
    while (true) {
      blanks();
      String name = string();
      expect(':');
      blanks();
      String value = value(0);
      // A description has every attribute once: two have run into each other.
      if (value != null && ad.put(name.toLowerCase(Locale.ROOT), value) != null) {
        throw wrong("'" + name + "' stands there twice");
      }
      if (!sees(',')) {
        expect('}');
        return ad;
      }
      at++;
    }
  }

  /** Null for null, lists and objects. */
  private String value(int depth) {
    blanks();
    if (at >= text.length() || depth > DEEPEST) {
      throw wrong("a value is missing");
    }
    char c = text.charAt(at);
    if (c == '"') {
      return string();
    }
    if (c == '[' || c == '{') {
      structure(depth);
      return null;
    }
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    if (!word.equals("true") && !word.equals("false") && !word.equals("null") && !isNumber(word)) {
      throw wrong("'" + word + "' is no value");
    }
    return word.equals("null") ? null : word;
  }

  private void structure(int depth) {
    boolean object = text.charAt(at++) == '{';
    char end = object ? '}' : ']';
    if (sees(end)) {
      at++;
      return;
    }
    while (true) {
      if (object) {
        blanks();
        string();
        expect(':');
      }
      value(depth + 1);
      if (!sees(',')) {
        expect(end);
        return;
      }
      at++;
    }
  }

  private static boolean isNumber(String word) {
    for (int i = 0; i < word.length(); i++) {
      if ("0123456789+-.eE".indexOf(word.charAt(i)) < 0) {
        return false;
      }
    }
    return !word.isEmpty();
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') {
      throw wrong("a text is missing");
    }
    at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c != '\\') {
        value.append(c);
        continue;
      }
      if (at >= text.length()) {
        break;
      }
      char escape = text.charAt(at++);
      switch (escape) {
        case 'n' -> value.append('\n');
        case 't' -> value.append('\t');
        case 'r' -> value.append('\r');
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'u' -> value.append(unicode());
        default -> value.append(escape);
      }
    }
    throw wrong("a text has no end");
  }

  private char unicode() {
    int end = at + 4;
    if (end > text.length()) {
      throw wrong("a text has no end");
    }
    try {
      char c = (char) Integer.parseInt(text, at, end, 16);
      at = end;
      return c;
    } catch (NumberFormatException e) {
      throw wrong("no character: \\u" + text.substring(at, end));
    }
  }

  private void expect(char c) {
    if (!sees(c)) {
      throw wrong("'" + c + "' is missing");
    }
    at++;
  }

  private boolean sees(char c) {
    blanks();
    return at < text.length() && text.charAt(at) == c;
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String what) {
    String line = text.substring(Math.max(0, at - 20), Math.min(text.length(), at + 20));
    return new IllegalArgumentException(
        what + " at character " + at + " of the JSON: …" + line.replace('\n', ' ') + "…");
  }
}
