package org.condatainer.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ProcessDestroyer;

/** Starts processes on this machine. */
public final class ProcessRunner implements CommandRunner {
  /** How long to wait for output that an ended process's children may still hold open. */
  private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(2);

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
    CapturedStreams streams = new CapturedStreams(command.input().getBytes(UTF_8), OUTPUT_PATIENCE);
    DefaultExecutor.Builder<?> builder = DefaultExecutor.builder().setExecuteStreamHandler(streams);
    command.workingDirectory().ifPresent(folder -> builder.setWorkingDirectory(folder.toFile()));
    DefaultExecutor executor = builder.get();
    executor.setExitValues(null);
    TimeLimit limit = new TimeLimit(command.timeout());
    executor.setProcessDestroyer(limit);
    int exitCode;
    try {
      exitCode = executor.execute(line, environmentOf(command));
    } catch (IOException e) {
      if (limit.killed) {
        throw timedOut(command, e);
      }
      throw new CommandException(
          CommandException.Kind.NOT_STARTED,
          command.program() + " could not be run: " + SystemWords.why(e),
          e);
    }
    if (limit.killed) {
      throw timedOut(command, null);
    }
    return new CommandResult(exitCode, streams.output(), streams.errors());
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

  /**
   * Kills a process and its children when its time is over, and ends it with this one. Commons
   * Exec's own watchdog sends TERM to the process alone, which a program may ignore; the destroyer
   * is where it hands the process out.
   */
  private static final class TimeLimit implements ProcessDestroyer {
    private final Duration limit;
    private volatile boolean killed;
    private Thread end = new Thread();

    TimeLimit(Duration limit) {
      this.limit = limit;
    }

    @Override
    public boolean add(Process process) {
      Thread thread = new Thread(() -> watch(process), "process time limit");
      thread.setDaemon(true);
      thread.start();
      end = new Thread(process::destroy, "process end");
      try {
        Runtime.getRuntime().addShutdownHook(end);
      } catch (IllegalStateException ending) {
        process.destroy();
      }
      return true;
    }

    @Override
    public boolean remove(Process process) {
      try {
        return Runtime.getRuntime().removeShutdownHook(end);
      } catch (IllegalStateException ending) {
        return true;
      }
    }

    @Override
    public int size() {
      return 0;
    }

    private void watch(Process process) {
      try {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
          killed = true;
          List<ProcessHandle> children = process.descendants().toList();
          process.destroyForcibly();
          children.forEach(ProcessHandle::destroyForcibly);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
