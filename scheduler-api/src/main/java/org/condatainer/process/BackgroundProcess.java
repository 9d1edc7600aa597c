package org.condatainer.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that runs beside this one in a session of its own, with its output in a file. When this
 * process is ended, so is that one, and then what it has started.
 */
public final class BackgroundProcess {
  private static final int PATIENCE_SECONDS = 10;

  private final Process process;
  private final CompletableFuture<Void> end;

  private BackgroundProcess(Process process) {
    this.process = process;
    Thread destroyer = new Thread(() -> end(process));
    Runtime.getRuntime().addShutdownHook(destroyer);
    this.end = process.onExit().thenAccept(ended -> withdraw(destroyer));
  }

  /**
   * Starts a program; it has no standard input.
   *
   * @param words the program and its arguments, passed as they are
   * @param variables variables beside this process's own
   * @param output the file for its standard output; replaced if it exists
   * @param error the file for its standard error, likewise; empty for where the output goes
   * @throws UncheckedIOException if it cannot be started, or its output cannot be written
   */
  public static BackgroundProcess start(
      List<String> words, Map<String, String> variables, Path output, Optional<Path> error) {
    List<String> inSession = new ArrayList<>(List.of("setsid"));
    inSession.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(inSession);
    builder.environment().putAll(variables);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(output.toFile());
    error.ifPresentOrElse(
        file -> builder.redirectError(file.toFile()), () -> builder.redirectErrorStream(true));
    try {
      return new BackgroundProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(
          words.get(0) + " cannot be started with its output in " + output, e);
    }
  }

  /**
   * First itself, as it may have something to put in order, then those of its group that are left:
   * a shell that a signal ends leaves what it waited for.
   */
  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      new ProcessBuilder("/bin/bash", "-c", "kill -s TERM -- \"-$1\"", "kill", "" + process.pid())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      // then they go on
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void withdraw(Thread destroyer) {
    try {
      Runtime.getRuntime().removeShutdownHook(destroyer);
    } catch (IllegalStateException e) {
      // This process is ending already: the hook does no harm to a process that has ended.
    }
  }

  /** Waits until one of several has ended, and returns it. */
  public static BackgroundProcess awaitAny(List<BackgroundProcess> processes) {
    CompletableFuture<?>[] ends = new CompletableFuture<?>[processes.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = processes.get(i).end;
    }
    CompletableFuture.anyOf(ends).join();
    for (BackgroundProcess process : processes) {
      if (!process.process.isAlive()) {
        return process;
      }
    }
    throw new IllegalStateException("no process has ended");
  }

  /** Its exit code; 128 + n when signal n ended it. Only after its end. */
  public int exitCode() {
    return process.exitValue();
  }
}
