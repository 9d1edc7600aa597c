package org.condatainer.script;

import static java.util.Objects.requireNonNull;

/**
 * A line of a job script that speaks to a scheduler.
 *
 * @param line its number, from 1
 * @param column column of the first character of {@code text}, from 1
 * @param prefix what marks it: {@code #SBATCH}
 * @param text what follows the prefix, as written, without the line's end
 * @param inHeader whether it stands before the script's first command; schedulers that stop there
 *     ignore it otherwise
 */
public record DirectiveLine(int line, int column, String prefix, String text, boolean inHeader) {
  public DirectiveLine {
    requireNonNull(prefix, "prefix is null");
    requireNonNull(text, "text is null");
  }
}
