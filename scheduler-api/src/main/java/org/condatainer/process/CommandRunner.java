package org.condatainer.process;

/** Runs processes. Safe for use by several threads at once. */
public interface CommandRunner {
  /**
   * Runs a command and waits for its end.
   *
   * @throws CommandException if it could not be started or did not end in its time
   */
  CommandResult run(Command command) throws CommandException;
}
