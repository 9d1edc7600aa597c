package org.condatainer.launch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Waits for others to end whose overlay is wanted.
 *
 * @param limit for how long at most
 * @param told who is waited for, each time when that has changed
 */
public record LockWait(Duration limit, Consumer<String> told) {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** Some attempts ask a scheduler: who waits long may wait some seconds more. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /**
   * Tries until no overlay is in use.
   *
   * @throws LaunchException if one still is when the time is over; or for any other reason, at once
   */
  public <T> T until(Supplier<T> attempt) {
    long end = 0;
    String said = "";
    while (true) {
      try {
        return attempt.get();
      } catch (LaunchException e) {
        end = said.isEmpty() ? System.nanoTime() + limit.toNanos() : end;
        long left = end - System.nanoTime();
        if (e.kind() != LaunchException.Kind.OVERLAY_IN_USE || left <= 0) {
          throw e;
        }
        if (!e.getMessage().equals(said)) {
          said = e.getMessage();
          told.accept(said + "\n  Waits until it is free, at most " + text(limit) + ".");
        }
        long waited = limit.toNanos() - left;
        long pause = Math.max(PAUSE.toNanos(), Math.min(LONGEST_PAUSE.toNanos(), waited / 10));
        if (!paused(Math.min(left, pause))) {
          throw e;
        }
      }
    }
  }

  private static String text(Duration time) {
    long seconds = time.toSeconds();
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  private static boolean paused(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
