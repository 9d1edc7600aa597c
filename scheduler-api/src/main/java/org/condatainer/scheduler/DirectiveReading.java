package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;

/**
 * What a job script's directives ask for.
 *
 * @param directives the lines that the scheduler would read, in their order
 * @param parts the pieces of these lines in their order, each with the part of the request that it
 *     asks for. Of several pieces for one part that can only be asked for once all are here; the
 *     first or the last counts, as the scheduler has it, and is what the request has
 * @param request what they ask for
 * @param diagnostics errors that the scheduler would refuse, and warnings: lines that it ignores,
 *     template holes that nobody filled in
 */
public record DirectiveReading(
    List<DirectiveLine> directives,
    List<DirectivePart> parts,
    JobRequest request,
    List<Diagnostic> diagnostics) {
  public DirectiveReading {
    directives = List.copyOf(directives);
    parts = List.copyOf(parts);
    requireNonNull(request, "request is null");
    diagnostics = List.copyOf(diagnostics);
  }
}
