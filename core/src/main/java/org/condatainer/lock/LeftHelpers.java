package org.condatainer.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandRunner;

/** Ends the FUSE helpers that a killed container left on this machine. */
final class LeftHelpers {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Half an hour in all. */
  private static final int MOST_WAITS = 360;

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
  static List<String> end(List<LockHolder> orphans, CommandRunner runner) {
    List<String> done = new ArrayList<>();
    for (LockHolder orphan : orphans) {
      Helper holder = new Helper(orphan.pid(), orphan.startTicks());
      MountTable mounts = MountTable.read();
      MountUsers users = mounts.users(orphan.pid());
      if (!holder.isThere()) {
        continue;
      }
      if (!users.nobody()) {
        done.add("left alone: " + orphan.pid() + ", in whose mounts processes live");
        continue;
      }
      List<Helper> all = new ArrayList<>();
      for (long pid : mounts.endingOrder(orphan.pid())) {
        all.add(pid == orphan.pid() ? holder : Helper.of(pid));
      }
      all.forEach(helper -> done.add(end(helper, runner)));
    }
    return done;
  }

  /**
   * TERM makes a helper write out what it has in its memory, which takes its time where storage is
   * slow; KILL would lose that. So it is killed only when it has done nothing for a while.
   */
  private static String end(Helper helper, CommandRunner runner) {
    String name = ProcessFolder.of(helper.pid()).program() + " " + helper.pid();
    if (!helper.isThere()) {
      return name + " has ended";
    }
    ProcessFolder process = ProcessFolder.of(helper.pid());
    handle(helper).ifPresent(ProcessHandle::destroy);
    if (process.suspended()) {
      goOn(helper, runner);
    }
    String work = "";
    for (int i = 0;
        i < MOST_WAITS && (process.state() == 'D' || !work.equals(process.work()));
        i++) {
      work = process.work();
      if (await(PATIENCE, () -> !helper.isThere())) {
        return "ended " + name;
      }
    }
    handle(helper).ifPresent(ProcessHandle::destroyForcibly);
    boolean ended = await(PATIENCE, () -> !helper.isThere());
    return ended ? "killed " + name : name + " could not be ended";
  }

  private static Optional<ProcessHandle> handle(Helper helper) {
    return helper.isThere() ? ProcessHandle.of(helper.pid()) : Optional.empty();
  }

  /** One that is suspended heeds no TERM until it goes on. */
  private static void goOn(Helper helper, CommandRunner runner) {
    try {
      runner.run(Command.of("kill", "-CONT", Long.toString(helper.pid())));
    } catch (CommandException e) {
      // then it will be killed
    }
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
