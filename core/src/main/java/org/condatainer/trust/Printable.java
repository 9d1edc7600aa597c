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
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (isHidden(c) || (c != ' ' && Character.isWhitespace(c))) {
        return false;
      }
    }
    return true;
  }

  /**
   * JSON that means the same, with nothing in it that is not to be seen: a generator escapes
   * control characters of ASCII alone.
   */
  public static String json(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0, c; i < json.length(); i += Character.charCount(c)) {
      c = json.codePointAt(i);
      if (c < 0x7f || !(isHidden(c) || Character.isWhitespace(c))) {
        text.appendCodePoint(c);
        continue;
      }
      for (char unit : Character.toChars(c)) {
        text.append("\\u").append(Integer.toHexString(0x10000 | unit).substring(1));
      }
    }
    return text.toString();
  }

  private static String shown(String text, boolean keepsLines) {
    if (isPlain(text, keepsLines)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (keepsLines && (c == '\n' || c == '\t')) {
        printable.appendCodePoint(c);
      } else {
        printable.appendCodePoint(Character.isWhitespace(c) ? ' ' : isHidden(c) ? '?' : c);
      }
    }
    return printable.toString();
  }

  /** Whether it is all ASCII that is seen: most texts are, and all are asked, so in plain loops. */
  private static boolean isPlain(String text, boolean keepsLines) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' || c > '~') && !(keepsLines && (c == '\n' || c == '\t'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isHidden(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
  }
}
