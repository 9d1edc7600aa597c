package org.condatainer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program as a process of its own, for tests that kill it. */
final class CalledProgram {
  private final Path folder;
  private final Map<String, String> variables;

  CalledProgram(Path folder) {
    this(folder, Map.of());
  }

  /**
   * @param variables over those of the tests
   */
  CalledProgram(Path folder, Map<String, String> variables) {
    this.folder = folder;
    this.variables = Map.copyOf(variables);
  }

  /** Starts it; what it prints is dropped. */
  Process start(List<String> arguments) {
    return start(arguments, ProcessBuilder.Redirect.DISCARD);
  }

  private Process start(List<String> arguments, ProcessBuilder.Redirect output) {
    // a group of its own, which can be killed
    List<String> words = new ArrayList<>(List.of("setsid"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    words.addAll(List.of(System.getProperty("java.class.path"), "org.condatainer.cli.Main"));
    words.addAll(arguments);
    try {
      ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
      builder.environment().putAll(variables);
      return builder.redirectErrorStream(true).redirectOutput(output).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a call left: its exit code, and all that it printed. */
  record Result(int exitCode, String text) {}

  Result call(String... arguments) {
    try {
      Path out = Files.createTempFile("called", ".out");
      try {
        List<String> words = List.of(arguments);
        Process process = start(words, ProcessBuilder.Redirect.to(out.toFile()));
        if (!process.waitFor(300, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(words + " did not end: " + Files.readString(out));
        }
        return new Result(process.exitValue(), Files.readString(out));
      } finally {
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
