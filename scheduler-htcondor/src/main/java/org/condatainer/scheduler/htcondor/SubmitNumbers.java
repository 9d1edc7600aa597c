package org.condatainer.scheduler.htcondor;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;

/** Numbers and sizes as condor_submit takes them (measured with 23.9, {@code -dry-run}). */
final class SubmitNumbers {
  private SubmitNumbers() {}

  /** A whole number that digits write; empty for anything else. */
  static OptionalLong digits(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  /** The value of an expression of numbers, if it is a whole number. */
  static OptionalLong whole(String text) {
    Optional<BigDecimal> value = value(text);
    try {
      return value.isPresent()
          ? OptionalLong.of(value.get().longValueExact())
          : OptionalLong.empty();
    } catch (ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * A size in bytes: a number with K, M, G or T and perhaps a B after it, or an expression of
   * numbers. Fractions are rounded up.
   *
   * @param unit what a number without a unit counts, in bytes
   */
  static OptionalLong bytes(String text, long unit) {
    String plain = text.strip();
    int end = plain.length();
    if (end > 1 && (plain.charAt(end - 1) == 'B' || plain.charAt(end - 1) == 'b')) {
      end--;
    }
    int power = end == 0 ? -1 : "KMGT".indexOf(Character.toUpperCase(plain.charAt(end - 1)));
    Optional<BigDecimal> value =
        power < 0 ? value(plain) : decimal(plain.substring(0, end - 1).strip());
    if (value.isEmpty() || value.get().signum() < 0) {
      return OptionalLong.empty();
    }
    long factor = power < 0 ? unit : 1L << (10 * (power + 1));
    BigDecimal bytes =
        value.get().multiply(BigDecimal.valueOf(factor)).setScale(0, RoundingMode.CEILING);
    return bytes.toBigInteger().bitLength() > 62
        ? OptionalLong.empty()
        : OptionalLong.of(bytes.longValue());
  }

  private static Optional<BigDecimal> decimal(String text) {
    if (text.isEmpty() || text.length() > 30) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.') {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The value of numbers, {@code + - * /} and brackets; empty for any other ClassAd expression. */
  static Optional<BigDecimal> value(String text) {
    Expression expression = new Expression(text);
    Optional<BigDecimal> value = expression.sum(0);
    return expression.atEnd() ? value : Optional.empty();
  }

  private static final class Expression {
    private static final int DEEPEST = 50;

    private final String text;
    private int at;

    Expression(String text) {
      this.text = text;
    }

    boolean atEnd() {
      blanks();
      return at == text.length();
    }

    Optional<BigDecimal> sum(int depth) {
      Optional<BigDecimal> left = product(depth);
      while (left.isPresent() && (sees('+') || sees('-'))) {
        boolean plus = text.charAt(at++) == '+';
        Optional<BigDecimal> right = product(depth);
        BigDecimal one = left.get();
        left = right.map(other -> plus ? one.add(other) : one.subtract(other));
      }
      return left;
    }

    private Optional<BigDecimal> product(int depth) {
      Optional<BigDecimal> left = factor(depth);
      while (left.isPresent() && (sees('*') || sees('/'))) {
        boolean times = text.charAt(at++) == '*';
        Optional<BigDecimal> right = factor(depth);
        BigDecimal one = left.get();
        left = right.flatMap(other -> times ? Optional.of(one.multiply(other)) : ratio(one, other));
      }
      return left;
    }

    /** Whole numbers divide as in ClassAds: without a rest. */
    private static Optional<BigDecimal> ratio(BigDecimal one, BigDecimal other) {
      if (other.signum() == 0) {
        return Optional.empty();
      }
      return Optional.of(
          one.scale() <= 0 && other.scale() <= 0
              ? one.divideToIntegralValue(other).setScale(0, RoundingMode.DOWN)
              : one.divide(other, 10, RoundingMode.HALF_UP));
    }

    private Optional<BigDecimal> factor(int depth) {
      if (depth > DEEPEST) {
        return Optional.empty();
      }
      if (sees('(')) {
        at++;
        Optional<BigDecimal> value = sum(depth + 1);
        if (!sees(')')) {
          return Optional.empty();
        }
        at++;
        return value;
      }
      if (sees('-')) {
        at++;
        return factor(depth + 1).map(BigDecimal::negate);
      }
      int start = at;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      return decimal(text.substring(start, at));
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
  }

  /** Single indexes as ranges, where they follow each other by one. */
  static List<ArraySpec.Range> joined(List<ArraySpec.Range> singles) {
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (ArraySpec.Range next : singles) {
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).last() + 1 == next.first()) {
        ranges.set(last, new ArraySpec.Range(ranges.get(last).first(), next.last(), 1));
      } else {
        ranges.add(next);
      }
    }
    return ranges;
  }
}
