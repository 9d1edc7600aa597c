package org.condatainer.script;

import java.util.Optional;

/**
 * What a template left for somebody to fill in: {@code <account>}, {@code {{ queue }}},
 * {@code @[time]}, or a whole value such as {@code !TBG_queue}. Every seventh public job script has
 * one.
 */
public final class TemplateHole {
  private TemplateHole() {}

  /**
   * The first hole in a directive's value, with what encloses it; empty if there is none.
   *
   * @param value the value as it was written, possibly empty
   */
  public static Optional<String> find(String value) {
    Optional<String> angle = between(value, "<", ">");
    return angle.isPresent() ? angle : findInExpression(value);
  }

  /** The same in a value in which {@code <} and {@code >} compare, or are a shell's. */
  public static Optional<String> findInExpression(String value) {
    Optional<String> hole = between(value, "{{", "}}");
    hole = hole.isPresent() ? hole : between(value, "@[", "]");
    return hole.isEmpty() && value.startsWith("!TBG_") ? Optional.of(value) : hole;
  }

  private static Optional<String> between(String text, String open, String close) {
    int start = text.indexOf(open);
    int end = start < 0 ? -1 : text.indexOf(close, start + open.length());
    return end <= start + open.length()
        ? Optional.empty()
        : Optional.of(text.substring(start, end + close.length()));
  }
}
