package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * The program that a job's description names.
 *
 * @param executable as written, relative to the folder of the submit
 * @param shellArguments its arguments as words of a POSIX shell, each quoted, with a scheduler's
 *     own placeholders as variables that every run has: {@code "$CNT_ARRAY_INDEX"}; empty for none.
 *     For another scheduler or this machine; its own gives the arguments itself
 * @param line its line in the description, from 1
 * @param column its column in that line, from 1
 */
public record DescribedCommand(String executable, String shellArguments, int line, int column) {
  public DescribedCommand {
    requireNonNull(executable, "executable is null");
    requireNonNull(shellArguments, "shellArguments is null");
  }
}
