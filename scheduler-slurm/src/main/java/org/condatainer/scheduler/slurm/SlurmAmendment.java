package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.Diagnostic;

/**
 * The user's overrides over the directives of a script. An option on sbatch's command line goes
 * over the same option of a directive, but not over another that contradicts it ({@code --mem}
 * beside {@code --mem-per-cpu} is refused); so what is contradicted is commented out.
 */
final class SlurmAmendment {
  private final Overrides overrides;
  private final Set<String> contradicted = new HashSet<>();
  private final List<Diagnostic> diagnostics;

  SlurmAmendment(Overrides overrides, List<Diagnostic> diagnostics) {
    this.overrides = overrides;
    this.diagnostics = diagnostics;
    contradict();
  }

  private void contradict() {
    if (overrides.name().isPresent()) {
      contradicted.add("job-name");
    }
    if (overrides.cpusPerTask().isPresent()) {
      contradicted.addAll(List.of("cpus-per-task", "cpus-per-gpu"));
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      contradicted.addAll(List.of("mem", "mem-per-cpu", "mem-per-gpu"));
    }
    if (overrides.walltime().isPresent()) {
      contradicted.add("time");
    }
    if (!overrides.gpus().isEmpty()) {
      contradicted.addAll(List.of("gpus", "gpus-per-node", "gpus-per-task", "gpus-per-socket"));
    }
    if (overrides.output().isPresent()) {
      contradicted.add("output");
    }
    if (overrides.error().isPresent()) {
      contradicted.add("error");
    }
    if (overrides.array().isPresent()) {
      contradicted.add("array");
    }
    if (!overrides.dependencies().isEmpty()) {
      contradicted.add("dependency");
    }
  }

  Amendment of(List<SbatchDirective> directives, JobRequest written) {
    refuseForHeterogeneousJob(written);
    List<String> lines = new ArrayList<>();
    for (SbatchDirective directive : directives) {
      addLines(directive, lines);
    }
    List<Dependency> dependencies = dependencies(directives, written);
    JobRequest request = amended(written, dependencies);
    return new Amendment(lines, options(request, dependencies), request, diagnostics);
  }

  /** What sbatch is told on its command line holds for every component, each with other needs. */
  private void refuseForHeterogeneousJob(JobRequest written) {
    boolean resources =
        overrides.cpusPerTask().isPresent()
            || overrides.memoryBytesPerTask().isPresent()
            || !overrides.gpus().isEmpty();
    if (resources && !written.furtherComponents().isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              0,
              0,
              "CPUs, memory and GPUs cannot be given over a heterogeneous job: sbatch would give"
                  + " them to each of its components; change the script's directives"));
    }
  }

  private void addLines(SbatchDirective directive, List<String> lines) {
    String whole = SbatchDirective.PREFIX + directive.line().text();
    StringBuilder rest = new StringBuilder();
    boolean setAside = false;
    for (SbatchDirective.Given option : directive.options()) {
      Optional<String> kept = kept(option);
      setAside |= kept.isEmpty() || !kept.get().equals(option.text());
      kept.ifPresent(text -> rest.append(' ').append(text));
    }
    if (!setAside) {
      lines.add(whole);
      return;
    }
    lines.add("#" + whole);
    if (!rest.isEmpty()) {
      lines.add(SbatchDirective.PREFIX + rest);
    }
  }

  /** What stays of an option, empty for nothing. */
  private Optional<String> kept(SbatchDirective.Given option) {
    if (option.name().equals("wait")) {
      diagnostics.add(
          Diagnostic.warning(
              option.line(),
              option.column(),
              "--wait makes sbatch wait for the job's end, and is set aside"));
      return Optional.empty();
    }
    if (option.name().equals("test-only")) {
      diagnostics.add(
          Diagnostic.error(
              option.line(),
              option.column(),
              "--test-only submits nothing: take it out, or let sbatch read the script"));
    }
    if (contradicted.contains(option.name()) || isTimeMinAbove(option)) {
      return Optional.empty();
    }
    if (!option.name().equals("gres") || overrides.gpus().isEmpty()) {
      return Optional.of(option.text());
    }
    StringBuilder others = new StringBuilder();
    boolean gpu = false;
    for (String part : option.value().orElse("").split(",", -1)) {
      if (SlurmGpus.isGpu(part)) {
        gpu = true;
      } else {
        others.append(others.isEmpty() ? "" : ",").append(part);
      }
    }
    if (!gpu) {
      return Optional.of(option.text());
    }
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of("--gres=" + SbatchDirective.quoted(others.toString()));
  }

  /** Slurm refuses a time limit below the script's {@code --time-min}. */
  private boolean isTimeMinAbove(SbatchDirective.Given option) {
    if (!option.name().equals("time-min")
        || !(overrides.walltime().orElse(null) instanceof Walltime.Limit limit)) {
      return false;
    }
    Optional<Walltime> min = SlurmValues.time(option.value().orElse(""));
    return min.isPresent()
        && min.get() instanceof Walltime.Limit least
        && least.duration().compareTo(limit.duration()) > 0;
  }

  /** What the script and the user say to wait for, all of it; only the script's alone is empty. */
  private List<Dependency> dependencies(List<SbatchDirective> directives, JobRequest written) {
    if (overrides.dependencies().isEmpty()) {
      return List.of();
    }
    for (SbatchDirective directive : directives) {
      for (SbatchDirective.Given option : directive.options()) {
        if (option.name().equals("dependency")
            && SlurmDependencies.read(option.value().orElse("")).isEmpty()) {
          diagnostics.add(
              Diagnostic.error(
                  option.line(),
                  option.column(),
                  "this dependency cannot be joined with one on the command line;"
                      + " say all of it in one place"));
        }
      }
    }
    List<Dependency> all = new ArrayList<>(written.dependencies());
    String cluster = value(written.nativeOptions(), "clusters").orElse("");
    for (Dependency dependency : overrides.dependencies()) {
      List<JobId> jobs = new ArrayList<>();
      dependency.jobs().forEach(job -> jobs.add(onCluster(job.value(), cluster)));
      all.add(new Dependency(dependency.condition(), jobs));
    }
    return all;
  }

  /**
   * A job waits for jobs of its own cluster only, which sbatch is told by their numbers.
   *
   * @param id perhaps with its cluster, {@code 123;cluster}, as a submit with {@code -M} gave it
   */
  private JobId onCluster(String id, String cluster) {
    int semicolon = id.indexOf(';');
    if (semicolon < 1) {
      return JobId.of(id);
    }
    if (!id.substring(semicolon + 1).equals(cluster)) {
      diagnostics.add(
          Diagnostic.error(
              0,
              0,
              "job "
                  + id
                  + " is of another cluster than this one, as far as the script tells (-M), and a"
                  + " job waits for those of its own only; leave out what follows the number if it"
                  + " is the same"));
    }
    return JobId.of(id.substring(0, semicolon));
  }

  private List<String> options(JobRequest request, List<Dependency> dependencies) {
    List<String> options = new ArrayList<>();
    overrides.name().ifPresent(name -> options.add("--job-name=" + name));
    if (overrides.cpusPerTask().isPresent()) {
      options.add("--cpus-per-task=" + overrides.cpusPerTask().getAsInt());
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      Memory memory = request.resources().memory().orElseThrow();
      String name = memory.scope() == Memory.Scope.PER_CPU ? "--mem-per-cpu=" : "--mem=";
      options.add(name + memory.mebibytes() + "M");
    }
    overrides.walltime().ifPresent(limit -> options.add("--time=" + SlurmValues.time(limit)));
    if (!overrides.gpus().isEmpty()) {
      options.add("--gpus-per-node=" + gpus());
    }
    overrides.output().ifPresent(file -> options.add("--output=" + file));
    overrides.error().ifPresent(file -> options.add("--error=" + file));
    overrides.array().ifPresent(array -> options.add("--array=" + SlurmValues.array(array)));
    if (!dependencies.isEmpty()) {
      options.add("--dependency=" + SlurmDependencies.write(dependencies));
    }
    if (overrides.held()) {
      options.add("--hold");
    }
    return options;
  }

  private String gpus() {
    StringBuilder text = new StringBuilder();
    for (GpuRequest gpu : overrides.gpus()) {
      text.append(text.isEmpty() ? "" : ",")
          .append(gpu.type().map(type -> type + ":").orElse(""))
          .append(gpu.count());
    }
    return text.toString();
  }

  private JobRequest amended(JobRequest written, List<Dependency> dependencies) {
    JobRequest.Builder request = written.toBuilder();
    Resources resources = written.resources();
    overrides.name().ifPresent(request::name);
    overrides.walltime().ifPresent(request::walltime);
    overrides.array().ifPresent(request::array);
    if (overrides.cpusPerTask().isPresent()) {
      resources = resources.withCpusPerTask(overrides.cpusPerTask().getAsInt());
    }
    if (!overrides.gpus().isEmpty()) {
      resources = resources.withGpus(overrides.gpus());
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      resources =
          resources.withMemory(SlurmTaskMemory.of(overrides, resources, written.nativeOptions()));
    }
    if (!dependencies.isEmpty()) {
      request.dependencies(dependencies);
    }
    OutputFiles files = written.files();
    request.files(
        new OutputFiles(
            overrides.output().or(files::output),
            overrides.error().or(files::error),
            files.input(),
            files.append()));
    return request.resources(resources).held(written.held() || overrides.held()).build();
  }

  /** What the last option of a name says. */
  static Optional<String> value(List<NativeOption> options, String name) {
    Optional<String> value = Optional.empty();
    for (NativeOption option : options) {
      if (option.name().equals(name)) {
        value = option.value();
      }
    }
    return value;
  }
}
