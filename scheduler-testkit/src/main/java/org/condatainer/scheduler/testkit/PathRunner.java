package org.condatainer.scheduler.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.HostEnvironment;

/**
 * Runs commands in another environment than this process's own. Java looks programs up in the PATH
 * of its own process; here it is that environment's.
 */
final class PathRunner implements CommandRunner {
  private final HostEnvironment environment;
  private final ProcessRunner runner;

  PathRunner(Map<String, String> environment) {
    this.environment = new HostEnvironment(environment);
    this.runner = new ProcessRunner(environment);
  }

  @Override
  public CommandResult run(Command command) throws CommandException {
    if (command.program().indexOf('/') >= 0) {
      return runner.run(command);
    }
    Optional<Path> program = environment.program(command.program());
    if (program.isEmpty()) {
      throw new CommandException(
          CommandException.Kind.NOT_STARTED, command.program() + " is not in PATH", null);
    }
    List<String> words = new ArrayList<>(command.words());
    words.set(0, program.get().toString());
    return runner.run(
        new Command(
            words,
            command.input(),
            command.variables(),
            command.unset(),
            command.workingDirectory(),
            command.timeout()));
  }
}
