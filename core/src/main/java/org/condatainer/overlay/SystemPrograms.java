package org.condatainer.overlay;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/** The programs of e2fsprogs and util-linux, which an ordinary user's PATH often lacks. */
final class SystemPrograms {
  /** A busy network file system takes its time; a program that hangs has to end all the same. */
  private static final Duration LIMIT = Duration.ofHours(2);

  static final List<String> FOLDERS = List.of("", "/usr/sbin/", "/sbin/");

  private final CommandRunner runner;

  SystemPrograms(CommandRunner runner) {
    this.runner = requireNonNull(runner, "runner is null");
  }

  /**
   * Runs a program and takes only exit code 0 for success.
   *
   * @param packageName what to install when there is no such program
   */
  CommandResult runOrFail(
      String packageName, String program, List<String> arguments, String input) {
    CommandResult result =
        run(program, arguments, input).orElseThrow(() -> missing(packageName, program));
    if (result.exitCode() != 0) {
      throw failed(program, arguments, result);
    }
    return result;
  }

  /** Runs a program; empty if there is none. */
  Optional<CommandResult> run(String program, List<String> arguments, String input) {
    for (String folder : FOLDERS) {
      Command command =
          Command.of(folder + program)
              .withArguments(arguments)
              .withInput(input)
              .withVariables(Map.of("LC_ALL", "C"))
              .withTimeout(LIMIT);
      try {
        return Optional.of(runner.run(command));
      } catch (CommandException e) {
        if (e.kind() == CommandException.Kind.TIMED_OUT) {
          throw new OverlayException(OverlayException.Kind.FAILED, e.getMessage(), e);
        }
      }
    }
    return Optional.empty();
  }

  static OverlayException missing(String packageName, String program) {
    return new OverlayException(
        OverlayException.Kind.FAILED,
        "the program "
            + program
            + " is not installed on this machine; install the package "
            + packageName);
  }

  static OverlayException failed(String program, List<String> arguments, CommandResult result) {
    List<String> words = new ArrayList<>();
    words.add(program);
    words.addAll(arguments);
    return new OverlayException(
        OverlayException.Kind.FAILED,
        program
            + " ended with exit code "
            + result.exitCode()
            + "\n  command: "
            + ShellWords.join(words)
            + "\n  it said: "
            + (result.errors() + result.output()).strip().replace("\n", "\n           "));
  }
}
