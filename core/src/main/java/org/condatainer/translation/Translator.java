package org.condatainer.translation;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Rendering;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;

/** Translates job scripts from one scheduler's words into another's. */
public final class Translator {
  private final SchedulerProvider from;
  private final SchedulerProvider to;
  private final SiteNames queues;
  private final SiteNames accounts;

  /**
   * @param queues names of partitions and queues
   * @param accounts names of accounts and projects
   */
  public Translator(
      SchedulerProvider from, SchedulerProvider to, SiteNames queues, SiteNames accounts) {
    this.from = from;
    this.to = to;
    this.queues = queues;
    this.accounts = accounts;
  }

  /**
   * Translates a script's directives. What its own scheduler would refuse is refused in the report
   * too.
   */
  public Translation translate(JobScript script) {
    DirectiveReading reading = from.dialect().readForAnother(script);
    List<Diagnostic> diagnostics = new ArrayList<>(reading.diagnostics());
    PartOutcomes outcomes = new PartOutcomes();
    JobRequest request =
        new CarriedRequest(from, to, queues, accounts, outcomes)
            .carriedOver(script, reading.request());
    Rendering rendering = to.dialect().render(request);
    outcomes.addRendered(rendering);
    diagnostics.addAll(new ScriptCommands(from, to, script).warnings());
    List<TranslatedPart> report =
        new TranslationReport(from, to, script, reading, outcomes).parts();
    // They are in the report.
    diagnostics.removeIf(one -> one.severity() == Diagnostic.Severity.ERROR && one.line() > 0);
    return new Translation(
        from.id(), to.id(), rendering.directiveLines(), request, report, diagnostics);
  }
}
