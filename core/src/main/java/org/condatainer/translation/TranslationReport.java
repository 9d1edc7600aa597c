package org.condatainer.translation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.translation.PartOutcomes.Fate;

/** What became of every piece of every directive: one outcome each, in the script's order. */
final class TranslationReport {
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

  private final SchedulerProvider from;
  private final SchedulerProvider to;
  private final JobScript script;
  private final DirectiveReading reading;
  private final PartOutcomes outcomes;

  TranslationReport(
      SchedulerProvider from,
      SchedulerProvider to,
      JobScript script,
      DirectiveReading reading,
      PartOutcomes outcomes) {
    this.from = from;
    this.to = to;
    this.script = script;
    this.reading = reading;
    this.outcomes = outcomes;
  }

  List<TranslatedPart> parts() {
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : reading.diagnostics()) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR && diagnostic.line() > 0) {
        errors.add(diagnostic);
      }
    }
    List<TranslatedPart> report = new ArrayList<>();
    for (DirectivePart part : reading.parts()) {
      Fate fate = fate(part);
      Optional<Diagnostic> error = errorOf(part, errors);
      if (error.isPresent()) {
        errors.remove(error.get());
        fate = refusedThere(error.get());
      } else if (part.together().isPresent()) {
        fate = fate.and(new Fate(Outcome.APPROXIMATED, part.together().get()));
      } else if (isWithoutEffect(part)) {
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
              wordAt(error.line(), error.column()),
              fate.outcome(),
              fate.detail()));
    }
    // Nothing that is lost goes without a word, even where no directive is known to have asked for
    // it.
    outcomes
        .refused()
        .forEach(
            (part, detail) -> {
              if (reading.parts().stream().noneMatch(one -> one.part() == part)) {
                report.add(ofNoPiece(part, detail));
              }
            });
    report.sort(
        Comparator.comparingInt(TranslatedPart::line).thenComparingInt(TranslatedPart::column));
    return report;
  }

  /** At the first directive, since it has no place of its own. */
  private TranslatedPart ofNoPiece(RequestPart part, String detail) {
    int line = reading.directives().isEmpty() ? 1 : reading.directives().get(0).line();
    String name = part.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return new TranslatedPart(line, 1, name, Outcome.REFUSED, detail);
  }

  private Fate fate(DirectivePart part) {
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
    Optional<Fate> known = outcomes.of(part.part());
    if (known.isPresent()) {
      return known.get();
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
  private boolean isWithoutEffect(DirectivePart part) {
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
  private Optional<Diagnostic> errorOf(DirectivePart part, List<Diagnostic> errors) {
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
            && outcomes.of(part.part()).isEmpty();
    return lost ? inLine : Optional.empty();
  }

  private Fate refusedThere(Diagnostic error) {
    return new Fate(
        Outcome.REFUSED, from.displayName() + " itself would not take it: " + error.message());
  }

  /** What stands at a place, up to the next blank; the whole line if that is nothing. */
  private String wordAt(int line, int column) {
    String text = script.lines().get(line - 1).strip();
    String whole = script.lines().get(line - 1);
    if (column < 1 || column > whole.length() || whole.substring(column - 1).isBlank()) {
      return text;
    }
    return whole.substring(column - 1).strip().split("\\s", 2)[0];
  }
}
