package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * What {@code -o} and {@code -e} mean in a run on this machine. A single run has the terminal, and
 * is redirected by the shell; the tasks of an array need a file each.
 */
record LocalOutput(InstalledSchedulers schedulers) {
  /** The files of an array's tasks, of those names that differ from task to task. */
  Plan.TaskFiles files(JobRequest request, Overrides overrides) {
    if (request.array().isEmpty()) {
      return new Plan.TaskFiles(Optional.empty(), Optional.empty());
    }
    return new Plan.TaskFiles(
        overrides.output().flatMap(this::ofTask), overrides.error().flatMap(this::ofTask));
  }

  /** What happens instead where a name is not used, a line each. */
  List<String> notes(JobRequest request, Overrides overrides) {
    List<String> notes = new ArrayList<>();
    boolean array = request.array().isPresent();
    if (!array && (overrides.output().isPresent() || overrides.error().isPresent())) {
      notes.add(
          "-o and -e name the files of jobs; this run writes to the terminal"
              + " (condatainer run … >FILE 2>FILE puts it into files)");
    }
    if (array && overrides.output().isPresent() && ofTask(overrides.output().get()).isEmpty()) {
      notes.add(notUsed("-o", overrides.output().get()) + "the tasks' output has the usual names");
    }
    if (array && overrides.error().isPresent() && ofTask(overrides.error().get()).isEmpty()) {
      notes.add(notUsed("-e", overrides.error().get()) + "errors go where the output goes");
    }
    return notes;
  }

  private static String notUsed(String option, String written) {
    return option
        + " "
        + written
        + " has no place for the index (%a), and all tasks would write one file: ";
  }

  /** In the words of whichever scheduler has an index in it. */
  private Optional<OutputName> ofTask(String written) {
    for (SchedulerProvider provider : schedulers.providers()) {
      OutputName name = provider.dialect().outputName(written);
      for (Piece piece : name.pieces()) {
        if (piece instanceof Piece.Filled filled
            && (filled.placeholder() == Placeholder.ARRAY_INDEX
                || filled.placeholder() == Placeholder.TASK_JOB_ID)) {
          return Optional.of(name);
        }
      }
    }
    return Optional.empty();
  }
}
