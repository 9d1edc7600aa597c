package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a directive by sbatch's own rules, which are not a shell's: a backslash escapes
 * inside quotes of either kind too, and a {@code #} outside of quotes begins a comment even within
 * a word. Found by trying with sbatch 22.05.
 */
final class SbatchWords {
  private SbatchWords() {}

  /**
   * A word.
   *
   * @param text its text without quotes
   * @param start where it begins in the directive's text, from 0
   * @param end where it ends, exclusive
   */
  record Word(String text, int start, int end) {}

  /** A quote without its end. */
  static final class UnmatchedQuoteException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int position;

    UnmatchedQuoteException(char quote, int position) {
      super("the quote " + quote + " has no end on its line");
      this.position = position;
    }

    int position() {
      return position;
    }
  }

  static List<Word> split(String text) throws UnmatchedQuoteException {
    List<Word> words = new ArrayList<>();
    int position = 0;
    while (true) {
      while (position < text.length() && isSpace(text.charAt(position))) {
        position++;
      }
      if (position == text.length() || text.charAt(position) == '#') {
        return words;
      }
      int start = position;
      StringBuilder word = new StringBuilder();
      char quote = 0;
      int quoteStart = 0;
      while (position < text.length()) {
        char c = text.charAt(position);
        if (c == '\\') {
          position++;
          if (position < text.length()) {
            word.append(text.charAt(position));
          }
        } else if (quote != 0) {
          if (c == quote) {
            quote = 0;
          } else {
            word.append(c);
          }
        } else if (c == '"' || c == '\'') {
          quote = c;
          quoteStart = position;
        } else if (isSpace(c) || c == '#') {
          break;
        } else {
          word.append(c);
        }
        position++;
      }
      if (quote != 0) {
        throw new UnmatchedQuoteException(quote, quoteStart);
      }
      position = Math.min(position, text.length());
      words.add(new Word(word.toString(), start, position));
      if (position < text.length() && text.charAt(position) == '#') {
        return words;
      }
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
