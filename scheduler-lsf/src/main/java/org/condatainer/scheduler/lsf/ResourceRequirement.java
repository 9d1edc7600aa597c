package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The value of {@code -R} taken apart (IBM Spectrum LSF 10.1, "Resource requirement strings"):
 * sections such as {@code rusage[mem=4G] span[hosts=1]}, or the terms of a compound string {@code
 * 1*{…}+2*{…}}.
 */
final class ResourceRequirement {
  private static final Set<String> SECTIONS =
      Set.of("select", "order", "rusage", "span", "same", "cu", "affinity");

  private ResourceRequirement() {}

  /**
   * A section.
   *
   * @param name its name; empty for a condition on hosts that stands without {@code select}
   * @param body what is in its brackets, or the condition
   * @param offset where it begins in the text
   * @param bodyOffset where its body begins in the text
   */
  record Section(String name, String body, int offset, int bodyOffset) {
    String text() {
      return name.isEmpty() ? body : name + "[" + body + "]";
    }
  }

  /**
   * A term of a compound string.
   *
   * @param count how many slots it is for, empty for the rest of them
   * @param body its sections
   * @param bodyOffset where the body begins in the text
   */
  record Term(OptionalInt count, String body, int bodyOffset) {}

  /**
   * A resource in {@code rusage[]} with its amount.
   *
   * @param name {@code mem}
   * @param value {@code 4G/host}; empty if it has none
   * @param offset where it begins in the body
   * @param text both as written
   * @param separator the character before it; a comma for the first
   */
  record Usage(String name, String value, int offset, String text, char separator) {}

  /** Whether a text has terms or alternatives in braces. */
  static boolean isCompound(String text) {
    return text.indexOf('{') >= 0;
  }

  /** The sections of a text without braces; empty if a bracket has no partner. */
  static Optional<List<Section>> sections(String text) {
    List<Section> sections = new ArrayList<>();
    int at = 0;
    int bare = 0;
    while (at < text.length()) {
      String name = nameAt(text, at);
      if (name.isEmpty()) {
        at++;
        continue;
      }
      bare(text, bare, at, sections);
      int open = text.indexOf('[', at);
      int close = partner(text, open, '[', ']');
      if (close < 0) {
        return Optional.empty();
      }
      sections.add(new Section(name, text.substring(open + 1, close), at, open + 1));
      at = close + 1;
      bare = at;
    }
    bare(text, bare, text.length(), sections);
    for (Section section : sections) {
      if (section.name.isEmpty() && partner(section.body, -1, '[', ']') != section.body.length()) {
        return Optional.empty();
      }
    }
    return Optional.of(sections);
  }

  /** The name of a section that begins here with its bracket, empty if none does. */
  private static String nameAt(String text, int at) {
    if (at > 0 && (Character.isLetterOrDigit(text.charAt(at - 1)) || text.charAt(at - 1) == '_')) {
      return "";
    }
    int end = at;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    int open = BsubDirective.skipBlanks(text, end);
    String name = text.substring(at, end);
    return open < text.length() && text.charAt(open) == '[' && SECTIONS.contains(name) ? name : "";
  }

  private static void bare(String text, int from, int to, List<Section> sections) {
    String body = text.substring(from, to).strip();
    if (!body.isEmpty()) {
      int offset = from + text.substring(from, to).indexOf(body);
      sections.add(new Section("", body, offset, offset));
    }
  }

  /**
   * The place of the bracket that closes the one at {@code open}; negative if there is none. From
   * -1 on, the end of the text if every bracket has a partner.
   */
  private static int partner(String text, int open, char opening, char closing) {
    int depth = open < 0 ? 1 : 0;
    for (int i = Math.max(0, open); i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == opening) {
        depth++;
      } else if (c == closing) {
        depth--;
        if (depth == 0) {
          return open < 0 ? -1 : i;
        }
      }
    }
    return open < 0 && depth == 1 ? text.length() : -1;
  }

  /** The terms of {@code 1*{…}+2*{…}}; empty for alternatives and for what is not written so. */
  static Optional<List<Term>> terms(String text) {
    List<Term> terms = new ArrayList<>();
    int at = BsubDirective.skipBlanks(text, 0);
    while (true) {
      int open = text.indexOf('{', at);
      int close = open < 0 ? -1 : partner(text, open, '{', '}');
      if (close < 0) {
        return Optional.empty();
      }
      String head = text.substring(at, open).strip();
      OptionalInt count = OptionalInt.empty();
      if (!head.isEmpty()) {
        if (!head.endsWith("*")) {
          return Optional.empty();
        }
        count = LsfValues.count(head.substring(0, head.length() - 1).strip());
        if (count.isEmpty()) {
          return Optional.empty();
        }
      }
      terms.add(new Term(count, text.substring(open + 1, close), open + 1));
      at = BsubDirective.skipBlanks(text, close + 1);
      if (at == text.length()) {
        return terms.size() < 2 && count.isEmpty() ? Optional.empty() : Optional.of(terms);
      }
      if (text.charAt(at) != '+') {
        return Optional.empty();
      }
      at = BsubDirective.skipBlanks(text, at + 1);
    }
  }

  /** What {@code rusage[]} lists. */
  static List<Usage> usages(String body) {
    List<Usage> usages = new ArrayList<>();
    int depth = 0;
    int start = 0;
    char separator = ',';
    for (int i = 0; i <= body.length(); i++) {
      char c = i < body.length() ? body.charAt(i) : ',';
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (i < body.length() && (depth > 0 || (c != ',' && c != ':'))) {
        continue;
      }
      String text = body.substring(start, i);
      int first = start + BsubDirective.skipBlanks(text, 0);
      String plain = text.strip();
      int equals = plain.indexOf('=');
      usages.add(
          new Usage(
              equals < 0 ? plain : plain.substring(0, equals).strip(),
              equals < 0 ? "" : plain.substring(equals + 1).strip(),
              first,
              plain,
              separator));
      separator = c;
      start = i + 1;
    }
    return usages;
  }

  /**
   * The body of {@code rusage[]} without a resource; what remains of its group are {@code duration}
   * and {@code decay} alone, they go with it.
   */
  static String without(String body, String resource) {
    StringBuilder kept = new StringBuilder();
    List<Usage> group = new ArrayList<>();
    List<Usage> all = new ArrayList<>(usages(body));
    all.add(new Usage("", "", 0, "", ','));
    for (int i = 0; i < all.size(); i++) {
      Usage usage = all.get(i);
      if (i > 0 && usage.separator == ',') {
        boolean hasResource = false;
        for (Usage one : group) {
          hasResource |= !one.name.equals("duration") && !one.name.equals("decay");
        }
        for (int k = 0; hasResource && k < group.size(); k++) {
          kept.append(k > 0 ? ":" : kept.isEmpty() ? "" : ",").append(group.get(k).text);
        }
        group.clear();
      }
      if (!usage.name.equals(resource) && !usage.text.isEmpty()) {
        group.add(usage);
      }
    }
    return kept.toString();
  }
}
