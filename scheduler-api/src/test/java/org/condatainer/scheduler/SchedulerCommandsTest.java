package org.condatainer.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.junit.jupiter.api.Test;

class SchedulerCommandsTest {
  private static final ErrorTable TABLE =
      new ErrorTable(
          List.of(
              new ErrorTable.Row(
                  OptionalInt.empty(), Pattern.compile("busy"), Failure.Kind.TRANSIENT)),
          Failure.Kind.DENIED);

  private final Deque<CommandResult> answers = new ArrayDeque<>();
  private final List<Command> ran = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();

  @Test
  void runsWithTheTimeLimitAPlainLocaleAndWithoutFormatVariables() {
    answers.add(new CommandResult(0, "fine", ""));
    commands(this::answer).run(Command.of("q"), TABLE);
    assertThat(ran)
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.timeout()).isEqualTo(Duration.ofSeconds(7));
              assertThat(command.variables()).isEqualTo(Map.of("LC_ALL", "C", "T", "%s"));
              assertThat(command.unset()).containsExactly("Q_FORMAT");
            });
  }

  @Test
  void repeatsWhatIsTransientAndSaysWhy() {
    answers.add(new CommandResult(1, "", "busy now\nmore"));
    answers.add(new CommandResult(0, "fine", ""));
    assertThat(commands(this::answer).run(Command.of("q"), TABLE).output()).isEqualTo("fine");
    assertThat(told).containsExactly("Test: busy now; trying again");
    assertThat(pauses).hasSize(1);
  }

  @Test
  void givesUpAfterThreeTries() {
    for (int i = 0; i < 5; i++) {
      answers.add(new CommandResult(1, "", "busy"));
    }
    assertFails(() -> commands(this::answer).run(Command.of("q"), TABLE), Failure.Kind.TRANSIENT);
    assertThat(ran).hasSize(3);
  }

  @Test
  void neverRepeatsWhatRunsOnce() {
    answers.add(new CommandResult(1, "", "busy"));
    assertFails(
        () -> commands(this::answer).runOnce(Command.of("q"), TABLE, Failure.Kind.AMBIGUOUS),
        Failure.Kind.TRANSIENT);
    assertThat(ran).hasSize(1);
  }

  @Test
  void carriesTheCommandAndItsOwnWords() {
    answers.add(new CommandResult(4, "", "no, \nno\n"));
    assertThatThrownBy(() -> commands(this::answer).run(Command.of("q", "a b"), TABLE))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(Failure.Kind.DENIED);
              assertThat(e.failure().command()).isEqualTo("q 'a b'");
              assertThat(e.failure().words()).isEqualTo("no, \nno");
              assertThat(e.failure().message()).contains("exit code 4");
            });
  }

  @Test
  void aCommandWithoutAnAnswerIsWhatTheCallerSays() {
    SchedulerCommands silent = commands(command -> fail(CommandException.Kind.TIMED_OUT));
    assertFails(() -> silent.run(Command.of("q"), TABLE), Failure.Kind.UNAVAILABLE);
    assertFails(
        () -> silent.runOnce(Command.of("q"), TABLE, Failure.Kind.AMBIGUOUS),
        Failure.Kind.AMBIGUOUS);
  }

  @Test
  void aMissingProgramIsUnavailableEvenForASubmit() {
    SchedulerCommands missing = commands(command -> fail(CommandException.Kind.NOT_STARTED));
    assertFails(
        () -> missing.runOnce(Command.of("q"), TABLE, Failure.Kind.AMBIGUOUS),
        Failure.Kind.UNAVAILABLE);
  }

  private static CommandResult fail(CommandException.Kind kind) throws CommandException {
    throw new CommandException(kind, "q is not well", null);
  }

  private static void assertFails(Runnable call, Failure.Kind kind) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SchedulerException.class, e -> assertThat(e.failure().kind()).isEqualTo(kind));
  }

  private CommandResult answer(Command command) {
    ran.add(command);
    return answers.remove();
  }

  private SchedulerCommands commands(CommandRunner runner) {
    return new SchedulerCommands(
        new SchedulerContext(
            new HostEnvironment(Map.of()), runner, Duration.ofSeconds(7), told::add),
        "Test",
        Map.of("T", "%s"),
        Set.of("Q_FORMAT"),
        pauses::add);
  }
}
