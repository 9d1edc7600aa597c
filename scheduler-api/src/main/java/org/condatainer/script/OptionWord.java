package org.condatainer.script;

import static java.util.Objects.requireNonNull;

/**
 * A word of a {@code #CNT} line.
 *
 * @param text the word without its quotes
 * @param line from 1
 * @param column from 1
 */
public record OptionWord(String text, int line, int column) {
  public OptionWord {
    requireNonNull(text, "text is null");
  }
}
