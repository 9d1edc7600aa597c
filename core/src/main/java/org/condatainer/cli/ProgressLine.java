package org.condatainer.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.condatainer.overlay.Progress;

/**
 * How far a long operation is, in one line of a terminal. Nothing is shown in the first second, and
 * nothing at all where standard error is no terminal; the library is loaded only when it has
 * something to show.
 */
final class ProgressLine implements Progress, AutoCloseable {
  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final int EVERY_MILLIS = 200;

  private final PrintStream err;
  private final boolean terminal;
  private final long began = System.nanoTime();
  private String shown = "";
  private ProgressBar bar;

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
    if (!terminal || System.nanoTime() - began < QUIET_NANOS) {
      return;
    }
    if (!step.equals(shown)) {
      close();
      shown = step;
      bar =
          new ProgressBarBuilder()
              .setTaskName("condatainer: " + step)
              .setInitialMax(total > 0 ? total : -1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(EVERY_MILLIS)
              .continuousUpdate()
              .setConsumer(new Line(err))
              .clearDisplayOnFinish()
              .build();
    }
    bar.stepTo(done);
  }

  /** Clears the line. */
  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
      shown = "";
    }
  }

  /** The last line of the terminal, written over. */
  private static final class Line implements ProgressBarConsumer {
    /** As wide as any terminal is. */
    private static final int WIDTH = 79;

    private final PrintStream err;

    Line(PrintStream err) {
      this.err = err;
    }

    @Override
    public int getMaxRenderedLength() {
      return WIDTH;
    }

    @Override
    public void accept(String rendered) {
      err.print("\r" + rendered);
      err.flush();
    }

    @Override
    public void clear() {
      accept(" ".repeat(WIDTH) + "\r");
    }

    @Override
    public void close() {
      err.flush();
    }
  }
}
