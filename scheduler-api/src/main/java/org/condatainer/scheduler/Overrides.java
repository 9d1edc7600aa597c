package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.Walltime;
import org.condatainer.script.Diagnostic;

/**
 * What the user says at submit time over what the script says. Empty leaves the script's word.
 *
 * @param name the job's name
 * @param cpusPerTask CPUs of each task
 * @param memoryBytesPerTask memory of each task as a whole, in bytes; never multiplied by its CPUs
 * @param walltime time limit
 * @param gpus GPUs of each node; an empty list leaves the script's word
 * @param output file for standard output, with the scheduler's placeholders
 * @param error file for standard error, with the scheduler's placeholders
 * @param array task indexes
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
    Optional<ArraySpec> array,
    List<Dependency> dependencies,
    boolean held) {
  private static final Overrides NONE = new Builder().build();

  public Overrides {
    requireNonNull(name, "name is null");
    requireNonNull(cpusPerTask, "cpusPerTask is null");
    requireNonNull(memoryBytesPerTask, "memoryBytesPerTask is null");
    requireNonNull(walltime, "walltime is null");
    gpus = List.copyOf(gpus);
    requireNonNull(output, "output is null");
    requireNonNull(error, "error is null");
    requireNonNull(array, "array is null");
    dependencies = List.copyOf(dependencies);
  }

  /** Nothing is overridden. */
  public static Overrides none() {
    return NONE;
  }

  public static Builder builder() {
    return new Builder();
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
        array.or(other::array),
        all,
        held || other.held);
  }

  /**
   * An error for each job to wait for whose id is none.
   *
   * @param isId whether a text is written as an id of the scheduler
   * @param scheduler its name, for the messages
   */
  public List<Diagnostic> wrongJobIds(Predicate<String> isId, String scheduler) {
    List<Diagnostic> errors = new ArrayList<>();
    for (Dependency dependency : dependencies) {
      for (JobId job : dependency.jobs()) {
        if (!isId.test(job.value())) {
          errors.add(
              Diagnostic.error(
                  0,
                  0,
                  "\""
                      + job.value()
                      + "\" is not written as a job id of "
                      + scheduler
                      + "; several ids are joined by colons"));
        }
      }
    }
    return errors;
  }

  /** Collects overrides one by one. */
  public static final class Builder {
    private Optional<String> name = Optional.empty();
    private OptionalInt cpusPerTask = OptionalInt.empty();
    private OptionalLong memoryBytesPerTask = OptionalLong.empty();
    private Optional<Walltime> walltime = Optional.empty();
    private List<GpuRequest> gpus = List.of();
    private Optional<String> output = Optional.empty();
    private Optional<String> error = Optional.empty();
    private Optional<ArraySpec> array = Optional.empty();
    private List<Dependency> dependencies = List.of();
    private boolean held;

    private Builder() {}

    public Builder name(String value) {
      name = Optional.of(value);
      return this;
    }

    public Builder cpusPerTask(int value) {
      cpusPerTask = OptionalInt.of(value);
      return this;
    }

    public Builder memoryBytesPerTask(long value) {
      memoryBytesPerTask = OptionalLong.of(value);
      return this;
    }

    public Builder walltime(Walltime value) {
      walltime = Optional.of(value);
      return this;
    }

    public Builder gpus(List<GpuRequest> value) {
      gpus = List.copyOf(value);
      return this;
    }

    public Builder output(String value) {
      output = Optional.of(value);
      return this;
    }

    public Builder error(String value) {
      error = Optional.of(value);
      return this;
    }

    public Builder array(ArraySpec value) {
      array = Optional.of(value);
      return this;
    }

    public Builder dependencies(List<Dependency> value) {
      dependencies = List.copyOf(value);
      return this;
    }

    public Builder held(boolean value) {
      held = value;
      return this;
    }

    public Overrides build() {
      return new Overrides(
          name,
          cpusPerTask,
          memoryBytesPerTask,
          walltime,
          gpus,
          output,
          error,
          array,
          dependencies,
          held);
    }
  }
}
