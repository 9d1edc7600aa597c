package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/**
 * Collects what options of bsub ask for of hosts: {@code -n}, {@code -R}, {@code -M}, {@code -gpu},
 * {@code -nnodes}, {@code -x}. Those that return a boolean tell whether their pieces are in the
 * list already.
 */
final class LsfResources {
  private final LsfSite site;
  private final int slotsOfTask;
  private final List<DirectivePart> parts;
  private final List<Diagnostic> diagnostics;
  private final BsubNotes notes;
  private final LsfMemoryLimit limit;
  private List<Resources> components = List.of();
  private Resources resources = Resources.none();
  private OptionalInt tasks = OptionalInt.empty();

  LsfResources(
      LsfSite site,
      int slotsOfTask,
      List<DirectivePart> parts,
      List<Diagnostic> diagnostics,
      BsubNotes notes) {
    this.site = site;
    this.slotsOfTask = slotsOfTask;
    this.parts = parts;
    this.diagnostics = diagnostics;
    this.notes = notes;
    this.limit = new LsfMemoryLimit(site, parts, diagnostics);
  }

  /** One for each term of a compound requirement, at least one. */
  List<Resources> components() {
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
    return all;
  }

  /** The same where one figure is both what is reserved and the limit: the larger. */
  List<Resources> componentsForAnother() {
    if (limit.amount().isPresent() && resources.memory().isPresent() && components.isEmpty()) {
      resources = resources.withMemory(limit.and(resources.memory().get()));
    }
    return components();
  }

  void exclusive() {
    resources = resources.withExclusive(true);
  }

  void nodes(BsubDirective.Given option, String value) {
    OptionalInt count = LsfValues.count(value);
    if (count.isEmpty()) {
      notes.refused(option, value, "a number of nodes");
    } else {
      resources = resources.withNodes(NodeCount.exactly(count.getAsInt()));
    }
  }

  /** The most of {@code -n least,most} has no neutral form. */
  boolean slots(BsubDirective.Given option, String value) {
    int comma = value.indexOf(',');
    String first = comma < 0 ? value : value.substring(0, comma);
    OptionalInt least = comma == 0 ? OptionalInt.of(1) : LsfValues.count(first.strip());
    boolean right = least.isPresent();
    if (comma >= 0 && comma + 1 < value.length()) {
      OptionalInt most = LsfValues.count(value.substring(comma + 1).strip());
      right = right && most.isPresent() && most.getAsInt() >= least.getAsInt();
    }
    if (!right) {
      notes.refused(option, value, "a number of slots such as 4 or 2,4");
      return false;
    }
    tasks = least;
    if (comma < 0) {
      return false;
    }
    parts.add(LsfParts.whole(option, RequestPart.TASKS));
    parts.add(LsfParts.piece(option, comma, value.substring(comma), RequestPart.NATIVE));
    notes.nativeOption(option, option.value());
    return true;
  }

  boolean limit(BsubDirective.Given option, String value) {
    if (!limit.read(option, value)) {
      notes.refused(
          option, value, "an amount of memory such as 8GB, or a number of the site's units");
      return false;
    }
    if (LsfMemoryLimit.isHard(value)) {
      notes.nativeOption(option, option.value());
    }
    return true;
  }

  boolean requirement(BsubDirective.Given option, String value) {
    RequirementReading reading = new RequirementReading(option, site, parts, diagnostics);
    if (!ResourceRequirement.isCompound(value)) {
      resources = reading.read(value, 0, resources);
    } else {
      Optional<List<ResourceRequirement.Term>> terms = ResourceRequirement.terms(value);
      if (terms.isEmpty()) {
        notes.nativeOption(option, option.value());
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
      notes.nativeOption(option, Optional.of(other));
    }
    return true;
  }

  boolean gpus(BsubDirective.Given option, String value) {
    GpuRequirement gpus = GpuRequirement.read(value);
    gpus.pieces().forEach(piece -> parts.add(piece.at(option)));
    if (gpus.gpus().isEmpty()) {
      notes.refused(option, value, "a number of GPUs such as num=2 or num=2/task");
      return true;
    }
    List<GpuRequest> all = List.of(gpus.gpus().get());
    resources = resources.withGpus(all);
    if (gpus.others().isPresent()) {
      notes.nativeOption(option, gpus.others());
    }
    return true;
  }
}
