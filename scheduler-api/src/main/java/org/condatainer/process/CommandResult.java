package org.condatainer.process;

import static java.util.Objects.requireNonNull;

/**
 * What a finished process left. Its output is read as UTF-8; a byte that is not becomes U+FFFD.
 *
 * @param exitCode its exit code; 128 + n when signal n ended it
 * @param output its standard output
 * @param errors its standard error
 */
public record CommandResult(int exitCode, String output, String errors) {
  public CommandResult {
    requireNonNull(output, "output is null");
    requireNonNull(errors, "errors is null");
  }
}
