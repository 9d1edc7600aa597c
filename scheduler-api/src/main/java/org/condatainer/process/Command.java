package org.condatainer.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A process to start.
 *
 * @param words the program and its arguments, passed as they are; the program is looked up in PATH
 *     if it has no slash
 * @param input what it reads from standard input, as UTF-8; empty for nothing
 * @param variables variables set for it, over those of this process
 * @param unset variables of this process that it does not get
 * @param workingDirectory where it runs; empty for where this process runs
 * @param timeout after this time it is killed
 */
public record Command(
    List<String> words,
    String input,
    Map<String, String> variables,
    Set<String> unset,
    Optional<Path> workingDirectory,
    Duration timeout) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  public Command {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("a command without a program");
    }
    requireNonNull(input, "input is null");
    variables = Map.copyOf(variables);
    unset = Set.copyOf(unset);
    requireNonNull(workingDirectory, "workingDirectory is null");
    requireNonNull(timeout, "timeout is null");
  }

  /** A command with no input, this process's environment and folder, and 60 seconds. */
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /** A command with no input, this process's environment and folder, and 60 seconds. */
  public static Command of(List<String> words) {
    return new Command(words, "", Map.of(), Set.of(), Optional.empty(), DEFAULT_TIMEOUT);
  }

  /** The name of the program. */
  public String program() {
    return words.get(0);
  }

  /** With these arguments after those that it has. */
  public Command withArguments(List<String> more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(more);
    return new Command(all, input, variables, unset, workingDirectory, timeout);
  }

  /** With this input in place of what it has. */
  public Command withInput(String value) {
    return new Command(words, value, variables, unset, workingDirectory, timeout);
  }

  /** With these variables in place of all that it has. */
  public Command withVariables(Map<String, String> value) {
    return new Command(words, input, value, unset, workingDirectory, timeout);
  }

  /** Without these variables, in place of those that it lacks already. */
  public Command withUnset(Set<String> value) {
    return new Command(words, input, variables, value, workingDirectory, timeout);
  }

  /** In this folder. */
  public Command withWorkingDirectory(Path value) {
    return new Command(words, input, variables, unset, Optional.of(value), timeout);
  }

  /** With this time limit. */
  public Command withTimeout(Duration value) {
    return new Command(words, input, variables, unset, workingDirectory, value);
  }
}
