package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/**
 * Runs commands, and keeps all commands of one question together within one time: a server that
 * hangs is not waited for again and again.
 */
final class SharedTime implements CommandRunner {
  private final CommandRunner runner;
  private final LongSupplier nanoTime;

  /** Until when the commands of the present question may take; empty outside of one. */
  private final AtomicReference<Long> end = new AtomicReference<>();

  SharedTime(CommandRunner runner) {
    this(runner, System::nanoTime);
  }

  SharedTime(CommandRunner runner, LongSupplier nanoTime) {
    this.runner = requireNonNull(runner, "runner is null");
    this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
  }

  /** Asks a question, whose commands may run at the same time, and on other threads. */
  <T> T within(Duration limit, Supplier<T> question) {
    end.set(nanoTime.getAsLong() + limit.toNanos());
    try {
      return question.get();
    } finally {
      end.set(null);
    }
  }

  @Override
  public CommandResult run(Command command) throws CommandException {
    Long until = end.get();
    if (until == null) {
      return runner.run(command);
    }
    Duration left = Duration.ofNanos(until - nanoTime.getAsLong());
    if (left.isNegative() || left.isZero()) {
      throw new CommandException(
          CommandException.Kind.NOT_STARTED,
          command.program() + " was not asked any more: what was asked before took all the time",
          null);
    }
    return runner.run(left.compareTo(command.timeout()) < 0 ? command.withTimeout(left) : command);
  }
}
