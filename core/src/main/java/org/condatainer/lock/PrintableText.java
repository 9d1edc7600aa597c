package org.condatainer.lock;

import org.condatainer.trust.Printable;

/** Names and command lines are others' texts: nothing of them may steer a terminal. */
public final class PrintableText {
  private PrintableText() {}

  /** The text in one line, with {@code ?} for what is not to be seen. */
  public static String of(String text) {
    return Printable.line(text);
  }
}
