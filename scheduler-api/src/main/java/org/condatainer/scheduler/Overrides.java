package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Walltime;

/**
 * What the user says at submit time over what the script says. Empty leaves the script's word.
 *
 * @param name the job's name
 * @param cpusPerTask CPUs of each task
 * @param memoryBytesPerTask memory of each task as a whole, in bytes; never multiplied by its CPUs
 * @param walltime time limit
 * @param gpus GPUs of the job; an empty list leaves the script's word
 * @param output file for standard output, with the scheduler's placeholders
 * @param error file for standard error, with the scheduler's placeholders
 * @param dependencies what to wait for, all of it, beside what the script says
 * @param held whether the job waits until it is released
 */
public record Overrides(
    Optional<String> name,
    OptionalInt cpusPerTask,
    OptionalLong memoryBytesPerTask,
    Optional<Walltime> walltime,
    List<GpuRequest> gpus,
    Optional<String> output,
    Optional<String> error,
    List<Dependency> dependencies,
    boolean held) {
  private static final Overrides NONE =
      new Overrides(
          Optional.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          false);

  public Overrides {
    requireNonNull(name, "name is null");
    requireNonNull(cpusPerTask, "cpusPerTask is null");
    requireNonNull(memoryBytesPerTask, "memoryBytesPerTask is null");
    requireNonNull(walltime, "walltime is null");
    gpus = List.copyOf(gpus);
    requireNonNull(output, "output is null");
    requireNonNull(error, "error is null");
    dependencies = List.copyOf(dependencies);
  }

  /** Nothing is overridden. */
  public static Overrides none() {
    return NONE;
  }

  /** These overrides over others: what both give is taken from these, dependencies are added. */
  public Overrides over(Overrides other) {
    List<Dependency> all = new ArrayList<>(other.dependencies);
    all.addAll(dependencies);
    return new Overrides(
        name.or(other::name),
        cpusPerTask.isPresent() ? cpusPerTask : other.cpusPerTask,
        memoryBytesPerTask.isPresent() ? memoryBytesPerTask : other.memoryBytesPerTask,
        walltime.or(other::walltime),
        gpus.isEmpty() ? other.gpus : gpus,
        output.or(other::output),
        error.or(other::error),
        all,
        held || other.held);
  }
}
