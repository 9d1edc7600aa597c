package org.condatainer.scheduler.slurm;

import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;

/**
 * A step of {@code srun}, which ends with the exit code of what it ran, and with 1 when it could
 * not run it: only its words tell the two apart.
 */
final class SlurmStep {
  private static final String OWN = "srun: ";

  private SlurmStep() {}

  /**
   * @return what the command left, without srun's own lines
   * @throws org.condatainer.scheduler.SchedulerException if srun did not run it
   */
  static CommandResult run(SchedulerCommands commands, Command srun) {
    CommandResult result = commands.runForResult(srun, Failure.Kind.UNAVAILABLE);
    if (result.exitCode() != 0 && isRefused(result.errors())) {
      throw commands.failed(srun, result, SlurmErrors.CHANGING);
    }
    return new CommandResult(result.exitCode(), result.output(), without(result.errors()));
  }

  /** Whether srun complains, and not of how its task ended ({@code srun: error: n2: task 0: …}). */
  static boolean isRefused(String errors) {
    boolean complains = false;
    for (String line : errors.split("\n", -1)) {
      if (line.startsWith("srun: error: ") || line.startsWith("srun: fatal: ")) {
        if (line.contains(": task 0: ") || line.contains(": tasks 0: ")) {
          return false;
        }
        complains = true;
      }
    }
    return complains;
  }

  private static String without(String errors) {
    StringBuilder rest = new StringBuilder();
    int start = 0;
    while (start < errors.length()) {
      int end = errors.indexOf('\n', start);
      end = end < 0 ? errors.length() : end + 1;
      if (!errors.startsWith(OWN, start)) {
        rest.append(errors, start, end);
      }
      start = end;
    }
    return rest.toString();
  }
}
