package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * GPUs of one type.
 *
 * @param type the site's name of the GPU model, empty for any
 * @param count how many, at least 0 (0 takes back what a site's default would give)
 * @param scope what gets this many each
 */
public record GpuRequest(Optional<String> type, long count, Scope scope) {
  /** What a number of GPUs is counted by. */
  public enum Scope {
    PER_JOB,
    PER_NODE,
    PER_SOCKET,
    PER_TASK
  }

  public GpuRequest {
    requireNonNull(type, "type is null");
    requireNonNull(scope, "scope is null");
    if (count < 0) {
      throw new IllegalArgumentException("a negative number of GPUs: " + count);
    }
  }
}
