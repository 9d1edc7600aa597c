package org.condatainer.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; the message says where, as file, line and column. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ofTheMachine;

  public ConfigException(String message) {
    super(message);
    this.ofTheMachine = false;
  }

  public ConfigException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private ConfigException(String message, Throwable cause, boolean ofTheMachine) {
    super(message, cause);
    this.ofTheMachine = ofTheMachine;
  }

  /** A file that the machine would not read or write, whatever is in it. */
  static ConfigException ofTheMachine(String message, Throwable cause) {
    return new ConfigException(message, cause, true);
  }

  /** All of these, a line each; at least one. */
  static ConfigException all(List<ConfigException> problems) {
    String lines =
        problems.stream().map(ConfigException::getMessage).collect(Collectors.joining("\n"));
    boolean ofTheMachine = problems.stream().allMatch(ConfigException::isOfTheMachine);
    return new ConfigException(lines, problems.get(0), ofTheMachine);
  }

  /** Whether the machine is at fault, and not what is configured: no room, no right to read. */
  public boolean isOfTheMachine() {
    return ofTheMachine;
  }
}
