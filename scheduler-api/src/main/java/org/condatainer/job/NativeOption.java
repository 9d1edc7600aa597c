package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A part of a directive that has no neutral form: a site's constraint, a reservation, an option
 * that only one scheduler has.
 *
 * @param name the option in its scheduler's long spelling, without dashes: {@code constraint}; of
 *     an option with named parts, both: {@code l place}
 * @param value its value as written, empty for a flag
 * @param line line in the job script, from 1; 0 when it was not in a script
 * @param column column of the option in that line, from 1; 0 when it was not in a script
 */
public record NativeOption(String name, Optional<String> value, int line, int column) {
  public NativeOption {
    requireNonNull(name, "name is null");
    requireNonNull(value, "value is null");
  }
}
