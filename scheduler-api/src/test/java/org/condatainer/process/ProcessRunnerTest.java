package org.condatainer.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessRunnerTest {
  private final ProcessRunner runner =
      new ProcessRunner(Map.of("PATH", "/usr/bin:/bin", "KEPT", "kept", "GONE", "gone"));

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 125, 255})
  void givesTheExitCode(int code) throws CommandException {
    assertThat(shell("exit " + code).exitCode()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 15})
  void givesASignalAs128AndItsNumber(int signal) throws CommandException {
    assertThat(shell("kill -" + signal + " $$").exitCode()).isEqualTo(128 + signal);
  }

  @Test
  void keepsOutputAndErrorsApart() throws CommandException {
    assertThat(shell("echo out; echo err >&2")).isEqualTo(new CommandResult(0, "out\n", "err\n"));
  }

  @Test
  void readsBytesThatAreNotUtf8() throws CommandException {
    assertThat(shell("printf 'a\\377b'").output()).isEqualTo("a\uFFFDb");
  }

  @Test
  void passesArgumentsAsTheyAre() throws CommandException {
    Command command = Command.of("printf", "%s|", "a b", "", "'q'", "\"d\"", "$HOME", "x\ny", "é");
    assertThat(runner.run(command).output()).isEqualTo("a b||'q'|\"d\"|$HOME|x\ny|é|");
  }

  @Test
  void givesNoInputUnlessAsked() throws CommandException {
    assertThat(runner.run(Command.of("cat")).output()).isEmpty();
    assertThat(runner.run(Command.of("cat").withInput("a\né")).output()).isEqualTo("a\né");
  }

  @Test
  void doesNotMindInputThatIsNotRead() throws CommandException {
    assertThat(runner.run(Command.of("true").withInput("x".repeat(1_000_000))).exitCode()).isZero();
  }

  @Test
  void takesTenMegabytesOnBothStreamsWhileItFeedsAsMuch() throws CommandException {
    String text = "0123456789".repeat(1_000_000);
    CommandResult result = runner.run(Command.of("sh", "-c", "tee /dev/stderr").withInput(text));
    assertThat(result.output()).isEqualTo(text);
    assertThat(result.errors()).isEqualTo(text);
  }

  @Test
  void setsAndUnsetsVariables() throws CommandException {
    Command command =
        Command.of("sh", "-c", "echo ${KEPT-none} ${GONE-none} ${NEW-none}")
            .withVariables(Map.of("NEW", "new"))
            .withUnset(Set.of("GONE"));
    assertThat(runner.run(command).output()).isEqualTo("kept none new\n");
  }

  @Test
  void runsInTheFolderThatIsAskedFor(@TempDir Path folder) throws Exception {
    assertThat(runner.run(Command.of("pwd", "-P").withWorkingDirectory(folder)).output())
        .isEqualTo(folder.toRealPath() + "\n");
  }

  @Test
  void saysThatAProgramIsMissing() {
    assertThatThrownBy(() -> runner.run(Command.of("no-such-program")))
        .isInstanceOfSatisfying(
            CommandException.class,
            e -> assertThat(e.kind()).isEqualTo(CommandException.Kind.NOT_STARTED))
        .hasMessageContaining("no-such-program");
  }

  @Test
  void keepsWhatChildrenPrintUntilItEnds() throws CommandException {
    assertThat(shell("(sleep 0.2; echo child) & wait; echo parent").output())
        .isEqualTo("child\nparent\n");
  }

  @Test
  void doesNotWaitForADaemonThatHoldsTheOutputOpen() throws CommandException {
    CommandResult result = shell("sleep 60 & echo $!");
    long daemon = Long.parseLong(result.output().strip());
    Optional<ProcessHandle> handle = ProcessHandle.of(daemon);
    assertThat(handle).isPresent();
    handle.get().destroyForcibly();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void killsWhatIgnoresTermAndItsChildrenWhenTheTimeIsOver(@TempDir Path folder) throws Exception {
    Path pids = folder.resolve("pids");
    Command command =
        Command.of("sh", "-c", "trap '' TERM; sleep 60 & echo $$ $! > \"$1\"; wait; sleep 60", "sh")
            .withArguments(List.of(pids.toString()))
            .withTimeout(Duration.ofSeconds(1));
    assertThatThrownBy(() -> runner.run(command))
        .isInstanceOfSatisfying(
            CommandException.class,
            e -> assertThat(e.kind()).isEqualTo(CommandException.Kind.TIMED_OUT))
        .hasMessageContaining("sh gave no answer within 1 s");
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      Optional<ProcessHandle> left = ProcessHandle.of(Long.parseLong(pid));
      if (left.isPresent()) {
        // Ends at the latest when its killer has been served; never by itself within a minute.
        left.get().onExit().get(20, TimeUnit.SECONDS);
      }
    }
  }

  private CommandResult shell(String script) throws CommandException {
    return runner.run(Command.of("sh", "-c", script));
  }
}
