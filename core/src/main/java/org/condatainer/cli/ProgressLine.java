package org.condatainer.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.overlay.Progress;

/**
 * How far a long operation is, in one line of a terminal that is written over. Nothing is shown in
 * the first second, and nothing at all where standard error is no terminal.
 */
final class ProgressLine implements Progress, AutoCloseable {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long EVERY_NANOS = 200_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final long began = System.nanoTime();
  private long shown;
  private int width;

  private ProgressLine(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  static ProgressLine on(Invocation invocation) {
    return new ProgressLine(invocation.err(), isTerminal());
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public synchronized void at(String step, long done, long total) {
    long now = System.nanoTime();
    if (!terminal || now - began < QUIET_NANOS || now - shown < EVERY_NANOS) {
      return;
    }
    shown = now;
    long seconds = (now - began) / 1_000_000_000L;
    StringBuilder line = new StringBuilder("condatainer: ").append(step);
    if (total > 0) {
      long percent = Math.min(100, done * 100 / total);
      line.append(' ').append(percent).append(" %");
      if (done > 0 && percent < 100) {
        long left = (long) ((double) seconds * (total - done) / done);
        line.append(", ").append(left / 60).append(" min ").append(left % 60).append(" s left");
      }
    } else {
      line.append(", ").append(seconds).append(" s");
    }
    int length = line.length();
    line.append(" ".repeat(Math.max(0, width - length)));
    width = length;
    err.print("\r" + line);
    err.flush();
  }

  /** Clears the line. */
  @Override
  public synchronized void close() {
    if (width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
      width = 0;
    }
  }
}
