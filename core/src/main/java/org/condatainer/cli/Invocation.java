package org.condatainer.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.file.Path;
import org.condatainer.config.UserPath;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.trust.Printable;

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

  /** The absolute path of a word of the command line. */
  Path path(String word) {
    return UserPath.of(word, workingDirectory);
  }

  /** A message to the user, in the program's name. */
  void say(String message) {
    tell("condatainer: " + message);
  }

  /** A message as it stands, but for what would steer the terminal. */
  void tell(String message) {
    err.println(Printable.lines(message));
  }

  /** A result for people, in lines, but for what would steer the terminal. */
  void show(String text) {
    out.print(Printable.lines(text));
    out.flush();
  }

  /** A result for programs. */
  void showJson(String json) {
    out.println(Printable.json(json));
  }
}
