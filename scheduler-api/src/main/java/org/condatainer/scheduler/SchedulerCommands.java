package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.script.ShellWords;

/**
 * The command-line tools of a scheduler: the place where an adapter over them starts processes.
 * Each runs with the context's time limit, {@code LC_ALL=C} and without the user's format variables
 * (rule 4); what went wrong comes back as a {@link Failure} (rule 5).
 */
public final class SchedulerCommands {
  private static final int TRIES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final SchedulerContext context;
  private final String scheduler;
  private final Map<String, String> variables;
  private final Set<String> unset;
  private final Consumer<Duration> pause;

  /**
   * @param scheduler the name to use in messages
   * @param variables variables that every command but a submit gets, beside {@code LC_ALL=C}
   * @param unset the user's variables that would change what the commands print
   */
  public SchedulerCommands(
      SchedulerContext context,
      String scheduler,
      Map<String, String> variables,
      Set<String> unset) {
    this(context, scheduler, variables, unset, SchedulerCommands::sleep);
  }

  /**
   * The same with another way to wait between two tries.
   *
   * @param pause waits for a time; a test's may return at once
   */
  public SchedulerCommands(
      SchedulerContext context,
      String scheduler,
      Map<String, String> variables,
      Set<String> unset,
      Consumer<Duration> pause) {
    this.context = requireNonNull(context, "context is null");
    this.scheduler = requireNonNull(scheduler, "scheduler is null");
    Map<String, String> all = new HashMap<>(variables);
    all.put("LC_ALL", "C");
    this.variables = Map.copyOf(all);
    this.unset = Set.copyOf(unset);
    this.pause = requireNonNull(pause, "pause is null");
  }

  /** The scheduler's name in messages. */
  String scheduler() {
    return scheduler;
  }

  /**
   * Runs a command that may be repeated without harm. A transient failure is tried again, three
   * times in all.
   *
   * @return the result, with exit code 0
   * @throws SchedulerException for every other result; {@link Failure.Kind#UNAVAILABLE} if it could
   *     not be started or gave no answer in time
   */
  public CommandResult run(Command command, ErrorTable errors) {
    for (int attempt = 1; ; attempt++) {
      try {
        return succeeded(prepared(command), errors, Failure.Kind.UNAVAILABLE);
      } catch (SchedulerException e) {
        if (e.failure().kind() != Failure.Kind.TRANSIENT || attempt == TRIES) {
          throw e;
        }
        pause(
            FIRST_PAUSE.multipliedBy(1L << (attempt - 1)),
            firstLine(e.failure().words()) + "; trying again");
      }
    }
  }

  /**
   * Runs a command that must not be repeated blindly, such as a submit. It gets the user's own
   * environment, since a job may inherit it.
   *
   * @param unanswered the kind of failure when it was killed because its time was over
   * @return the result, with exit code 0
   * @throws SchedulerException for every other result
   */
  public CommandResult runOnce(Command command, ErrorTable errors, Failure.Kind unanswered) {
    return succeeded(command.withTimeout(context.timeout()), errors, unanswered);
  }

  /** The same, with the result as it is. */
  CommandResult runOnceForResult(Command command, Failure.Kind unanswered) {
    return result(command.withTimeout(context.timeout()), unanswered);
  }

  private CommandResult succeeded(Command command, ErrorTable errors, Failure.Kind unanswered) {
    CommandResult result = result(command, unanswered);
    if (result.exitCode() != 0) {
      throw failed(command, result, errors);
    }
    return result;
  }

  /**
   * Runs a command once, whose exit code is not its own.
   *
   * @param unanswered the kind of failure when it was killed because its time was over
   * @return the result, whatever its exit code
   * @throws SchedulerException if it could not be started or gave no answer in time
   */
  public CommandResult runForResult(Command command, Failure.Kind unanswered) {
    return result(prepared(command), unanswered);
  }

  /**
   * Runs a command that may be repeated without harm, and whose exit code does not tell all. A
   * transient failure is tried again, three times in all.
   *
   * @param unanswered the kind of failure when it was killed because its time was over
   * @return the result, whatever its exit code
   * @throws SchedulerException if it could not be started or gave no answer in time
   */
  public CommandResult runForResult(Command command, ErrorTable errors, Failure.Kind unanswered) {
    for (int attempt = 1; ; attempt++) {
      CommandResult result = result(prepared(command), unanswered);
      boolean transientFailure =
          result.exitCode() != 0 && errors.classify(result) == Failure.Kind.TRANSIENT;
      if (!transientFailure || attempt == TRIES) {
        return result;
      }
      pause(
          FIRST_PAUSE.multipliedBy(1L << (attempt - 1)),
          firstLine(result.errors().strip()) + "; trying again");
    }
  }

  private CommandResult result(Command command, Failure.Kind unanswered) {
    try {
      return context.runner().run(command);
    } catch (CommandException e) {
      boolean notStarted = e.kind() == CommandException.Kind.NOT_STARTED;
      throw new SchedulerException(
          new Failure(
              notStarted ? Failure.Kind.UNAVAILABLE : unanswered,
              e.getMessage(),
              ShellWords.join(command.words()),
              ""));
    }
  }

  /** The failure that a result is. */
  public SchedulerException failed(Command command, CommandResult result, ErrorTable errors) {
    return new SchedulerException(failure(command, result, errors.classify(result)));
  }

  /**
   * Waits for about this long, half of it to one and a half of it, and tells the user why.
   *
   * @param why what {@code scheduler} said, in one line
   */
  public void pause(Duration about, String why) {
    context.progress().accept(scheduler + ": " + why);
    long millis = about.toMillis();
    pause.accept(
        Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(Math.max(1, millis))));
  }

  private Command prepared(Command command) {
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(command.variables());
    Set<String> without = new HashSet<>(unset);
    without.addAll(command.unset());
    return command.withVariables(all).withUnset(without).withTimeout(context.timeout());
  }

  private Failure failure(Command command, CommandResult result, Failure.Kind kind) {
    String words = result.errors().strip();
    if (words.isEmpty()) {
      words = result.output().strip();
    }
    String meaning =
        switch (kind) {
          case TRANSIENT -> " could not do it at this moment";
          case NOT_FOUND -> " does not know what was asked for";
          case DENIED -> " does not allow it";
          case INVALID_REQUEST -> " refused the request";
          case UNAVAILABLE -> " could not be asked";
          case AMBIGUOUS -> " did not say whether the request was taken";
          case UNSUPPORTED -> " does not support it";
        };
    return new Failure(
        kind,
        scheduler
            + meaning
            + " ("
            + command.program()
            + " ended with exit code "
            + result.exitCode()
            + ")",
        ShellWords.join(command.words()),
        words);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
