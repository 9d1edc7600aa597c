package org.condatainer.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** Starts processes on this machine. */
public final class ProcessRunner implements CommandRunner {
  /** How long to wait for output that a killed process's children may still hold open. */
  private static final Duration PUMP_STOP = Duration.ofSeconds(2);

  private final Map<String, String> environment;

  /** A runner whose processes start from this environment. */
  public ProcessRunner(Map<String, String> environment) {
    this.environment = Map.copyOf(requireNonNull(environment, "environment is null"));
  }

  @Override
  public CommandResult run(Command command) throws CommandException {
    CommandLine line = new CommandLine(command.program());
    List<String> words = command.words();
    for (String argument : words.subList(1, words.size())) {
      line.addArgument(argument, false);
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PumpStreamHandler streams =
        new PumpStreamHandler(
            output, errors, new ByteArrayInputStream(command.input().getBytes(UTF_8)));
    streams.setStopTimeout(PUMP_STOP);
    DefaultExecutor.Builder<?> builder = DefaultExecutor.builder().setExecuteStreamHandler(streams);
    command.workingDirectory().ifPresent(folder -> builder.setWorkingDirectory(folder.toFile()));
    DefaultExecutor executor = builder.get();
    executor.setExitValues(null);
    ExecuteWatchdog watchdog = ExecuteWatchdog.builder().setTimeout(command.timeout()).get();
    executor.setWatchdog(watchdog);
    int exitCode;
    try {
      exitCode = executor.execute(line, environmentOf(command));
    } catch (IOException e) {
      if (watchdog.killedProcess()) {
        throw timedOut(command, e);
      }
      throw new CommandException(
          CommandException.Kind.NOT_STARTED,
          command.program() + " could not be run: " + e.getMessage(),
          e);
    }
    if (watchdog.killedProcess()) {
      throw timedOut(command, null);
    }
    return new CommandResult(exitCode, output.toString(UTF_8), errors.toString(UTF_8));
  }

  private Map<String, String> environmentOf(Command command) {
    Map<String, String> variables = new HashMap<>(environment);
    command.unset().forEach(variables::remove);
    variables.putAll(command.variables());
    return variables;
  }

  private static CommandException timedOut(Command command, IOException cause) {
    return new CommandException(
        CommandException.Kind.TIMED_OUT,
        command.program() + " gave no answer within " + command.timeout().toSeconds() + " s",
        cause);
  }
}
