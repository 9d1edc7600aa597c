package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/** What the sections of one {@code -R} ask for. */
final class RequirementReading {
  private final BsubDirective.Given option;
  private final LsfSite site;
  private final List<DirectivePart> parts;
  private final List<Diagnostic> diagnostics;
  private final List<String> others = new ArrayList<>();

  RequirementReading(
      BsubDirective.Given option,
      LsfSite site,
      List<DirectivePart> parts,
      List<Diagnostic> diagnostics) {
    this.option = option;
    this.site = site;
    this.parts = parts;
    this.diagnostics = diagnostics;
  }

  /** What has no neutral form, section by section. */
  List<String> others() {
    return others;
  }

  /**
   * Adds what a text of sections asks for.
   *
   * @param offset where the text begins in the option's value
   */
  Resources read(String text, int offset, Resources before) {
    Optional<List<ResourceRequirement.Section>> sections = ResourceRequirement.sections(text);
    if (sections.isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              option.line(), option.column(), "-R: a bracket of \"" + text + "\" has no partner"));
      return before;
    }
    Resources resources = before;
    for (ResourceRequirement.Section section : sections.get()) {
      int body = offset + section.bodyOffset();
      resources =
          switch (section.name()) {
            case "rusage" -> usage(section, body, resources);
            case "span" -> span(section, offset, resources);
            case "affinity" -> affinity(section, offset, resources);
            default -> other(section, offset, resources);
          };
    }
    return resources;
  }

  private Resources other(ResourceRequirement.Section section, int offset, Resources resources) {
    return other(section.text(), offset + section.offset(), resources);
  }

  private Resources other(String text, int offset, Resources resources) {
    others.add(text);
    parts.add(LsfParts.piece(option, offset, text, RequestPart.NATIVE));
    return resources;
  }

  private void part(String text, int offset, RequestPart part) {
    parts.add(LsfParts.piece(option, offset, text, part));
  }

  private Resources usage(ResourceRequirement.Section section, int offset, Resources before) {
    if (section.body().contains("||")) {
      return other(section.text(), offset - "rusage[".length(), before);
    }
    Resources resources = before;
    StringBuilder rest = new StringBuilder();
    for (ResourceRequirement.Usage usage : ResourceRequirement.usages(section.body())) {
      int at = offset + usage.offset();
      Optional<Resources> with =
          switch (usage.name()) {
            case "mem" -> memory(usage, at, resources);
            case "tmp" -> scratch(usage, at, resources);
            case "ngpus_physical", "ngpus_excl_p", "ngpus" -> gpus(usage, at, resources);
            default -> Optional.empty();
          };
      if (with.isPresent()) {
        resources = with.get();
      } else if (!usage.text().isEmpty()) {
        part(usage.text(), at, RequestPart.NATIVE);
        rest.append(rest.isEmpty() ? "" : String.valueOf(usage.separator())).append(usage.text());
      }
    }
    if (!rest.isEmpty()) {
      others.add("rusage[" + rest + "]");
    }
    return resources;
  }

  private Optional<Resources> memory(
      ResourceRequirement.Usage usage, int offset, Resources resources) {
    int slash = usage.value().indexOf('/');
    String amount = slash < 0 ? usage.value() : usage.value().substring(0, slash);
    Memory.Scope scope =
        switch (slash < 0 ? "" : usage.value().substring(slash + 1)) {
          case "" -> site.reservationScope();
          case "host" -> Memory.Scope.PER_NODE;
          case "task", "slot" -> Memory.Scope.PER_TASK;
          case "job" -> Memory.Scope.PER_JOB;
          default -> null;
        };
    if (amount.startsWith("(") || scope == null) {
      return Optional.empty();
    }
    OptionalLong bytes = LsfValues.memory(amount, site.reservationUnit());
    if (bytes.isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              option.line(),
              option.valueColumn() + offset,
              "-R: \"" + usage.text() + "\" is not an amount of memory such as mem=4G"));
      return Optional.of(resources);
    }
    if (!LsfValues.hasUnit(amount)) {
      unitNote(option.valueColumn() + offset, usage.text(), site.reservationUnit());
    }
    part(usage.text(), offset, RequestPart.MEMORY);
    return Optional.of(resources.withMemory(new Memory(bytes.getAsLong(), scope)));
  }

  private void unitNote(int column, String text, long unit) {
    diagnostics.add(unitNote(option, column, text, unit));
  }

  /** Says which unit a number without one was read with. */
  static Diagnostic unitNote(BsubDirective.Given option, int column, String text, long unit) {
    return Diagnostic.note(
        option.line(),
        column,
        "\""
            + text
            + "\" has no unit and was read as "
            + LsfValues.memory(unit).substring(1)
            + "; a site may say otherwise with LSF_UNIT_FOR_LIMITS, so write the unit");
  }

  private Optional<Resources> scratch(
      ResourceRequirement.Usage usage, int offset, Resources resources) {
    OptionalLong bytes = LsfValues.memory(usage.value(), 1L << 20);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    part(usage.text(), offset, RequestPart.SCRATCH);
    return Optional.of(resources.withScratchBytes(bytes.getAsLong()));
  }

  private Optional<Resources> gpus(
      ResourceRequirement.Usage usage, int offset, Resources resources) {
    // LSF shows them with places behind a point, and so they are written down again: 1.00
    OptionalLong count = LsfValues.number(usage.value().replaceFirst("\\.0+$", ""));
    if (count.isEmpty()) {
      return Optional.empty();
    }
    part(usage.text(), offset, RequestPart.GPUS);
    return Optional.of(
        resources.withGpus(
            List.of(
                new GpuRequest(Optional.empty(), count.getAsLong(), GpuRequest.Scope.PER_NODE))));
  }

  private Resources span(ResourceRequirement.Section section, int offset, Resources resources) {
    String body = section.body().strip();
    if (body.equals("hosts=1")) {
      part(section.text(), offset + section.offset(), RequestPart.NODES);
      return resources.withNodes(NodeCount.exactly(1));
    }
    if (body.startsWith("ptile=")) {
      OptionalInt count = LsfValues.count(body.substring("ptile=".length()).strip());
      if (count.isPresent()) {
        part(section.text(), offset + section.offset(), RequestPart.TASKS_PER_NODE);
        return resources.withTasksPerNode(count.getAsInt());
      }
    }
    return other(section, offset, resources);
  }

  /** {@code core(4)}, {@code core(2)*2}: CPUs of each task; where they are bound is LSF's own. */
  private Resources affinity(ResourceRequirement.Section section, int offset, Resources resources) {
    String body = section.body().strip();
    int colon = body.indexOf(':');
    String unit = colon < 0 ? body : body.substring(0, colon);
    int star = unit.lastIndexOf('*');
    OptionalInt factor = star < 0 ? OptionalInt.of(1) : LsfValues.count(unit.substring(star + 1));
    String cores = star < 0 ? unit : unit.substring(0, star);
    boolean plain = cores.equals("core");
    if (factor.isEmpty() || !(plain || (cores.startsWith("core(") && cores.endsWith(")")))) {
      return other(section, offset, resources);
    }
    String inside = plain ? "1" : cores.substring("core(".length(), cores.length() - 1);
    int comma = inside.indexOf(',');
    OptionalInt count =
        LsfValues.count(comma < 0 ? inside.strip() : inside.substring(0, comma).strip());
    if (count.isEmpty() || (long) count.getAsInt() * factor.getAsInt() > Integer.MAX_VALUE) {
      return other(section, offset, resources);
    }
    part(section.text(), offset + section.offset(), RequestPart.CPUS_PER_TASK);
    if (colon >= 0 || comma >= 0) {
      other(section, offset, resources);
    }
    return resources.withCpusPerTask(count.getAsInt() * factor.getAsInt());
  }
}
