package org.condatainer.translation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.OutputText;
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

  /** What a part of the request became before it was rendered. */
  private record Fate(Outcome outcome, String detail) {}

  /**
   * Translates a script's directives. What its own scheduler would refuse is an error among the
   * diagnostics.
   */
  public Translation translate(JobScript script) {
    DirectiveReading reading = from.dialect().read(script);
    List<Diagnostic> diagnostics = new ArrayList<>(reading.diagnostics());
    Map<RequestPart, Fate> fates = new EnumMap<>(RequestPart.class);
    JobRequest request = carriedOver(reading.request(), fates);
    Rendering rendering = to.dialect().render(request);
    addRendered(rendering, fates);
    warnOfVariables(script, diagnostics);
    return new Translation(
        from.id(),
        to.id(),
        rendering.directiveLines(),
        request,
        report(reading, fates),
        diagnostics);
  }

  private JobRequest carriedOver(JobRequest request, Map<RequestPart, Fate> fates) {
    JobRequest.Builder carried = request.toBuilder().nativeOptions(List.of());
    carried.queue(name(RequestPart.QUEUE, "queue_names", queues, request.queue(), fates));
    carried.account(name(RequestPart.ACCOUNT, "account_names", accounts, request.account(), fates));
    if (request.qos().isPresent()) {
      carried.qos(Optional.empty());
      fates.put(
          RequestPart.QOS,
          new Fate(Outcome.LEFT_OUT, "a quality of service means something at its site only"));
    }
    boolean array = request.array().isPresent();
    OutputFiles files = request.files();
    carried.files(
        new OutputFiles(
            files.output().map(name -> output(RequestPart.OUTPUT, name, array, fates)),
            files.error().map(name -> output(RequestPart.ERROR, name, array, fates)),
            files.input().map(name -> output(RequestPart.INPUT, name, array, fates)),
            files.append()));
    if (!request.dependencies().isEmpty()) {
      fates.put(
          RequestPart.DEPENDENCIES,
          new Fate(
              Outcome.APPROXIMATED,
              "the ids are those of jobs on " + from.displayName() + "; put in the ids here"));
    }
    return carried.build();
  }

  private Optional<String> name(
      RequestPart part,
      String key,
      SiteNames names,
      Optional<String> name,
      Map<RequestPart, Fate> fates) {
    if (name.isEmpty()) {
      return name;
    }
    Optional<String> there = names.translate(from.id(), name.get(), to.id());
    if (there.isEmpty()) {
      fates.put(
          part,
          new Fate(
              Outcome.LEFT_OUT,
              "the name means something at its site only; configure "
                  + key
                  + ": ["
                  + from.id()
                  + "/"
                  + name.get()
                  + "="
                  + to.id()
                  + "/NAME]"));
    }
    return there;
  }

  private String output(
      RequestPart part, String written, boolean array, Map<RequestPart, Fate> fates) {
    OutputName name = from.dialect().outputName(written);
    OutputText text = to.dialect().outputText(array ? name : ofOneJob(name));
    if (!text.lost().isEmpty()) {
      fates.put(
          part,
          new Fate(
              Outcome.APPROXIMATED,
              to.displayName() + " has nothing for " + String.join(", ", text.lost())));
    }
    return text.text();
  }

  /** Outside an array, the job of a task is the job. */
  private static OutputName ofOneJob(OutputName name) {
    List<OutputName.Piece> pieces = new ArrayList<>();
    for (OutputName.Piece piece : name.pieces()) {
      boolean task =
          piece instanceof OutputName.Piece.Filled filled
              && filled.placeholder() == OutputName.Placeholder.TASK_JOB_ID;
      pieces.add(task ? new OutputName.Piece.Filled(OutputName.Placeholder.JOB_ID) : piece);
    }
    return new OutputName(pieces);
  }

  private static void addRendered(Rendering rendering, Map<RequestPart, Fate> fates) {
    Map<RequestPart, Fate> rendered = new EnumMap<>(RequestPart.class);
    for (Rendering.Part part : rendering.parts()) {
      rendered.merge(
          part.part(),
          new Fate(part.outcome(), part.detail()),
          (one, other) ->
              new Fate(
                  one.outcome().worse(other.outcome()),
                  one.detail().equals(other.detail())
                      ? one.detail()
                      : one.detail() + "; " + other.detail()));
    }
    rendered.forEach(
        (part, fate) ->
            fates.merge(
                part,
                fate,
                (before, now) ->
                    new Fate(
                        before.outcome().worse(now.outcome()),
                        now.detail() + "; " + before.detail())));
  }

  private List<TranslatedPart> report(DirectiveReading reading, Map<RequestPart, Fate> fates) {
    List<TranslatedPart> report = new ArrayList<>();
    for (DirectivePart part : reading.parts()) {
      Fate fate = fates.get(part.part());
      if (part.part() == RequestPart.NATIVE) {
        fate =
            new Fate(
                Outcome.LEFT_OUT,
                "only " + from.displayName() + " has this, or it means something at its site only");
      } else if (fate == null) {
        fate = new Fate(Outcome.TRANSLATED, "what " + to.displayName() + " does by itself");
      }
      report.add(
          new TranslatedPart(
              part.line(), part.column(), part.text(), fate.outcome(), fate.detail()));
    }
    return report;
  }

  /** A script that reads its scheduler's variables finds nothing in them elsewhere. */
  private void warnOfVariables(JobScript script, List<Diagnostic> diagnostics) {
    for (int i = script.headerLines(); i < script.lines().size(); i++) {
      String line = script.lines().get(i);
      for (String prefix : from.dialect().variablePrefixes()) {
        int at = line.indexOf("$" + prefix);
        at = at < 0 ? line.indexOf("${" + prefix) : at;
        if (at >= 0) {
          diagnostics.add(
              Diagnostic.warning(
                  i + 1,
                  at + 1,
                  to.displayName()
                      + " sets no "
                      + prefix
                      + "… variables; inside a run these have the same names everywhere:"
                      + " CNT_JOB_ID, CNT_ARRAY_INDEX, NCPUS, MEM, NNODES, NTASKS"));
        }
      }
    }
  }
}
