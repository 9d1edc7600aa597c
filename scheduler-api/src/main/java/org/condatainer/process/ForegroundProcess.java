package org.condatainer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A process that has this process's own standard streams, and for which this process waits. */
public final class ForegroundProcess {
  private ForegroundProcess() {}

  /**
   * Runs a program to its end.
   *
   * @param words the program and its arguments, passed as they are
   * @return its exit code; 128 + n when signal n ended it
   * @throws UncheckedIOException if it cannot be started
   */
  public static int run(List<String> words) {
    Process process;
    try {
      process = new ProcessBuilder(words).inheritIO().start();
    } catch (IOException e) {
      throw new UncheckedIOException(words.get(0) + " cannot be started", e);
    }
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        process.destroy();
      }
    }
  }
}
