package org.condatainer.cli;

import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the program. */
interface Subcommand {
  /** Begins what can go on while the command line is read. Called before all else. */
  default void begin() {}

  /**
   * Does it for the commonest words without a parser, whose own start takes longer than a quick
   * command.
   *
   * @param words what follows the command's name
   * @return the exit code; empty if the parser has to read the words
   */
  default OptionalInt runPlain(String[] words, Invocation invocation) {
    return OptionalInt.empty();
  }

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
