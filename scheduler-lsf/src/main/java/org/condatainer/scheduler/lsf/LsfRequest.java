package org.condatainer.scheduler.lsf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.TemplateHole;

/**
 * Collects options of bsub into a request. A slot is a task, {@code affinity[core(n)]} are its
 * CPUs, {@code ptile} are tasks of a node. Memory is what {@code rusage} reserves, or else the
 * limit of {@code -M}. Of numbers and times that are given twice the first counts, of texts the
 * last (as in volclava's {@code lsb.sub.c}).
 */
final class LsfRequest {
  private static final Set<String> FIRST_COUNTS = Set.of("n", "W", "M", "b");

  /** Options whose values compare by {@code <} and {@code >}, or are commands. */
  private static final Set<String> EXPRESSIONS = Set.of("R", "w", "E", "Ep");

  private final List<Diagnostic> diagnostics;
  private final BsubNotes notes;
  private final LsfResources resources;
  private final List<DirectivePart> parts = new ArrayList<>();
  private final JobRequest.Builder request = JobRequest.empty().toBuilder();
  private final Set<String> given = new HashSet<>();
  private final Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
  private OutputFiles files = OutputFiles.defaults();
  private Optional<String> mailAddress = Optional.empty();

  LsfRequest(LsfSite site, int slotsOfTask, List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
    this.notes = new BsubNotes(diagnostics, new ArrayList<>());
    this.resources = new LsfResources(site, slotsOfTask, parts, diagnostics, notes);
  }

  JobRequest build() {
    return build(resources.components());
  }

  /**
   * The request for a scheduler at which one figure is both what is reserved and the limit: the
   * larger, by host or slot as the reservation is, and the pieces of both say so.
   */
  JobRequest buildForAnother() {
    return build(resources.componentsForAnother());
  }

  private JobRequest build(List<Resources> all) {
    if (!events.isEmpty() || mailAddress.isPresent()) {
      request.mail(new Mail(events, mailAddress));
    }
    return request
        .resources(all.get(0))
        .furtherComponents(all.subList(1, all.size()))
        .files(files)
        .nativeOptions(notes.nativeOptions())
        .build();
  }

  /** The pieces of the options added so far. */
  List<DirectivePart> parts() {
    return List.copyOf(parts);
  }

  void add(BsubDirective.Given option) {
    String value = option.value().orElse("");
    Optional<String> hole =
        EXPRESSIONS.contains(option.name())
            ? TemplateHole.findInExpression(value)
            : TemplateHole.find(value);
    hole.ifPresent(found -> notes.error(option, "nothing was filled in for " + found));
    if (!given.add(option.name()) && FIRST_COUNTS.contains(option.name())) {
      diagnostics.add(
          Diagnostic.warning(
              option.line(),
              option.column(),
              "-" + option.name() + " is given twice; bsub takes the first"));
      parts.add(LsfParts.whole(option, LsfParts.of(option.name())));
      return;
    }
    int nativesBefore = notes.nativeOptions().size();
    if (!read(option, value)) {
      // What it waits for stays that, in whatever words, so that nobody takes it for nothing.
      boolean becameNative =
          notes.nativeOptions().size() > nativesBefore && !option.name().equals("w");
      parts.add(
          LsfParts.whole(option, becameNative ? RequestPart.NATIVE : LsfParts.of(option.name())));
    }
  }

  /** Whether its pieces are in the list already. */
  private boolean read(BsubDirective.Given option, String value) {
    switch (option.name()) {
      case "q" -> request.queue(value);
      case "P" -> request.account(value);
      case "sla" -> request.qos(value);
      case "Jd" -> request.comment(value);
      case "cwd" -> request.workingDirectory(value);
      case "H" -> request.held(true);
      case "x" -> resources.exclusive();
      case "r" -> request.requeue(true);
      case "rn" -> request.requeue(false);
      case "B" -> events.add(Mail.Event.BEGIN);
      case "N" -> events.add(Mail.Event.END);
      case "Ne" -> events.add(Mail.Event.FAIL);
      case "u" -> mailAddress = Optional.of(value);
      case "o", "oo", "e", "eo", "i", "is" -> file(option, value);
      case "nnodes" -> resources.nodes(option, value);
      case "b" -> begin(option, value);
      case "w" -> dependency(option, value);
      case "env" -> environment(option, value);
      case "J" -> {
        return name(option, value);
      }
      case "n" -> {
        return resources.slots(option, value);
      }
      case "W" -> {
        return runLimit(option, value);
      }
      case "M" -> {
        return resources.limit(option, value);
      }
      case "R" -> {
        return resources.requirement(option, value);
      }
      case "gpu" -> {
        return resources.gpus(option, value);
      }
      case "K" -> {
        diagnostics.add(
            Diagnostic.warning(
                option.line(),
                option.column(),
                "-K makes bsub wait for the job's end, and is set aside"));
        notes.nativeOption(option, option.value());
      }
      case "h", "V" -> notes.error(option, "bsub prints a text and submits nothing");
      default -> {
        if (BsubOption.INTERACTIVE.contains(option.name())) {
          notes.error(
              option,
              "a batch run cannot be interactive: bsub would wait for the job here; remove -"
                  + option.name());
        }
        notes.nativeOption(option, option.value());
      }
    }
    return false;
  }

  private void file(BsubDirective.Given option, String value) {
    files =
        switch (option.name()) {
          case "o" -> files.withOutput(value);
          case "oo" -> files.withOutput(value).withAppend(false);
          case "e" -> files.withError(value);
          case "eo" -> files.withError(value).withAppend(false);
          default -> files.withInput(value);
        };
  }

  private void begin(BsubDirective.Given option, String value) {
    Optional<BeginTime> begin = LsfValues.begin(value);
    if (begin.isPresent()) {
      request.begin(begin.get());
    } else if (LsfValues.isTime(value)) {
      notes.nativeOption(option, option.value());
    } else {
      notes.refused(option, value, "a time such as 20:00, 24:20:00 or 2026:11:24:20:00");
    }
  }

  private void dependency(BsubDirective.Given option, String value) {
    Optional<List<Dependency>> dependencies = LsfDependencies.read(value);
    if (dependencies.isPresent()) {
      request.dependencies(dependencies.get());
    } else {
      notes.nativeOption(option, option.value());
    }
  }

  private void environment(BsubDirective.Given option, String value) {
    LsfEnvironment.read(value)
        .ifPresentOrElse(request::environment, () -> notes.nativeOption(option, option.value()));
  }

  private boolean name(BsubDirective.Given option, String value) {
    LsfJobName name = LsfJobName.read(value);
    name.problem().ifPresent(problem -> notes.error(option, problem));
    if (name.array().isEmpty()) {
      request.name(name.problem().isPresent() ? name.name() : value);
      return false;
    }
    request.array(name.array().get());
    if (!name.name().isEmpty()) {
      request.name(name.name());
      parts.add(LsfParts.whole(option, RequestPart.NAME));
    }
    int open = name.name().length();
    parts.add(LsfParts.piece(option, open, value.substring(open), RequestPart.ARRAY));
    return true;
  }

  /** The speed of a host by which a limit is counted has no neutral form. */
  private boolean runLimit(BsubDirective.Given option, String value) {
    int slash = value.indexOf('/');
    Optional<Duration> time = LsfValues.runLimit(slash < 0 ? value : value.substring(0, slash));
    if (time.isEmpty() || time.get().isZero()) {
      notes.refused(option, value, "minutes or hours:minutes");
      return false;
    }
    request.walltime(new Walltime.Limit(time.get()));
    if (slash < 0) {
      return false;
    }
    parts.add(LsfParts.whole(option, RequestPart.WALLTIME));
    parts.add(LsfParts.piece(option, slash, value.substring(slash), RequestPart.NATIVE));
    notes.nativeOption(option, option.value());
    return true;
  }
}
