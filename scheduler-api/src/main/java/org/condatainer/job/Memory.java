package org.condatainer.job;

import static java.util.Objects.requireNonNull;

/**
 * An amount of memory and what it is counted by.
 *
 * @param bytes the amount in bytes; 0 with {@link Scope#PER_NODE} asks for all that a node has
 * @param scope what gets this amount each
 */
public record Memory(long bytes, Scope scope) {
  private static final long MEBIBYTE = 1L << 20;

  /** What an amount of memory is counted by. */
  public enum Scope {
    PER_JOB,
    PER_NODE,
    PER_TASK,
    PER_CPU,
    PER_GPU
  }

  public Memory {
    requireNonNull(scope, "scope is null");
    if (bytes < 0) {
      throw new IllegalArgumentException("memory is negative: " + bytes);
    }
  }

  /** An amount given in MiB. */
  public static Memory ofMebibytes(long mebibytes, Scope scope) {
    return new Memory(Math.multiplyExact(mebibytes, MEBIBYTE), scope);
  }

  /** The amount in MiB, rounded up: a request must not shrink. */
  public long mebibytes() {
    return bytes / MEBIBYTE + (bytes % MEBIBYTE == 0 ? 0 : 1);
  }
}
