package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Which of the submitter's variables a job gets.
 *
 * @param inherited how much of the submitter's environment
 * @param variables single variables beside that, in the order in which they were written
 */
public record JobEnvironment(Inherited inherited, List<Variable> variables) {
  /** How much of the submitter's environment a job gets. */
  public enum Inherited {
    /** Nothing was said: Slurm and LSF pass all of it, PBS and HTCondor next to nothing. */
    DEFAULT,
    ALL,
    NONE
  }

  /**
   * A variable.
   *
   * @param name its name
   * @param value its value; empty for the one that it has where the job is submitted
   */
  public record Variable(String name, Optional<String> value) {
    public Variable {
      requireNonNull(name, "name is null");
      requireNonNull(value, "value is null");
    }
  }

  private static final JobEnvironment DEFAULTS = new JobEnvironment(Inherited.DEFAULT, List.of());

  public JobEnvironment {
    requireNonNull(inherited, "inherited is null");
    variables = List.copyOf(variables);
  }

  /** Whatever the scheduler does by default. */
  public static JobEnvironment defaults() {
    return DEFAULTS;
  }
}
