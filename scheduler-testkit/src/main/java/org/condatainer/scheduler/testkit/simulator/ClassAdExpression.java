package org.condatainer.scheduler.testkit.simulator;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Evaluates a constraint on the attributes of a job, as far as adapters write them (HTCondor's
 * manual, "ClassAd Evaluation Semantics"): numbers, texts, truth values and {@code undefined},
 * joined by comparisons, {@code &&}, {@code ||}, {@code !} and brackets.
 */
final class ClassAdExpression {
  private static final Object UNDEFINED = new Object();
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(\\d+)|\"((?:[^\"\\\\]|\\\\.)*)\"|([A-Za-z_][\\w.]*)"
              + "|(=\\?=|=!=|==|!=|<=|>=|&&|\\|\\||[<>!()]))",
          Pattern.DOTALL);

  private final Matcher tokens;
  private final int length;
  private final Map<String, Object> attributes;
  private boolean seen;

  private ClassAdExpression(String text, Map<String, Object> attributes) {
    this.tokens = TOKEN.matcher(text);
    this.length = text.stripTrailing().length();
    this.attributes = attributes;
    next();
  }

  /**
   * Whether the expression is true of these attributes.
   *
   * @param attributes numbers ({@link Long}), texts and truth values, names in lower case
   * @throws IllegalArgumentException if it is no expression
   */
  static boolean holds(String text, Map<String, Object> attributes) {
    ClassAdExpression expression = new ClassAdExpression(text, attributes);
    Object value = expression.either();
    if (expression.seen) {
      throw new IllegalArgumentException("something follows the expression");
    }
    return Boolean.TRUE.equals(value);
  }

  private void next() {
    int at = seen ? tokens.end() : 0;
    seen = at < length;
    if (seen && !(tokens.find(at) && tokens.start() == at)) {
      throw new IllegalArgumentException("at " + at);
    }
  }

  private boolean takes(String operator) {
    boolean is = seen && operator.equals(tokens.group(4));
    if (is) {
      next();
    }
    return is;
  }

  private Object either() {
    Object value = both();
    while (takes("||")) {
      value = joined(value, both(), true);
    }
    return value;
  }

  private Object both() {
    Object value = compared();
    while (takes("&&")) {
      value = joined(value, compared(), false);
    }
    return value;
  }

  /** What decides wins, also beside what is undefined. */
  private static Object joined(Object one, Object other, boolean decides) {
    if (one.equals(decides) || other.equals(decides)) {
      return decides;
    }
    return one == UNDEFINED || other == UNDEFINED ? UNDEFINED : (Object) !decides;
  }

  private Object compared() {
    Object left = plain();
    if (!seen || tokens.group(4) == null) {
      return left;
    }
    String operator = tokens.group(4);
    switch (operator) {
      case "=?=", "=!=" -> {
        next();
        return Objects.equals(left, plain()) == operator.equals("=?=");
      }
      case "==", "!=", "<", "<=", ">", ">=" -> {
        next();
        return ordered(left, operator, plain());
      }
      default -> {
        return left;
      }
    }
  }

  private static Object ordered(Object left, String operator, Object right) {
    if (left == UNDEFINED || right == UNDEFINED || left.getClass() != right.getClass()) {
      return UNDEFINED;
    }
    int order;
    if (left instanceof Long number) {
      order = number.compareTo((Long) right);
    } else {
      order = left.toString().compareToIgnoreCase(right.toString());
    }
    return switch (operator) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private Object plain() {
    if (takes("!")) {
      Object value = plain();
      return value instanceof Boolean truth ? !truth : UNDEFINED;
    }
    if (takes("(")) {
      Object value = either();
      if (!takes(")")) {
        throw new IllegalArgumentException("a bracket is not closed");
      }
      return value;
    }
    if (!seen || tokens.group(4) != null) {
      throw new IllegalArgumentException("a value is missing");
    }
    Object value = value();
    next();
    return value;
  }

  private Object value() {
    if (tokens.group(1) != null) {
      return Long.valueOf(tokens.group(1));
    }
    if (tokens.group(2) != null) {
      return tokens.group(2).replaceAll("\\\\(.)", "$1");
    }
    String name = tokens.group(3).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "true" -> true;
      case "false" -> false;
      case "undefined" -> UNDEFINED;
      default -> attributes.getOrDefault(name, UNDEFINED);
    };
  }
}
