package org.condatainer.trust;

/**
 * Texts of others as they may be shown: names of files, titles of processes and what stands in an
 * image could hold sequences that steer the user's terminal, or turn the text around.
 */
public final class Printable {
  private Printable() {}

  /** In one line, with {@code ?} for what is not to be seen. */
  public static String line(String text) {
    return shown(text, false);
  }

  /** The same, but line ends and tabs are kept. */
  public static String lines(String text) {
    return shown(text, true);
  }

  /** Whether all of it is to be seen. */
  public static boolean is(String text) {
    return text.codePoints().noneMatch(c -> isHidden(c) || (c != ' ' && Character.isWhitespace(c)));
  }

  /**
   * JSON that means the same, with nothing in it that is not to be seen: a generator escapes
   * control characters of ASCII alone.
   */
  public static String json(String json) {
    StringBuilder text = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            c -> {
              if (c < 0x7f || !(isHidden(c) || Character.isWhitespace(c))) {
                text.appendCodePoint(c);
                return;
              }
              for (char unit : Character.toChars(c)) {
                text.append("\\u").append(Integer.toHexString(0x10000 | unit).substring(1));
              }
            });
    return text.toString();
  }

  private static String shown(String text, boolean keepsLines) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                printable.appendCodePoint(
                    keepsLines && (c == '\n' || c == '\t')
                        ? c
                        : Character.isWhitespace(c) ? ' ' : isHidden(c) ? '?' : c));
    return printable.toString();
  }

  private static boolean isHidden(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
  }
}
