package org.condatainer.script;

import java.util.ArrayList;
import java.util.List;

/**
 * Words by the quoting rules of the POSIX shell (XCU section 2.2), with nothing expanded: no
 * variable, no pattern, no command.
 */
public final class ShellWords {
  private ShellWords() {}

  /**
   * A word and where it begins.
   *
   * @param text the word without its quotes, possibly empty
   * @param column column of its first character, from 1
   */
  public record Word(String text, int column) {}

  /** Text that is no sequence of words: a quote without its end. */
  public static final class UnbalancedQuoteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int column;

    UnbalancedQuoteException(char quote, int column) {
      super("the quote " + quote + " at column " + column + " has no end on its line");
      this.column = column;
    }

    /** Column of the quote that has no end, from 1. */
    public int column() {
      return column;
    }
  }

  /**
   * The words of a text. A {@code #} at the start of a word begins a comment, as in a shell.
   *
   * @param text one line, or the rest of one
   * @param firstColumn the column of its first character, from 1
   */
  public static List<Word> split(String text, int firstColumn) throws UnbalancedQuoteException {
    return split(text, firstColumn, true);
  }

  /**
   * The words of a line of data, in which {@code #} is a character like any other.
   *
   * @param text one line, or the rest of one
   * @param firstColumn the column of its first character, from 1
   */
  public static List<Word> splitData(String text, int firstColumn) throws UnbalancedQuoteException {
    return split(text, firstColumn, false);
  }

  private static List<Word> split(String text, int firstColumn, boolean comments)
      throws UnbalancedQuoteException {
    List<Word> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int start = -1;
    int position = 0;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (isBlank(c)) {
        if (start >= 0) {
          words.add(new Word(word.toString(), firstColumn + start));
          word.setLength(0);
          start = -1;
        }
        position++;
        continue;
      }
      if (start < 0) {
        if (c == '#' && comments) {
          return words;
        }
        start = position;
      }
      switch (c) {
        case '\'' -> {
          int end = text.indexOf('\'', position + 1);
          if (end < 0) {
            throw new UnbalancedQuoteException('\'', firstColumn + position);
          }
          word.append(text, position + 1, end);
          position = end + 1;
        }
        case '"' -> position = doubleQuoted(text, position, firstColumn, word);
        case '\\' -> {
          if (position + 1 < text.length()) {
            word.append(text.charAt(position + 1));
          }
          position += 2;
        }
        default -> {
          word.append(c);
          position++;
        }
      }
    }
    if (start >= 0) {
      words.add(new Word(word.toString(), firstColumn + start));
    }
    return words;
  }

  private static int doubleQuoted(String text, int open, int firstColumn, StringBuilder word)
      throws UnbalancedQuoteException {
    int position = open + 1;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '"') {
        return position + 1;
      }
      if (c == '\\'
          && position + 1 < text.length()
          && "\\\"$`".indexOf(text.charAt(position + 1)) >= 0) {
        position++;
        c = text.charAt(position);
      }
      word.append(c);
      position++;
    }
    throw new UnbalancedQuoteException('"', firstColumn + open);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  /**
   * One word that every POSIX shell reads back as this text. The only way by which a user's text
   * gets into a shell script.
   *
   * @throws IllegalArgumentException for a text with a NUL, which no argument can hold
   */
  public static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an argument cannot hold a NUL character");
    }
    return isPlain(text) ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_-./:@%+,".indexOf(c) >= 0;
  }

  /** The words of a command line, quoted. */
  public static String join(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      text.append(i == 0 ? "" : " ").append(quote(words.get(i)));
    }
    return text.toString();
  }
}
