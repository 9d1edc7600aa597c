package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.condatainer.script.Diagnostic;

/**
 * The user's overrides over the directives of a script. An option of qsub's command line goes over
 * the directive's, but resources are merged one by one and {@code select} excludes the older
 * spellings; so the resources that an override changes are written anew as chunks.
 */
final class PbsAmendment {
  /** What {@code select} says, in any spelling. */
  private static final Set<String> CHUNK_RESOURCES =
      Set.of("select", "nodes", "ncpus", "mem", "pmem", "ngpus", "procs");

  /**
   * A job starts in the user's home folder (qsub(1B)), and everywhere else in the folder of the
   * submit. The line is a command: it stands behind the last directive.
   */
  static final String TO_THE_SUBMIT_FOLDER = "cd -- \"${PBS_O_WORKDIR:?}\" || exit 1";

  private final Overrides overrides;
  private final List<Diagnostic> diagnostics;
  private final boolean chunksChange;

  PbsAmendment(Overrides overrides, List<Diagnostic> diagnostics) {
    this.overrides = overrides;
    this.diagnostics = diagnostics;
    this.chunksChange =
        overrides.cpusPerTask().isPresent()
            || overrides.memoryBytesPerTask().isPresent()
            || !overrides.gpus().isEmpty();
  }

  Amendment of(List<QsubDirective> directives, PbsRequest read) {
    JobRequest written = read.build();
    List<String> lines = new ArrayList<>();
    for (QsubDirective directive : directives) {
      addLines(directive, lines);
    }
    List<String> options = new ArrayList<>();
    overrides
        .name()
        .ifPresent(
            name -> {
              String legal = PbsName.legal(name);
              if (!legal.equals(name)) {
                diagnostics.add(
                    Diagnostic.warning(
                        0, 0, "qsub takes letters, digits and ._+- in a name: " + legal));
              }
              options.addAll(List.of("-N", legal));
            });
    if (chunksChange) {
      options.addAll(List.of("-l", "select=" + Chunk.text(chunks(read.resources().chunks()))));
    }
    if (overrides.walltime().orElse(null) instanceof Walltime.Limit limit) {
      options.addAll(List.of("-l", "walltime=" + PbsValues.time(limit.duration())));
    }
    JobRequest request = amended(written);
    files(request.files(), lines, options);
    array(options);
    dependencies(directives, written, request, options);
    if (overrides.held()) {
      options.add("-h");
    }
    return new Amendment(lines, options, request, diagnostics);
  }

  private void addLines(QsubDirective directive, List<String> lines) {
    String whole = QsubDirective.PREFIX + directive.line().text();
    StringBuilder rest = new StringBuilder();
    boolean setAside = false;
    for (QsubDirective.Given option : directive.options()) {
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
      lines.add(QsubDirective.PREFIX + rest);
    }
  }

  /** What stays of an option, empty for nothing. */
  private Optional<String> kept(QsubDirective.Given option) {
    String value = option.value().orElse("");
    boolean contradicted =
        switch (option.letter()) {
          case 'N' -> overrides.name().isPresent();
          case 'o' -> overrides.output().isPresent() || PbsOutputName.needsTheScript(value);
          case 'e' -> overrides.error().isPresent() || PbsOutputName.needsTheScript(value);
          case 'j' -> overrides.error().isPresent();
          case 'J', 't' -> overrides.array().isPresent();
          default -> false;
        };
    if (contradicted) {
      return Optional.empty();
    }
    if (option.letter() == 'W' && !overrides.dependencies().isEmpty()) {
      return value.startsWith("depend=") ? Optional.empty() : Optional.of(option.text());
    }
    return option.letter() == 'l' ? keptResources(option, value) : Optional.of(option.text());
  }

  private Optional<String> keptResources(QsubDirective.Given option, String value) {
    List<String> kept = new ArrayList<>();
    boolean all = true;
    for (String item : value.split(",", -1)) {
      String name = item.indexOf('=') < 0 ? item : item.substring(0, item.indexOf('='));
      boolean contradicted =
          (chunksChange && CHUNK_RESOURCES.contains(name))
              || (overrides.walltime().isPresent() && name.equals("walltime"));
      all &= !contradicted;
      if (!contradicted) {
        kept.add(item);
      }
    }
    if (all) {
      return Optional.of(option.text());
    }
    return kept.isEmpty() ? Optional.empty() : Optional.of("-l " + String.join(",", kept));
  }

  private List<Chunk> chunks(List<Chunk> written) {
    List<Chunk> chunks = new ArrayList<>();
    for (Chunk chunk : written) {
      Chunk changed = chunk;
      int tasks = chunk.tasks();
      if (overrides.cpusPerTask().isPresent()) {
        int cpus = overrides.cpusPerTask().getAsInt();
        changed = changed.with("ncpus", Integer.toString(tasks * cpus));
        if (chunk.values().containsKey("ompthreads")) {
          changed = changed.with("ompthreads", Integer.toString(cpus));
        }
      }
      if (overrides.memoryBytesPerTask().isPresent()) {
        long bytes = overrides.memoryBytesPerTask().getAsLong() * tasks;
        changed = changed.with("mem", PbsValues.size(bytes));
      }
      if (!overrides.gpus().isEmpty()) {
        changed = changed.with("ngpus", Long.toString(gpus()));
      }
      chunks.add(changed);
    }
    return chunks;
  }

  private long gpus() {
    long count = 0;
    for (GpuRequest gpu : overrides.gpus()) {
      count += gpu.count();
      if (gpu.type().isPresent()) {
        diagnostics.add(
            Diagnostic.warning(
                0,
                0,
                "PBS has no resource of its own for the GPU type "
                    + gpu.type().get()
                    + "; it is left out"));
      }
    }
    return count;
  }

  private JobRequest amended(JobRequest written) {
    JobRequest.Builder request = written.toBuilder();
    overrides.name().ifPresent(request::name);
    overrides.walltime().ifPresent(request::walltime);
    overrides.array().ifPresent(request::array);
    Resources resources = written.resources();
    if (overrides.cpusPerTask().isPresent()) {
      resources = resources.withCpusPerTask(overrides.cpusPerTask().getAsInt());
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      resources =
          resources.withMemory(
              new Memory(overrides.memoryBytesPerTask().getAsLong(), Memory.Scope.PER_TASK));
    }
    if (!overrides.gpus().isEmpty()) {
      resources = resources.withGpus(overrides.gpus());
    }
    List<Dependency> dependencies = new ArrayList<>(written.dependencies());
    dependencies.addAll(overrides.dependencies());
    OutputFiles files = written.files();
    return request
        .resources(resources)
        .dependencies(dependencies)
        .held(written.held() || overrides.held())
        .files(
            new OutputFiles(
                overrides.output().or(files::output),
                overrides.error().or(files::error),
                files.input(),
                files.append()))
        .build();
  }

  /**
   * The output files and the start in the submit folder. A name that PBS cannot fill in is written
   * by the batch script itself, and PBS's own file goes nowhere.
   */
  private void files(OutputFiles files, List<String> lines, List<String> options) {
    boolean ownOutput = files.output().map(PbsOutputName::needsTheScript).orElse(false);
    boolean ownError = files.error().map(PbsOutputName::needsTheScript).orElse(false);
    if (overrides.output().isPresent() && !ownOutput) {
      options.addAll(List.of("-o", overrides.output().get()));
    }
    if (overrides.error().isPresent() && !ownError) {
      options.addAll(List.of("-e", overrides.error().get()));
    } else if (overrides.output().isPresent() && files.error().isEmpty()) {
      options.addAll(List.of("-j", "oe"));
    }
    lines.add(TO_THE_SUBMIT_FOLDER);
    if (ownOutput) {
      options.addAll(List.of("-o", "/dev/null"));
      lines.add(
          "exec >"
              + PbsOutputName.shellWord(files.output().get())
              + (files.error().isEmpty() ? " 2>&1" : ""));
    }
    if (ownError) {
      options.addAll(List.of("-e", "/dev/null"));
      lines.add("exec 2>" + PbsOutputName.shellWord(files.error().get()));
    }
  }

  private void array(List<String> options) {
    if (overrides.array().isEmpty()) {
      return;
    }
    if (overrides.array().get().ranges().size() > 1) {
      diagnostics.add(Diagnostic.error(0, 0, "PBS takes one range of indexes in an array"));
    } else if (overrides.array().get().count() > 1) {
      String limit =
          overrides.array().get().limit().isPresent()
              ? "%" + overrides.array().get().limit().getAsInt()
              : "";
      options.addAll(List.of("-J", overrides.array().get().ranges().get(0) + limit));
    }
  }

  private void dependencies(
      List<QsubDirective> directives,
      JobRequest written,
      JobRequest request,
      List<String> options) {
    if (overrides.dependencies().isEmpty()) {
      return;
    }
    for (QsubDirective directive : directives) {
      for (QsubDirective.Given option : directive.options()) {
        String value = option.value().orElse("");
        boolean readable = !written.dependencies().isEmpty() && value.startsWith("depend=");
        if (option.letter() == 'W' && value.contains("depend=") && !readable) {
          diagnostics.add(
              Diagnostic.error(
                  option.line(),
                  option.column(),
                  "this dependency cannot be joined with one on the command line;"
                      + " say all of it in one place"));
        }
      }
    }
    options.addAll(List.of("-W", "depend=" + PbsDependencies.write(request.dependencies())));
  }
}
