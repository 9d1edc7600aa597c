package org.condatainer.lock;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A process beside this one that holds something, until it is closed. */
final class OtherProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;

  private OtherProcess(Process process) {
    this.process = process;
  }

  /**
   * A process that has a lock.
   *
   * @param folder for its script
   * @param kind {@code ofd}, {@code posix} or {@code flock}
   * @param mode {@code read} or {@code write}
   * @param variables added to its environment
   */
  static OtherProcess holding(
      Path folder, String kind, String mode, Path file, Map<String, String> variables) {
    Path script = folder.resolve("hold_lock.pl");
    try (InputStream source = OtherProcess.class.getResourceAsStream("hold_lock.pl")) {
      Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return started(
        List.of("/usr/bin/perl", script.toString(), kind, mode, file.toString()),
        "locked",
        variables);
  }

  static OtherProcess holding(Path folder, String kind, String mode, Path file) {
    return holding(folder, kind, mode, file, Map.of());
  }

  /** Starts a process and waits for its first line. */
  static OtherProcess started(List<String> words, String line, Map<String, String> variables) {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(variables);
    try {
      Process process = builder.start();
      OtherProcess started = new OtherProcess(process);
      BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      List<String> said = new ArrayList<>();
      for (String read = output.readLine(); read != null; read = output.readLine()) {
        said.add(read);
        if (read.equals(line)) {
          return started;
        }
      }
      throw new IllegalStateException(words + " said " + said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Waits for what is bound to happen. */
  static void await(String what, BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("waited in vain until " + what);
      }
      Thread.onSpinWait();
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Ends it by the end of its input, and waits. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
    await("process " + pid() + " ends", () -> !process.isAlive());
  }
}
