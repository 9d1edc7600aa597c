package org.condatainer.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
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
  private String step = "";
  private long stepBegan = began;
  private long done;
  private long total;
  private boolean awaited;
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
  public boolean isShown() {
    return terminal;
  }

  @Override
  public synchronized void at(String now, long nowDone, long nowTotal) {
    if (!terminal) {
      return;
    }
    if (!now.equals(step)) {
      clear();
      step = now;
      stepBegan = System.nanoTime();
    }
    done = nowDone;
    total = nowTotal;
    show();
    if (!awaited) {
      // nobody may tell anything in the moment when the first second is over
      awaited = true;
      Thread thread = new Thread(this::awaitAndShow, "progress");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void awaitAndShow() {
    while (System.nanoTime() - began < QUIET_NANOS) {
      LockSupport.parkNanos(QUIET_NANOS - (System.nanoTime() - began));
    }
    show();
  }

  private synchronized void show() {
    long time = System.nanoTime();
    if (step.isEmpty() || time - began < QUIET_NANOS) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("condatainer: " + step)
              .setInitialMax(total > 0 ? total : -1)
              .startsFrom(0, Duration.ofNanos(time - stepBegan))
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(EVERY_MILLIS)
              .continuousUpdate()
              .setConsumer(new Line(err))
              .clearDisplayOnFinish()
              .build();
    }
    bar.maxHint(total > 0 ? total : -1);
    bar.stepTo(done);
  }

  @Override
  public void close() {
    clear();
  }

  /** Leaves the line to others. */
  synchronized void clear() {
    step = "";
    if (bar != null) {
      bar.close();
      bar = null;
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
