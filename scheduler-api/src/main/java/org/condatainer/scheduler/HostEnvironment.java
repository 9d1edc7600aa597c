package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The variables of a process, and the programs that its PATH finds.
 *
 * @param variables its environment
 */
public record HostEnvironment(Map<String, String> variables) {
  public HostEnvironment {
    variables = Map.copyOf(requireNonNull(variables, "variables is null"));
  }

  /** The environment of this process. */
  public static HostEnvironment current() {
    return new HostEnvironment(System.getenv());
  }

  /** A variable's value, empty if it is not set or has no text. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * The first executable file of this name in an absolute folder of PATH. Relative folders are
   * passed over: what they hold depends on where one stands.
   */
  public Optional<Path> program(String name) {
    for (String folder : variables.getOrDefault("PATH", "").split(":", -1)) {
      if (folder.startsWith("/")) {
        Path candidate = Path.of(folder, name);
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }
}
