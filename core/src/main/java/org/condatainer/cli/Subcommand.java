package org.condatainer.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the program. */
interface Subcommand {
  /** Begins what can go on while the command line is read. Called before all else. */
  default void begin() {}

  /** Its options and parameters. */
  CommandSpec spec();

  /**
   * The words of the command line as picocli shall see them.
   *
   * @param words what follows the command's name
   */
  default String[] prepare(String[] words) {
    return words;
  }

  /** Whether everything from the first word that is no option belongs to that word. */
  default boolean stopsAtPositional() {
    return false;
  }

  /**
   * Does it.
   *
   * @return the exit code
   */
  int run(ParseResult parsed, Invocation invocation);
}
