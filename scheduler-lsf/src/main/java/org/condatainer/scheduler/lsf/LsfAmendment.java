package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Product;
import org.condatainer.script.Diagnostic;

/**
 * The user's overrides over the directives of a script. An option on bsub's command line goes over
 * the same option of a directive; what is contradicted is commented out all the same, so that
 * nobody has to know that.
 */
final class LsfAmendment {
  private final LsfSite site;
  private final Overrides overrides;
  private final List<Diagnostic> diagnostics;
  private final List<BsubDirective> directives;
  private final JobRequest written;
  private final Set<String> contradicted = new HashSet<>();
  private final List<String> options = new ArrayList<>();

  LsfAmendment(
      LsfSite site,
      Overrides overrides,
      List<BsubDirective> directives,
      JobRequest written,
      List<Diagnostic> diagnostics) {
    this.site = site;
    this.overrides = overrides;
    this.directives = directives;
    this.written = written;
    this.diagnostics = diagnostics;
  }

  Amendment of() {
    contradicted.add("K"); // bsub would wait for the job's end.
    JobRequest.Builder request = written.toBuilder();
    nameAndArray(request);
    overrides.walltime().ifPresent(limit -> walltime(limit, request));
    request.resources(resources());
    request.files(files());
    dependencies(request);
    if (overrides.held()) {
      options.add("-H");
      request.held(true);
    }
    List<String> lines = new ArrayList<>();
    for (BsubDirective directive : directives) {
      addLines(directive, lines);
    }
    return new Amendment(lines, options, request.build(), diagnostics);
  }

  private void addLines(BsubDirective directive, List<String> lines) {
    String whole = directive.text();
    StringBuilder rest = new StringBuilder();
    boolean setAside = false;
    for (BsubDirective.Given option : directive.options()) {
      if (contradicted.contains(option.name())) {
        setAside = true;
      } else {
        rest.append(' ').append(option.text());
      }
    }
    lines.add(setAside ? "#" + whole : whole);
    if (setAside && !rest.isEmpty()) {
      lines.add("#BSUB" + rest);
    }
  }

  private void instead(String option, String value, String... contradictedOptions) {
    contradicted.addAll(List.of(contradictedOptions));
    options.add("-" + option);
    options.add(value);
  }

  private void nameAndArray(JobRequest.Builder request) {
    if (overrides.name().isEmpty() && overrides.array().isEmpty()) {
      return;
    }
    overrides.name().ifPresent(request::name);
    overrides.array().ifPresent(request::array);
    String name = overrides.name().or(written::name).orElse("array");
    String indexes = overrides.array().or(written::array).map(LsfJobName::indexes).orElse("");
    if (overrides.array().isPresent() && !LsfJobName.fits(overrides.array().get())) {
      diagnostics.add(Diagnostic.error(0, 0, "the indexes of an array of LSF begin at 1"));
    }
    if (indexes.isEmpty() && LsfJobName.read(name).array().isPresent()) {
      diagnostics.add(
          Diagnostic.error(0, 0, "the name \"" + name + "\" would make an array; take another"));
    }
    instead("J", name + indexes, "J");
  }

  private void walltime(Walltime walltime, JobRequest.Builder request) {
    request.walltime(walltime);
    contradicted.add("W");
    if (walltime instanceof Walltime.Limit limit) {
      options.add("-W");
      options.add(LsfValues.runLimit(limit.duration()));
    }
  }

  private List<String> requirements() {
    List<String> values = new ArrayList<>();
    for (BsubDirective directive : directives) {
      for (BsubDirective.Given option : directive.options()) {
        if (option.name().equals("R")) {
          values.add(option.value().orElse(""));
        }
      }
    }
    return values;
  }

  private Resources resources() {
    Resources resources = written.resources();
    boolean memory = overrides.memoryBytesPerTask().isPresent();
    boolean cpus = overrides.cpusPerTask().isPresent();
    if (!memory && !cpus && overrides.gpus().isEmpty()) {
      return resources;
    }
    Optional<MergedRequirement> all = MergedRequirement.of(requirements());
    if (all.isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              0,
              0,
              "CPUs, memory and GPUs cannot be given over a compound or broken -R; change the"
                  + " script's directives"));
      return resources;
    }
    MergedRequirement requirement = all.get();
    String before = requirement.text();
    boolean affinity = requirement.has("affinity");
    if (cpus) {
      resources = cpus(resources, requirement, affinity);
    }
    if (memory) {
      resources = memory(resources, requirement, affinity);
    }
    if (!overrides.gpus().isEmpty()) {
      resources = gpus(resources, requirement);
    }
    if (!requirement.text().equals(before)) {
      contradicted.add("R");
      if (!requirement.text().isEmpty()) {
        options.add("-R");
        options.add(requirement.text());
      }
    }
    return resources;
  }

  private Resources cpus(Resources before, MergedRequirement requirement, boolean affinity) {
    int count = overrides.cpusPerTask().getAsInt();
    Resources resources = before.withCpusPerTask(count);
    if (affinity) {
      requirement.put("affinity", "core(" + count + ")");
      return resources;
    }
    SlotRequest slots = SlotRequest.of(resources);
    instead("n", Integer.toString(slots.slots().orElse(count)), "n");
    slots
        .span()
        .ifPresent(
            span -> requirement.put("span", span.substring("span[".length(), span.length() - 1)));
    return resources;
  }

  private Resources memory(Resources before, MergedRequirement requirement, boolean affinity) {
    long bytes = overrides.memoryBytesPerTask().getAsLong();
    Memory memory = new Memory(bytes, Memory.Scope.PER_TASK);
    SlotRequest slots = SlotRequest.of(affinity ? withoutCpus(before) : before);
    requirement.withoutUsage("mem");
    slots
        .memory(memory, before)
        .ifPresent(
            reservation -> {
              requirement.withUsage(reservation.text());
              if (slots.tasks() > 1) {
                diagnostics.add(
                    Diagnostic.note(
                        0, 0, "rusage[" + reservation.text() + "]: " + reservation.rule()));
              }
            });
    if (isGiven("M")) {
      boolean ofJob = site.limitScope() == Memory.Scope.PER_JOB;
      instead("M", LsfValues.memory(ofJob ? Product.of(bytes, (long) slots.tasks()) : bytes), "M");
    }
    return before.withMemory(memory);
  }

  private static Resources withoutCpus(Resources resources) {
    return new Resources(
        resources.nodes(),
        resources.tasks(),
        resources.tasksPerNode(),
        OptionalInt.empty(),
        resources.memory(),
        resources.gpus(),
        resources.scratchBytes(),
        resources.exclusive());
  }

  private boolean isGiven(String name) {
    for (BsubDirective directive : directives) {
      for (BsubDirective.Given option : directive.options()) {
        if (option.name().equals(name)) {
          return true;
        }
      }
    }
    return false;
  }

  private Resources gpus(Resources before, MergedRequirement requirement) {
    List<GpuRequest> gpus = overrides.gpus();
    requirement.withoutUsage("ngpus_physical");
    requirement.withoutUsage("ngpus_excl_p");
    requirement.withoutUsage("ngpus");
    contradicted.add("gpu");
    if (gpus.size() > 1) {
      diagnostics.add(Diagnostic.error(0, 0, "-gpu asks for one model of GPU, not for several"));
    } else if (gpus.get(0).count() > 0) {
      options.add("-gpu");
      options.add(GpuRequirement.write(gpus.get(0)));
    }
    return before.withGpus(gpus);
  }

  private OutputFiles files() {
    OutputFiles files = written.files();
    boolean replace = files.append().isPresent() && !files.append().get();
    overrides.output().ifPresent(file -> instead(replace ? "oo" : "o", file, "o", "oo"));
    overrides.error().ifPresent(file -> instead(replace ? "eo" : "e", file, "e", "eo"));
    return new OutputFiles(
        overrides.output().or(files::output),
        overrides.error().or(files::error),
        files.input(),
        files.append());
  }

  /** What the script and the user say to wait for, all of it. */
  private void dependencies(JobRequest.Builder request) {
    if (overrides.dependencies().isEmpty()) {
      return;
    }
    List<Dependency> all = new ArrayList<>(written.dependencies());
    all.addAll(overrides.dependencies());
    request.dependencies(all);
    Optional<String> own = LsfDependencies.writeForArrays(overrides.dependencies());
    if (own.isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              0, 0, "a job to wait for is not written as LSF writes ids: 43 or 43[3]"));
      return;
    }
    String condition = own.get();
    for (BsubDirective directive : directives) {
      for (BsubDirective.Given option : directive.options()) {
        if (option.name().equals("w")) {
          condition = "(" + option.value().orElse("") + ") && " + own.get();
        }
      }
    }
    instead("w", condition, "w");
  }
}
