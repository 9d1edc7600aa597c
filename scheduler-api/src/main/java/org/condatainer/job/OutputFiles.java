package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Where a job's standard streams go, as written: with the scheduler's own placeholders such as
 * {@code %j}, relative to the job's working directory.
 *
 * @param output standard output; empty for the scheduler's default
 * @param error standard error; empty when it goes where the output goes, or to the scheduler's
 *     default
 * @param input standard input; empty for none
 * @param append whether an existing file is continued; empty for the scheduler's default
 */
public record OutputFiles(
    Optional<String> output,
    Optional<String> error,
    Optional<String> input,
    Optional<Boolean> append) {
  private static final OutputFiles DEFAULTS =
      new OutputFiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public OutputFiles {
    requireNonNull(output, "output is null");
    requireNonNull(error, "error is null");
    requireNonNull(input, "input is null");
    requireNonNull(append, "append is null");
  }

  public OutputFiles withOutput(String value) {
    return new OutputFiles(Optional.of(value), error, input, append);
  }

  public OutputFiles withError(String value) {
    return new OutputFiles(output, Optional.of(value), input, append);
  }

  public OutputFiles withInput(String value) {
    return new OutputFiles(output, error, Optional.of(value), append);
  }

  public OutputFiles withAppend(boolean value) {
    return new OutputFiles(output, error, input, Optional.of(value));
  }

  /** Whatever the scheduler does by default. */
  public static OutputFiles defaults() {
    return DEFAULTS;
  }
}
