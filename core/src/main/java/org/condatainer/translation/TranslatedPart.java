package org.condatainer.translation;

import static java.util.Objects.requireNonNull;

import org.condatainer.scheduler.Outcome;

/**
 * What became of one part of a directive.
 *
 * @param line its line in the job script, from 1
 * @param column its column in that line, from 1
 * @param directive the part as it was written
 * @param outcome what became of it
 * @param detail what says it now, by which rule, or why nothing does
 */
public record TranslatedPart(
    int line, int column, String directive, Outcome outcome, String detail) {
  public TranslatedPart {
    requireNonNull(directive, "directive is null");
    requireNonNull(outcome, "outcome is null");
    requireNonNull(detail, "detail is null");
  }
}
