package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The name of an output file in one scheduler's words.
 *
 * @param text the name with that scheduler's placeholders
 * @param lost what it has no placeholder for, in words; empty if nothing was lost
 */
public record OutputText(String text, List<String> lost) {
  public OutputText {
    requireNonNull(text, "text is null");
    lost = List.copyOf(lost);
  }
}
