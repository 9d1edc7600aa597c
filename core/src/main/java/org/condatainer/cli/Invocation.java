package org.condatainer.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.file.Path;
import org.condatainer.scheduler.HostEnvironment;

/**
 * What one call of the program has around it.
 *
 * @param out for results only
 * @param err for messages
 * @param environment its variables and PATH
 * @param workingDirectory the folder it was called in, absolute
 */
record Invocation(
    PrintStream out, PrintStream err, HostEnvironment environment, Path workingDirectory) {
  Invocation {
    requireNonNull(out, "out is null");
    requireNonNull(err, "err is null");
    requireNonNull(environment, "environment is null");
    requireNonNull(workingDirectory, "workingDirectory is null");
  }

  /** A message to the user, in the program's name. */
  void say(String message) {
    err.println("condatainer: " + message);
  }
}
