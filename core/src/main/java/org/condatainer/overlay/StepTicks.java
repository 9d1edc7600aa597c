package org.condatainer.overlay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tells every now and then that a step goes on of which nobody knows how far it is. */
final class StepTicks implements AutoCloseable {
  private final Thread thread;

  private StepTicks(Thread thread) {
    this.thread = thread;
  }

  /** Begins a step. */
  static StepTicks of(Progress progress, String step) {
    if (progress == Progress.SILENT) {
      return new StepTicks(new Thread());
    }
    Thread thread =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                progress.at(step, 0, 0);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
              }
            },
            "progress");
    thread.setDaemon(true);
    thread.start();
    return new StepTicks(thread);
  }

  /** Afterwards nothing more is told. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
