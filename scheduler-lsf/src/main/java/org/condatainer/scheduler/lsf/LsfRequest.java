package org.condatainer.scheduler.lsf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.NativeOption;
import org.condatainer.job.NodeCount;
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

  private final LsfSite site;
  private final int slotsOfTask;
  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts = new ArrayList<>();
  private final JobRequest.Builder request = JobRequest.empty().toBuilder();
  private final List<NativeOption> nativeOptions = new ArrayList<>();
  private final Set<String> given = new HashSet<>();
  private final LsfMemoryLimit limit;
  private final Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
  private List<Resources> components = List.of();
  private Resources resources = Resources.none();
  private OptionalInt tasks = OptionalInt.empty();
  private OutputFiles files = OutputFiles.defaults();
  private Optional<String> mailAddress = Optional.empty();

  LsfRequest(LsfSite site, int slotsOfTask, List<Diagnostic> diagnostics) {
    this.site = site;
    this.slotsOfTask = slotsOfTask;
    this.diagnostics = diagnostics;
    this.limit = new LsfMemoryLimit(site, parts, diagnostics);
  }

  JobRequest build() {
    if (tasks.isPresent()) {
      resources = resources.withTasks(tasks.getAsInt());
    }
    List<Resources> all = new ArrayList<>();
    long rest = tasks.orElse(0);
    for (Resources component : components) {
      rest -= component.tasks().orElse(0);
    }
    for (Resources component : components) {
      boolean takesRest = component.tasks().isEmpty() && rest > 0;
      all.add(takesRest ? component.withTasks((int) rest) : component);
    }
    if (all.isEmpty()) {
      boolean limited = resources.memory().isEmpty() && limit.amount().isPresent();
      Resources read = SlotRequest.byTasks(resources, slotsOfTask);
      all.add(limited ? read.withMemory(limit.amount().get()) : read);
    } else if (resources.exclusive() || !resources.gpus().isEmpty()) {
      Resources first = all.get(0).withExclusive(resources.exclusive());
      all.set(0, resources.gpus().isEmpty() ? first : first.withGpus(resources.gpus()));
    }
    if (!events.isEmpty() || mailAddress.isPresent()) {
      request.mail(new Mail(events, mailAddress));
    }
    return request
        .resources(all.get(0))
        .furtherComponents(all.subList(1, all.size()))
        .files(files)
        .nativeOptions(nativeOptions)
        .build();
  }

  /**
   * The request for a scheduler at which one figure is both what is reserved and the limit: the
   * larger, by host or slot as the reservation is, and the pieces of both say so.
   */
  JobRequest buildForAnother() {
    if (limit.amount().isEmpty() || resources.memory().isEmpty() || !components.isEmpty()) {
      return build();
    }
    resources = resources.withMemory(limit.and(resources.memory().get()));
    return build();
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
    hole.ifPresent(found -> error(option, "nothing was filled in for " + found));
    if (!given.add(option.name()) && FIRST_COUNTS.contains(option.name())) {
      diagnostics.add(
          Diagnostic.warning(
              option.line(),
              option.column(),
              "-" + option.name() + " is given twice; bsub takes the first"));
      parts.add(LsfParts.whole(option, LsfParts.of(option.name())));
      return;
    }
    int nativesBefore = nativeOptions.size();
    if (!read(option, value)) {
      // What it waits for stays that, in whatever words, so that nobody takes it for nothing.
      boolean becameNative = nativeOptions.size() > nativesBefore && !option.name().equals("w");
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
      case "x" -> resources = resources.withExclusive(true);
      case "r" -> request.requeue(true);
      case "rn" -> request.requeue(false);
      case "B" -> events.add(Mail.Event.BEGIN);
      case "N" -> events.add(Mail.Event.END);
      case "Ne" -> events.add(Mail.Event.FAIL);
      case "u" -> mailAddress = Optional.of(value);
      case "o", "oo", "e", "eo", "i", "is" -> file(option, value);
      case "nnodes" -> nodes(option, value);
      case "b" -> begin(option, value);
      case "w" -> dependency(option, value);
      case "env" -> environment(option, value);
      case "J" -> {
        return name(option, value);
      }
      case "n" -> {
        return slots(option, value);
      }
      case "W" -> {
        return runLimit(option, value);
      }
      case "M" -> {
        return limit(option, value);
      }
      case "R" -> {
        return requirement(option, value);
      }
      case "gpu" -> {
        return gpus(option, value);
      }
      case "K" -> {
        diagnostics.add(
            Diagnostic.warning(
                option.line(),
                option.column(),
                "-K makes bsub wait for the job's end, and is set aside"));
        nativeOption(option, option.value());
      }
      case "h", "V" -> error(option, "bsub prints a text and submits nothing");
      default -> {
        if (BsubOption.INTERACTIVE.contains(option.name())) {
          error(
              option,
              "a batch run cannot be interactive: bsub would wait for the job here; remove -"
                  + option.name());
        }
        nativeOption(option, option.value());
      }
    }
    return false;
  }

  private void nativeOption(BsubDirective.Given option, Optional<String> value) {
    nativeOptions.add(new NativeOption(option.name(), value, option.line(), option.column()));
  }

  private void error(BsubDirective.Given option, String what) {
    diagnostics.add(
        Diagnostic.error(option.line(), option.column(), "-" + option.name() + ": " + what));
  }

  private void refused(BsubDirective.Given option, String value, String forms) {
    error(option, "\"" + value + "\" is not " + forms);
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

  private void nodes(BsubDirective.Given option, String value) {
    OptionalInt count = LsfValues.count(value);
    if (count.isEmpty()) {
      refused(option, value, "a number of nodes");
    } else {
      resources = resources.withNodes(NodeCount.exactly(count.getAsInt()));
    }
  }

  private void begin(BsubDirective.Given option, String value) {
    Optional<BeginTime> begin = LsfValues.begin(value);
    if (begin.isPresent()) {
      request.begin(begin.get());
    } else if (LsfValues.isTime(value)) {
      nativeOption(option, option.value());
    } else {
      refused(option, value, "a time such as 20:00, 24:20:00 or 2026:11:24:20:00");
    }
  }

  private void dependency(BsubDirective.Given option, String value) {
    Optional<List<Dependency>> dependencies = LsfDependencies.read(value);
    if (dependencies.isPresent()) {
      request.dependencies(dependencies.get());
    } else {
      nativeOption(option, option.value());
    }
  }

  private void environment(BsubDirective.Given option, String value) {
    LsfEnvironment.read(value)
        .ifPresentOrElse(request::environment, () -> nativeOption(option, option.value()));
  }

  private boolean name(BsubDirective.Given option, String value) {
    LsfJobName name = LsfJobName.read(value);
    name.problem().ifPresent(problem -> error(option, problem));
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

  /** The most of {@code -n least,most} has no neutral form. */
  private boolean slots(BsubDirective.Given option, String value) {
    int comma = value.indexOf(',');
    String first = comma < 0 ? value : value.substring(0, comma);
    OptionalInt least = comma == 0 ? OptionalInt.of(1) : LsfValues.count(first.strip());
    boolean right = least.isPresent();
    if (comma >= 0 && comma + 1 < value.length()) {
      OptionalInt most = LsfValues.count(value.substring(comma + 1).strip());
      right = right && most.isPresent() && most.getAsInt() >= least.getAsInt();
    }
    if (!right) {
      refused(option, value, "a number of slots such as 4 or 2,4");
      return false;
    }
    tasks = least;
    if (comma < 0) {
      return false;
    }
    parts.add(LsfParts.whole(option, RequestPart.TASKS));
    parts.add(LsfParts.piece(option, comma, value.substring(comma), RequestPart.NATIVE));
    nativeOption(option, option.value());
    return true;
  }

  /** The speed of a host by which a limit is counted has no neutral form. */
  private boolean runLimit(BsubDirective.Given option, String value) {
    int slash = value.indexOf('/');
    Optional<Duration> time = LsfValues.runLimit(slash < 0 ? value : value.substring(0, slash));
    if (time.isEmpty() || time.get().isZero()) {
      refused(option, value, "minutes or hours:minutes");
      return false;
    }
    request.walltime(new Walltime.Limit(time.get()));
    if (slash < 0) {
      return false;
    }
    parts.add(LsfParts.whole(option, RequestPart.WALLTIME));
    parts.add(LsfParts.piece(option, slash, value.substring(slash), RequestPart.NATIVE));
    nativeOption(option, option.value());
    return true;
  }

  private boolean limit(BsubDirective.Given option, String value) {
    if (!limit.read(option, value)) {
      refused(option, value, "an amount of memory such as 8GB, or a number of the site's units");
      return false;
    }
    if (LsfMemoryLimit.isHard(value)) {
      nativeOption(option, option.value());
    }
    return true;
  }

  private boolean requirement(BsubDirective.Given option, String value) {
    RequirementReading reading = new RequirementReading(option, site, parts, diagnostics);
    if (!ResourceRequirement.isCompound(value)) {
      resources = reading.read(value, 0, resources);
    } else {
      Optional<List<ResourceRequirement.Term>> terms = ResourceRequirement.terms(value);
      if (terms.isEmpty()) {
        nativeOption(option, option.value());
        return false;
      }
      List<Resources> all = new ArrayList<>();
      for (ResourceRequirement.Term term : terms.get()) {
        Resources one = reading.read(term.body(), term.bodyOffset(), Resources.none());
        all.add(term.count().isPresent() ? one.withTasks(term.count().getAsInt()) : one);
      }
      components = all;
      parts.add(LsfParts.whole(option, RequestPart.COMPONENTS));
    }
    for (String other : reading.others()) {
      nativeOption(option, Optional.of(other));
    }
    return true;
  }

  private boolean gpus(BsubDirective.Given option, String value) {
    GpuRequirement gpus = GpuRequirement.read(value);
    gpus.pieces().forEach(piece -> parts.add(piece.at(option)));
    if (gpus.gpus().isEmpty()) {
      refused(option, value, "a number of GPUs such as num=2 or num=2/task");
      return true;
    }
    List<GpuRequest> all = List.of(gpus.gpus().get());
    resources = resources.withGpus(all);
    if (gpus.others().isPresent()) {
      nativeOption(option, gpus.others());
    }
    return true;
  }
}
