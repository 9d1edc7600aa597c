package org.condatainer.config;

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

  /** A file that the machine would not write, whatever is in it. */
  static ConfigException notWritten(String message, Throwable cause) {
    return new ConfigException(message, cause, true);
  }

  /** Whether the machine is at fault, and not what is configured: no room, say. */
  public boolean isOfTheMachine() {
    return ofTheMachine;
  }
}
