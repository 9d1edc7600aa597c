package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * The program that a job's description names.
 *
 * @param executable as written, relative to the folder of the submit
 * @param line its line in the description, from 1
 * @param column its column in that line, from 1
 */
public record DescribedCommand(String executable, int line, int column) {
  public DescribedCommand {
    requireNonNull(executable, "executable is null");
  }
}
