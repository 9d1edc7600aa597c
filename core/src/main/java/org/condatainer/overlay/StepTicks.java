package org.condatainer.overlay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Tells every now and then that a step goes on, and how far it is if somebody knows. */
final class StepTicks implements AutoCloseable {
  private final Thread thread;

  private StepTicks(Thread thread) {
    this.thread = thread;
  }

  /** Begins a step. */
  static StepTicks of(Progress progress, String step) {
    return of(progress, step, () -> StatedProgress.Place.UNKNOWN);
  }

  /** Begins a step of which somebody can be asked how far it is. */
  static StepTicks of(Progress progress, String step, Supplier<StatedProgress.Place> asked) {
    if (!progress.isShown()) {
      return new StepTicks(new Thread());
    }
    Thread thread =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                StatedProgress.Place place = asked.get();
                progress.at(
                    place.pass() == 0 ? step : step + ", pass " + place.pass(),
                    Math.max(0, place.percent()),
                    place.percent() < 0 ? 0 : 100);
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
