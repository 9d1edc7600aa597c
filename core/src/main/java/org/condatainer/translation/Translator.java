package org.condatainer.translation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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
  private static final String NO_EFFECT =
      "it has no effect where it was written for: another directive counts";

  /** The parts of which a directive may ask for what there is without one. */
  private static final Set<RequestPart> MAY_SAY_NOTHING =
      EnumSet.of(
          RequestPart.OUTPUT,
          RequestPart.ERROR,
          RequestPart.INPUT,
          RequestPart.APPEND,
          RequestPart.NODES,
          RequestPart.EXCLUSIVE,
          RequestPart.ARRAY,
          RequestPart.HOLD,
          RequestPart.REQUEUE,
          RequestPart.MAIL,
          RequestPart.ENVIRONMENT);

  /** The parts of which one directive says all, and of several one counts. */
  private static final Set<RequestPart> ONE_COUNTS =
      EnumSet.complementOf(
          EnumSet.of(
              RequestPart.GPUS,
              RequestPart.MAIL,
              RequestPart.ENVIRONMENT,
              RequestPart.EXCLUSIVE,
              RequestPart.HOLD,
              RequestPart.COMPONENTS,
              RequestPart.PROGRAM,
              RequestPart.NATIVE));

  /** No folder, and nothing that a scheduler would fill in. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[\\w.+ -]+");

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
   * Translates a script's directives. What its own scheduler would refuse is refused in the report
   * too.
   */
  public Translation translate(JobScript script) {
    DirectiveReading reading = from.dialect().readForAnother(script);
    List<Diagnostic> diagnostics = new ArrayList<>(reading.diagnostics());
    Map<RequestPart, Fate> fates = new EnumMap<>(RequestPart.class);
    JobRequest request = carriedOver(script, reading.request(), fates);
    Rendering rendering = to.dialect().render(request);
    addRendered(rendering, fates);
    warnOfVariables(script, diagnostics);
    warnOfLaunchers(script, diagnostics);
    List<TranslatedPart> report = report(script, reading, fates);
    // They are in the report.
    diagnostics.removeIf(one -> one.severity() == Diagnostic.Severity.ERROR && one.line() > 0);
    return new Translation(
        from.id(), to.id(), rendering.directiveLines(), request, report, diagnostics);
  }

  private JobRequest carriedOver(
      JobScript script, JobRequest request, Map<RequestPart, Fate> fates) {
    JobRequest.Builder carried = request.toBuilder().nativeOptions(List.of());
    carried.queue(name(RequestPart.QUEUE, "queue_names", queues, request.queue(), fates));
    carried.account(name(RequestPart.ACCOUNT, "account_names", accounts, request.account(), fates));
    if (request.qos().isPresent()) {
      carried.qos(Optional.empty());
      fates.put(
          RequestPart.QOS,
          new Fate(Outcome.LEFT_OUT, "a quality of service means something at its site only"));
    }
    OutputFiles files = request.files();
    carried.files(
        new OutputFiles(
            files.output().map(name -> output(RequestPart.OUTPUT, name, request, script, fates)),
            files.error().map(name -> output(RequestPart.ERROR, name, request, script, fates)),
            files
                .input()
                .map(
                    name ->
                        file(RequestPart.INPUT, from.dialect().outputName(name), request, fates)),
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
      RequestPart part,
      String written,
      JobRequest request,
      JobScript script,
      Map<RequestPart, Fate> fates) {
    OutputFolder folder = new OutputFolder(from.dialect(), to.dialect());
    Optional<OutputName> inFolder = folder.file(part, written, request, script.name());
    if (inFolder.isEmpty()) {
      if (folder.isLeftToTheTarget(written)) {
        fates.put(
            part,
            new Fate(
                Outcome.APPROXIMATED,
                "a folder, in which " + to.displayName() + " names the file in its own way"));
      }
      return file(part, from.dialect().outputName(written), request, fates);
    }
    fates.put(
        part,
        new Fate(
            Outcome.APPROXIMATED,
            "a folder, and a name in it such as "
                + from.displayName()
                + " gives: "
                + to.displayName()
                + " takes no folder"));
    return file(part, inFolder.get(), request, fates);
  }

  private String file(
      RequestPart part, OutputName name, JobRequest request, Map<RequestPart, Fate> fates) {
    OutputName asked = request.array().isPresent() ? name : ofOneJob(name);
    OutputText text = to.dialect().outputText(asked);
    if (!text.lost().isEmpty() && request.name().isPresent()) {
      text = to.dialect().outputText(withJobName(asked, request.name().get()));
    }
    if (!text.lost().isEmpty()) {
      fates.put(
          part,
          new Fate(
              Outcome.APPROXIMATED,
              to.displayName() + " has nothing for " + String.join(", ", text.lost())));
    }
    return text.text();
  }

  /** A scheduler that cannot fill in the job's name is given it, where it reads as it is. */
  private static OutputName withJobName(OutputName name, String jobName) {
    List<OutputName.Piece> pieces = new ArrayList<>();
    for (OutputName.Piece piece : name.pieces()) {
      boolean named =
          piece instanceof OutputName.Piece.Filled filled
              && filled.placeholder() == OutputName.Placeholder.JOB_NAME
              && PLAIN_NAME.matcher(jobName).matches();
      pieces.add(named ? new OutputName.Piece.Text(jobName) : piece);
    }
    return new OutputName(pieces);
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

  private List<TranslatedPart> report(
      JobScript script, DirectiveReading reading, Map<RequestPart, Fate> fates) {
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : reading.diagnostics()) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR && diagnostic.line() > 0) {
        errors.add(diagnostic);
      }
    }
    List<TranslatedPart> report = new ArrayList<>();
    for (DirectivePart part : reading.parts()) {
      Fate fate = fate(part, fates);
      Optional<Diagnostic> error = errorOf(part, errors, fates);
      if (error.isPresent()) {
        errors.remove(error.get());
        fate = refusedThere(error.get());
      } else if (part.together().isPresent()) {
        fate =
            new Fate(
                fate.outcome().worse(Outcome.APPROXIMATED),
                fate.detail() + "; " + part.together().get());
      } else if (isWithoutEffect(script, reading, part)) {
        fate = new Fate(Outcome.LEFT_OUT, NO_EFFECT);
      }
      report.add(
          new TranslatedPart(
              part.line(), part.column(), part.text(), fate.outcome(), fate.detail()));
    }
    for (Diagnostic error : errors) {
      Fate fate = refusedThere(error);
      report.add(
          new TranslatedPart(
              error.line(),
              error.column(),
              wordAt(script, error.line(), error.column()),
              fate.outcome(),
              fate.detail()));
    }
    report.sort(
        Comparator.comparingInt(TranslatedPart::line).thenComparingInt(TranslatedPart::column));
    return report;
  }

  private Fate fate(DirectivePart part, Map<RequestPart, Fate> fates) {
    if (part.part() == RequestPart.NATIVE) {
      return new Fate(
          Outcome.LEFT_OUT,
          "only " + from.displayName() + " has this, or it means something at its site only");
    }
    if (part.part() == RequestPart.PROGRAM) {
      return new Fate(
          Outcome.TRANSLATED,
          "carried along: it tells of the program, or gives a value that other lines use");
    }
    Fate fate = fates.get(part.part());
    if (fate != null) {
      return fate;
    }
    if (part.part() == RequestPart.DEPENDENCIES) {
      return new Fate(
          Outcome.REFUSED,
          "what it waits for has no words but "
              + from.displayName()
              + "'s own, and a job that did not wait would be another one");
    }
    if (part.part() == RequestPart.OWN_WORDS) {
      return new Fate(
          Outcome.REFUSED,
          "only "
              + from.displayName()
              + " gives a job this, and a job without it would be another one (words for each task:"
              + " run --array FILE)");
    }
    return MAY_SAY_NOTHING.contains(part.part())
        ? new Fate(Outcome.TRANSLATED, "what " + to.displayName() + " does by itself")
        : new Fate(Outcome.LEFT_OUT, NO_EFFECT);
  }

  /**
   * Whether a piece changes nothing of what is asked for, since another one about the same part
   * counts: found out by reading the script without it.
   */
  private boolean isWithoutEffect(JobScript script, DirectiveReading reading, DirectivePart part) {
    if (!ONE_COUNTS.contains(part.part())
        || reading.parts().stream().filter(one -> one.part() == part.part()).count() < 2) {
      return false;
    }
    List<String> lines = new ArrayList<>(script.lines());
    String line = lines.get(part.line() - 1);
    int at = part.column() - 1;
    if (!line.startsWith(part.text(), at)) {
      return false;
    }
    lines.set(
        part.line() - 1,
        line.substring(0, at)
            + " ".repeat(part.text().length())
            + line.substring(at + part.text().length()));
    DirectiveReading without =
        from.dialect()
            .readForAnother(
                JobScript.parse(
                    script.name(), String.join("\n", lines).getBytes(script.charset())));
    return without.request().equals(reading.request());
  }

  /**
   * The error about a piece: at its place, or, if nothing came of the piece, anywhere in its line.
   */
  private static Optional<Diagnostic> errorOf(
      DirectivePart part, List<Diagnostic> errors, Map<RequestPart, Fate> fates) {
    Optional<Diagnostic> inLine = Optional.empty();
    for (Diagnostic error : errors) {
      if (error.line() != part.line()) {
        continue;
      }
      if (error.column() >= part.column()
          && error.column() < part.column() + part.text().length()) {
        return Optional.of(error);
      }
      inLine = inLine.or(() -> Optional.of(error));
    }
    boolean lost =
        part.part() != RequestPart.NATIVE
            && part.part() != RequestPart.PROGRAM
            && part.part() != RequestPart.OWN_WORDS
            && !fates.containsKey(part.part());
    return lost ? inLine : Optional.empty();
  }

  private Fate refusedThere(Diagnostic error) {
    return new Fate(
        Outcome.REFUSED, from.displayName() + " itself would not take it: " + error.message());
  }

  /** What stands at a place, up to the next blank; the whole line if that is nothing. */
  private static String wordAt(JobScript script, int line, int column) {
    String text = script.lines().get(line - 1).strip();
    String whole = script.lines().get(line - 1);
    if (column < 1 || column > whole.length() || whole.substring(column - 1).isBlank()) {
      return text;
    }
    return whole.substring(column - 1).strip().split("\\s", 2)[0];
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

  /** A launcher asks its scheduler where to start what; elsewhere it is missing, or starts one. */
  private void warnOfLaunchers(JobScript script, List<Diagnostic> diagnostics) {
    String instead =
        to.dialect().rankLauncher().isPresent()
            ? "; condatainer run --ranks starts the script once for each task, without it"
            : "; " + to.displayName() + " starts the script once";
    for (StartedLauncher launcher : StartedLauncher.in(script)) {
      if (launcher.line() <= script.headerLines()) {
        continue;
      }
      String owner =
          switch (launcher.word()) {
            case "srun" -> "slurm";
            case "blaunch" -> "lsf";
            default -> "";
          };
      if (owner.equals(to.id())) {
        continue;
      }
      diagnostics.add(
          Diagnostic.warning(
              launcher.line(),
              launcher.column(),
              launcher.word()
                  + (owner.isEmpty()
                      ? " must be built for "
                          + to.displayName()
                          + " to learn from it where to start how many processes"
                      : " does not belong to " + to.displayName())
                  + instead));
    }
  }
}
