package org.condatainer.script;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A script's first line as the kernel reads it (execve(2), "Interpreter scripts").
 *
 * @param interpreter path of the program that runs the script
 * @param argument all that follows it on the line, as one argument; empty for none
 */
public record Shebang(String interpreter, Optional<String> argument) {
  public Shebang {
    requireNonNull(interpreter, "interpreter is null");
    requireNonNull(argument, "argument is null");
  }

  /** The words that stand before the script's own path on its command line. */
  public List<String> words() {
    return argument.map(text -> List.of(interpreter, text)).orElseGet(() -> List.of(interpreter));
  }
}
