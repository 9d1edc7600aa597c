package org.condatainer.translation;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.Outcome;
import org.condatainer.script.Diagnostic;

/**
 * A translated job script.
 *
 * @param from id of the scheduler that the script was written for
 * @param to id of the scheduler that it is for now
 * @param directiveLines the directives for the new scheduler
 * @param request what they ask for
 * @param report what became of every part of every directive, in the order of the script
 * @param diagnostics what else there is to say about the script's lines
 */
public record Translation(
    String from,
    String to,
    List<String> directiveLines,
    JobRequest request,
    List<TranslatedPart> report,
    List<Diagnostic> diagnostics) {
  public Translation {
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
    directiveLines = List.copyOf(directiveLines);
    requireNonNull(request, "request is null");
    report = List.copyOf(report);
    diagnostics = List.copyOf(diagnostics);
  }

  /** The worst that became of any part. */
  public Outcome worst() {
    Outcome worst = Outcome.TRANSLATED;
    for (TranslatedPart part : report) {
      worst = worst.worse(part.outcome());
    }
    return worst;
  }
}
