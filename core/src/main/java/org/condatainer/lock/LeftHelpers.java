package org.condatainer.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends the FUSE helpers that a killed container left on this machine. */
final class LeftHelpers {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private LeftHelpers() {}

  /** A process that a signal may be sent to. */
  private record Helper(long pid, long startTicks) {
    static Helper of(long pid) {
      return new Helper(pid, ProcessFolder.of(pid).startTicks());
    }

    boolean isThere() {
      ProcessFolder process = ProcessFolder.of(pid);
      return !process.ended() && process.startTicks() == startTicks && startTicks > 0;
    }
  }

  /**
   * Ends the helpers of each container, what lies above first: it writes to what lies below. Each
   * is looked at again before it gets a signal.
   *
   * @return what was done, a line each; and what could not be
   */
  static List<String> end(List<LockHolder> orphans) {
    List<String> done = new ArrayList<>();
    for (LockHolder orphan : orphans) {
      Helper holder = new Helper(orphan.pid(), orphan.startTicks());
      MountUsers users = MountUsers.of(orphan.pid());
      if (!holder.isThere()) {
        continue;
      }
      if (!users.nobody()) {
        done.add("left alone: " + orphan.pid() + ", in whose mounts processes live");
        continue;
      }
      List<Helper> others = new ArrayList<>();
      MountUsers.helpersBeside(orphan.pid()).forEach(pid -> others.add(Helper.of(pid)));
      List<Helper> below = new ArrayList<>();
      for (Helper other : others) {
        if (ProcessFolder.of(other.pid()).program().equals("fuse-overlayfs")) {
          done.add(end(other));
        } else {
          below.add(other);
        }
      }
      done.add(end(holder));
      below.forEach(helper -> done.add(end(helper)));
    }
    return done;
  }

  private static String end(Helper helper) {
    String name = ProcessFolder.of(helper.pid()).program() + " " + helper.pid();
    for (boolean kill : new boolean[] {false, true}) {
      if (!helper.isThere()) {
        return name + " has ended";
      }
      ProcessHandle.of(helper.pid())
          .ifPresent(
              process -> {
                if (kill) {
                  process.destroyForcibly();
                } else {
                  process.destroy();
                }
              });
      if (await(PATIENCE, () -> !helper.isThere())) {
        return (kill ? "killed " : "ended ") + name;
      }
    }
    return name + " could not be ended";
  }

  /** Waits until something is so; whether it came to be. */
  static boolean await(Duration patience, BooleanSupplier condition) {
    return await(patience, Duration.ofMillis(50), condition);
  }

  /** The same, where it costs others something to look: with so long a pause between two looks. */
  static boolean await(Duration patience, Duration pause, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
