package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What must have happened to other jobs before this one starts.
 *
 * @param condition what must have happened to each of them
 * @param jobs the other jobs, never empty
 */
public record Dependency(Condition condition, List<JobId> jobs) {
  /** What must have happened to a job. */
  public enum Condition {
    /** It has started. */
    STARTED,
    /** It has ended with exit code 0. */
    SUCCEEDED,
    /** It has ended otherwise. */
    FAILED,
    /** It has ended. */
    ENDED
  }

  public Dependency {
    requireNonNull(condition, "condition is null");
    jobs = List.copyOf(jobs);
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException("a dependency on no job");
    }
  }
}
