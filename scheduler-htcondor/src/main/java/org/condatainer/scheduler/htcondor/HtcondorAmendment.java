package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;

/**
 * The user's overrides over a submit description. They are options of condor_submit: {@code
 * -append}, whose lines come after the description's own, and {@code -queue}.
 */
final class HtcondorAmendment {
  private static final long MEBIBYTE = 1L << 20;

  private final Overrides overrides;
  private final DirectiveReading read;
  private final List<Diagnostic> diagnostics;
  private final List<String> options = new ArrayList<>();
  private final Set<String> contradicted = new HashSet<>();

  HtcondorAmendment(Overrides overrides, DirectiveReading read) {
    this.overrides = overrides;
    this.read = read;
    this.diagnostics = new ArrayList<>(read.diagnostics());
  }

  Amendment of(List<DirectiveLine> source) {
    refuseOtherUniverses();
    diagnostics.addAll(overrides.wrongJobIds(HtcondorIds::isId, "HTCondor"));
    JobRequest request = amended(read.request());
    List<String> lines = new ArrayList<>();
    Set<Integer> aside = aside(source);
    for (int i = 0; i < source.size(); i++) {
      DirectiveLine line = source.get(i);
      String text = line.prefix().isEmpty() ? " " + line.text() : line.text();
      lines.add((aside.contains(i) ? "#" : "") + SubmitParser.PREFIX + text);
    }
    return new Amendment(lines, options, request, diagnostics);
  }

  private void refuseOtherUniverses() {
    for (NativeOption option : read.request().nativeOptions()) {
      String value = option.value().orElse("").strip().toLowerCase(Locale.ROOT);
      boolean container =
          option.name().equals("docker_image") || option.name().equals("container_image");
      if (container || option.name().equals("universe")) {
        String what = container ? option.name() : "the universe " + value;
        diagnostics.add(
            Diagnostic.error(
                option.line(),
                option.column(),
                what
                    + " does not go together with the container that the job gets here"
                    + " (its own jobs are those of the vanilla universe); remove this line"));
      }
    }
  }

  private Set<Integer> aside(List<DirectiveLine> source) {
    Set<Integer> aside = new HashSet<>();
    boolean queued = false;
    for (SubmitStatement statement : SubmitParser.statements(source)) {
      // What follows a queue statement is for the next one, or for none.
      queued |= statement.kind() == SubmitStatement.Kind.QUEUE && overrides.array().isPresent();
      boolean ofQueue =
          statement.kind() == SubmitStatement.Kind.QUEUE
              || statement.kind() == SubmitStatement.Kind.ASSIGNMENT
              || statement.kind() == SubmitStatement.Kind.INCLUDE;
      if ((queued && ofQueue) || contradicted.contains(statement.key())) {
        aside.addAll(statement.lines());
      }
    }
    return aside;
  }

  private void append(String key, String value, String... others) {
    if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.endsWith("\\")) {
      diagnostics.add(
          Diagnostic.error(
              0, 0, key + ": its value cannot have a line feed, or a backslash at its end"));
    }
    options.add("-append");
    options.add(key + " = " + value);
    contradicted.add(key.startsWith("+") ? "my." + key.substring(1).toLowerCase(Locale.ROOT) : key);
    contradicted.addAll(List.of(others));
  }

  private JobRequest amended(JobRequest written) {
    JobRequest.Builder request = written.toBuilder();
    Resources resources = written.resources();
    if (overrides.name().isPresent()) {
      request.name(overrides.name().get());
      append("batch_name", HtcondorRendering.escaped(overrides.name().get()), "my.jobbatchname");
    }
    if (overrides.cpusPerTask().isPresent()) {
      resources = resources.withCpusPerTask(overrides.cpusPerTask().getAsInt());
      append("request_cpus", Integer.toString(overrides.cpusPerTask().getAsInt()));
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      long bytes = overrides.memoryBytesPerTask().getAsLong();
      long mebibytes = (bytes + MEBIBYTE - 1) / MEBIBYTE;
      resources = resources.withMemory(Memory.ofMebibytes(mebibytes, Memory.Scope.PER_NODE));
      append("request_memory", mebibytes + "M");
    }
    overrides.walltime().ifPresent(limit -> walltime(limit, request));
    if (!overrides.gpus().isEmpty()) {
      resources = resources.withGpus(overrides.gpus());
      gpus();
    }
    files(written.files(), request);
    if (overrides.array().isPresent()) {
      request.array(overrides.array().get());
      array();
    }
    if (!overrides.dependencies().isEmpty()) {
      List<Dependency> all = new ArrayList<>(written.dependencies());
      all.addAll(overrides.dependencies());
      request.dependencies(all);
      append("+CondatainerAfter", "\"" + HtcondorWhen.text(all) + "\"");
    }
    if (overrides.held()) {
      request.held(true);
      append("hold", "True");
    }
    return request.resources(resources).build();
  }

  private void walltime(Walltime walltime, JobRequest.Builder request) {
    request.walltime(walltime);
    if (walltime instanceof Walltime.Limit limit) {
      append(HtcondorParts.WALLTIME, Long.toString(limit.duration().toSeconds()));
    } else {
      contradicted.add(HtcondorParts.WALLTIME);
    }
  }

  private void gpus() {
    long count = 0;
    for (GpuRequest gpu : overrides.gpus()) {
      count += gpu.count();
    }
    append("request_gpus", Long.toString(count));
    String models = RenderedResources.models(overrides.gpus());
    if (!models.isEmpty()) {
      append("require_gpus", models);
    }
  }

  private void files(OutputFiles files, JobRequest.Builder request) {
    overrides.output().ifPresent(file -> append("output", file, "stdout"));
    overrides.error().ifPresent(file -> append("error", file, "stderr"));
    request.files(
        new OutputFiles(
            overrides.output().or(files::output),
            overrides.error().or(files::error),
            files.input(),
            files.append()));
  }

  private void array() {
    contradicted.add("max_materialize");
    if (overrides.array().get().limit().isPresent()) {
      append("max_materialize", Integer.toString(overrides.array().get().limit().getAsInt()));
    }
    options.add("-queue");
    options.add(QueueStatement.text(overrides.array().get()));
  }
}
