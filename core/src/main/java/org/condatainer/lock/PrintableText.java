package org.condatainer.lock;

/** Names and command lines are others' texts: nothing of them may steer a terminal. */
public final class PrintableText {
  private PrintableText() {}

  /** The text in one line, with {@code ?} for what is not to be seen. */
  public static String of(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              boolean hidden =
                  Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
              printable.appendCodePoint(Character.isWhitespace(c) ? ' ' : hidden ? '?' : c);
            });
    return printable.toString();
  }
}
