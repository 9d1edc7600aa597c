package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.pbs.QsubDirective.Given;
import org.condatainer.scheduler.pbs.QsubDirective.Place;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.ShellWords;

/**
 * The user's overrides over the directives of a script. An option of qsub's command line goes over
 * the directive's, but for resources, which are merged one by one. What only Torque's qsub takes is
 * said in PBS's words.
 */
final class PbsAmendment {
  /**
   * A job starts in the user's home folder (qsub(1B)), and everywhere else in the folder of the
   * submit. The line is a command: it stands behind the last directive.
   */
  static final String TO_THE_SUBMIT_FOLDER = "cd -- \"${PBS_O_WORKDIR:?}\" || exit 1";

  private final Overrides overrides;
  private final List<Diagnostic> diagnostics;
  private final ResourceAmendment resources;
  private final JobRequest written;
  private final Optional<ArraySpec> array;

  PbsAmendment(Overrides overrides, PbsRequest read, List<Diagnostic> diagnostics) {
    this.overrides = overrides;
    this.diagnostics = diagnostics;
    this.written = read.build();
    this.resources = new ResourceAmendment(read.resources(), overrides, diagnostics);
    this.array = overrides.array().or(written::array);
  }

  Amendment of(List<QsubDirective> directives) {
    List<String> lines = new ArrayList<>();
    KeptDirectives kept = new KeptDirectives(overrides, resources.setAside(), array, diagnostics);
    for (QsubDirective directive : directives) {
      kept.addTo(lines, directive);
    }
    List<String> options = new ArrayList<>();
    overrides.name().ifPresent(name -> name(name, options));
    for (String value : resources.values()) {
      options.addAll(List.of("-l", value));
    }
    if (overrides.walltime().orElse(null) instanceof Walltime.Limit limit) {
      options.addAll(List.of("-l", "walltime=" + PbsValues.time(limit.duration())));
    }
    JobRequest request = amended();
    lines.add(TO_THE_SUBMIT_FOLDER);
    array(directives, lines, options);
    resources.grant().ifPresent(lines::add);
    files(request.files(), lines, options);
    for (QsubDirective directive : directives) {
      for (Given option : directive.options()) {
        if (option.letter() == 'd' || option.letter() == 'w') {
          String folder = ShellWords.quote(option.value().orElse(""));
          lines.add("cd -- " + folder + " || exit 1");
        }
      }
    }
    dependencies(directives, request, lines, options);
    if (overrides.held()) {
      options.add("-h");
    }
    return new Amendment(lines, options, request, diagnostics);
  }

  private void name(String name, List<String> options) {
    String legal = PbsName.legal(name);
    if (!legal.equals(name)) {
      diagnostics.add(
          Diagnostic.warning(0, 0, "qsub takes letters, digits and ._+- in a name: " + legal));
    }
    options.addAll(List.of("-N", legal));
  }

  private JobRequest amended() {
    JobRequest.Builder request = written.toBuilder();
    overrides.name().ifPresent(request::name);
    overrides.walltime().ifPresent(request::walltime);
    overrides.array().ifPresent(request::array);
    List<Resources> further = new ArrayList<>(written.furtherComponents());
    further.replaceAll(this::amended);
    List<Dependency> dependencies = new ArrayList<>(written.dependencies());
    dependencies.addAll(overrides.dependencies());
    OutputFiles files = written.files();
    return request
        .resources(amended(written.resources()))
        .furtherComponents(further)
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

  private Resources amended(Resources component) {
    Resources changed = component;
    if (overrides.cpusPerTask().isPresent()) {
      changed = changed.withCpusPerTask(overrides.cpusPerTask().getAsInt());
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      long bytes = overrides.memoryBytesPerTask().getAsLong();
      changed = changed.withMemory(new Memory(bytes, Memory.Scope.PER_TASK));
    }
    return overrides.gpus().isEmpty() ? changed : changed.withGpus(overrides.gpus());
  }

  private boolean needsTheScript(String name) {
    return PbsOutputName.needsTheScript(name, array);
  }

  /**
   * The output files. A name that PBS cannot fill in is written by the batch script itself, and
   * PBS's own file goes nowhere.
   */
  private void files(OutputFiles files, List<String> lines, List<String> options) {
    boolean ownOutput = files.output().map(this::needsTheScript).orElse(false);
    boolean ownError = files.error().map(this::needsTheScript).orElse(false);
    if (overrides.output().isPresent() && !ownOutput) {
      options.addAll(List.of("-o", PbsOutputName.path(overrides.output().get())));
    }
    if (overrides.error().isPresent() && !ownError) {
      options.addAll(List.of("-e", PbsOutputName.path(overrides.error().get())));
    } else if (overrides.output().isPresent() && files.error().isEmpty()) {
      options.addAll(List.of("-j", "oe"));
    }
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

  /** An array of one task is a plain job that knows its index. */
  private void array(List<QsubDirective> directives, List<String> lines, List<String> options) {
    Place place = new Place(0, 0);
    boolean isOption = overrides.array().isPresent();
    for (QsubDirective directive : directives) {
      for (Given option : directive.options()) {
        if (option.letter() == 't' && overrides.array().isEmpty()) {
          isOption = true;
          place = option.at();
        }
      }
    }
    if (!isOption || array.isEmpty()) {
      return;
    }
    ArraySpec spec = array.get();
    if (spec.ranges().size() > 1) {
      diagnostics.add(
          Diagnostic.error(
              place.line(), place.column(), "PBS takes one range of indexes in an array"));
    } else if (spec.count() == 1) {
      lines.add(PbsVariables.ARRAY_INDEX + "=" + spec.ranges().get(0).first());
    } else {
      String limit = spec.limit().isPresent() ? "%" + spec.limit().getAsInt() : "";
      options.addAll(List.of("-J", spec.ranges().get(0) + limit));
    }
  }

  private void dependencies(
      List<QsubDirective> directives,
      JobRequest request,
      List<String> lines,
      List<String> options) {
    if (overrides.dependencies().isEmpty()) {
      return;
    }
    for (QsubDirective directive : directives) {
      for (Given option : directive.options()) {
        for (PbsAttribute attribute : PbsAttribute.of(option.value().orElse(""))) {
          if (option.letter() == 'W'
              && attribute.name().equals("depend")
              && PbsDependencies.read(attribute.value()).isEmpty()) {
            Place place = option.place(attribute.start());
            diagnostics.add(
                Diagnostic.error(
                    place.line(),
                    place.column(),
                    "this dependency cannot be joined with one on the command line;"
                        + " say all of it in one place"));
          }
        }
      }
    }
    options.addAll(List.of("-W", "depend=" + PbsDependencies.write(request.dependencies())));
    lines.addAll(ArrayParents.lines(request.dependencies()));
  }
}
