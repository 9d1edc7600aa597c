package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.script.Diagnostic;

/**
 * A script's directives with the user's overrides applied.
 *
 * @param directiveLines the lines to put at the head of the batch script, without line ends
 * @param options arguments for the submit command, in the order to give them
 * @param request what lines and options ask for together
 * @param diagnostics what was set aside and why, and as errors, for which nothing is submitted,
 *     what could not be done
 */
public record Amendment(
    List<String> directiveLines,
    List<String> options,
    JobRequest request,
    List<Diagnostic> diagnostics) {
  public Amendment {
    directiveLines = List.copyOf(directiveLines);
    options = List.copyOf(options);
    requireNonNull(request, "request is null");
    diagnostics = List.copyOf(diagnostics);
  }
}
