package org.condatainer.scheduler.lsf;

import java.util.Optional;
import java.util.Set;

/** What a template left for somebody to fill in: {@code <queue>}, {@code {{ x }}}, {@code @[x]}. */
final class LsfHoles {
  /** Options whose values compare by {@code <} and {@code >}, or are commands. */
  private static final Set<String> EXPRESSIONS = Set.of("R", "w", "E", "Ep");

  private LsfHoles() {}

  static Optional<String> find(String option, String value) {
    String hole = EXPRESSIONS.contains(option) ? "" : between(value, "<", ">");
    hole = hole.isEmpty() ? between(value, "{{", "}}") : hole;
    hole = hole.isEmpty() ? between(value, "@[", "]") : hole;
    if (hole.isEmpty() && value.startsWith("!TBG_")) {
      hole = value;
    }
    return hole.isEmpty() ? Optional.empty() : Optional.of(hole);
  }

  private static String between(String text, String open, String close) {
    int start = text.indexOf(open);
    int end = start < 0 ? -1 : text.indexOf(close, start + open.length());
    return end <= start + open.length() ? "" : text.substring(start, end + close.length());
  }
}
