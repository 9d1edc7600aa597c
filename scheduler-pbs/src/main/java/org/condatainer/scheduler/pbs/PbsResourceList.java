package org.condatainer.scheduler.pbs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/** Collects what the values of {@code -l} ask for, in PBS's spelling and in Torque's. */
final class PbsResourceList {
  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts;
  private final List<NativeOption> nativeOptions;
  private List<Chunk> chunks = List.of();
  private Resources jobWide = Resources.none();
  private boolean exclusive;
  private Optional<Walltime> walltime = Optional.empty();

  PbsResourceList(
      List<Diagnostic> diagnostics, List<DirectivePart> parts, List<NativeOption> nativeOptions) {
    this.diagnostics = diagnostics;
    this.parts = parts;
    this.nativeOptions = nativeOptions;
  }

  /** The chunks of {@code select}, or what {@code nodes} and job-wide resources come to. */
  List<Chunk> chunks() {
    if (!chunks.isEmpty()) {
      return chunks;
    }
    Map<String, String> values = new LinkedHashMap<>();
    int cpus = jobWide.cpusPerTask().orElse(0) * jobWide.tasksPerNode().orElse(1);
    if (cpus > 0 || jobWide.tasksPerNode().isPresent()) {
      values.put("ncpus", Integer.toString(Math.max(cpus, jobWide.tasksPerNode().orElse(1))));
    }
    jobWide.tasksPerNode().ifPresent(tasks -> values.put("mpiprocs", Integer.toString(tasks)));
    jobWide.memory().ifPresent(memory -> values.put("mem", PbsValues.size(memory.bytes())));
    for (GpuRequest gpu : jobWide.gpus()) {
      values.put("ngpus", Long.toString(gpu.count()));
    }
    OptionalInt count =
        jobWide.nodes().isPresent()
            ? OptionalInt.of(jobWide.nodes().get().min())
            : OptionalInt.empty();
    return List.of(new Chunk(count, values));
  }

  void into(JobRequest.Builder request) {
    walltime.ifPresent(request::walltime);
    List<Resources> all = new ArrayList<>();
    for (Chunk chunk : chunks) {
      all.add(chunk.resources().withExclusive(exclusive));
    }
    if (all.isEmpty()) {
      all.add(jobWide.withExclusive(exclusive));
    }
    request.resources(all.get(0)).furtherComponents(all.subList(1, all.size()));
  }

  void add(QsubDirective.Given option, String value) {
    int start = 0;
    while (start <= value.length()) {
      int comma = value.indexOf(',', start);
      int end = comma < 0 ? value.length() : comma;
      String item = value.substring(start, end);
      if (!item.isBlank()) {
        item(option, item, option.valueColumn() + start);
      }
      start = end + 1;
    }
  }

  private void item(QsubDirective.Given option, String item, int column) {
    int equals = item.indexOf('=');
    String name = equals < 0 ? item : item.substring(0, equals);
    String value = equals < 0 ? "" : item.substring(equals + 1);
    switch (name) {
      case "select" -> select(option, value, column + equals + 1);
      case "nodes" -> nodes(option, value, column + equals + 1);
      case "place" -> place(option, value, column + equals + 1);
      case "walltime" -> {
        Optional<Duration> time = PbsValues.time(value);
        if (time.isEmpty()) {
          refused(option, column, item, "seconds, MM:SS or HH:MM:SS");
        } else {
          walltime = Optional.of(new Walltime.Limit(time.get()));
        }
        part(option, column, item, RequestPart.WALLTIME);
      }
      case "mem", "pmem" -> {
        OptionalLong bytes = PbsValues.size(value);
        if (bytes.isEmpty()) {
          refused(option, column, item, "a size such as 4gb or 500mb");
        } else {
          boolean task = name.equals("pmem");
          jobWide =
              jobWide.withMemory(
                  new Memory(
                      bytes.getAsLong(), task ? Memory.Scope.PER_TASK : Memory.Scope.PER_JOB));
        }
        part(option, column, item, RequestPart.MEMORY);
      }
      case "ncpus", "procs" -> {
        OptionalInt count = PbsValues.count(value);
        if (count.isEmpty()) {
          refused(option, column, item, "a whole number above 0");
        } else {
          jobWide =
              name.equals("procs")
                  ? jobWide.withTasks(count.getAsInt())
                  : jobWide.withCpusPerTask(count.getAsInt());
        }
        boolean procs = name.equals("procs");
        part(option, column, item, procs ? RequestPart.TASKS : RequestPart.CPUS_PER_TASK);
      }
      case "ngpus" -> {
        OptionalLong count = PbsValues.digits(value);
        if (count.isEmpty()) {
          refused(option, column, item, "a number of GPUs");
        } else {
          jobWide = jobWide.withGpus(List.of(gpus(count.getAsLong(), GpuRequest.Scope.PER_JOB)));
        }
        part(option, column, item, RequestPart.GPUS);
      }
      default -> nativeItem(option, column, item);
    }
  }

  private static GpuRequest gpus(long count, GpuRequest.Scope scope) {
    return new GpuRequest(Optional.empty(), count, scope);
  }

  private void select(QsubDirective.Given option, String value, int column) {
    Optional<List<Chunk>> read = Chunk.select(value);
    if (read.isEmpty()) {
      refused(option, column, value, "a selection such as 2:ncpus=4:mem=8gb");
      return;
    }
    chunks = read.get();
    int offset = 0;
    boolean first = true;
    for (String chunk : value.split("\\+", -1)) {
      for (String piece : chunk.split(":", -1)) {
        int equals = piece.indexOf('=');
        String name = equals < 0 ? "" : piece.substring(0, equals);
        RequestPart part =
            switch (name) {
              case "" -> RequestPart.NODES;
              case "ncpus", "ompthreads" -> RequestPart.CPUS_PER_TASK;
              case "mpiprocs" -> RequestPart.TASKS_PER_NODE;
              case "mem" -> RequestPart.MEMORY;
              case "ngpus" -> RequestPart.GPUS;
              default -> RequestPart.NATIVE;
            };
        if (part == RequestPart.NATIVE) {
          nativeItem(option, column + offset, piece);
        } else {
          part(option, column + offset, piece, first ? part : RequestPart.COMPONENTS);
        }
        offset += piece.length() + 1;
      }
      first = false;
    }
  }

  /** Torque: {@code nodes=2:ppn=4:gpus=1}; a list of hosts or properties has no neutral form. */
  private void nodes(QsubDirective.Given option, String value, int column) {
    if (value.indexOf('+') >= 0) {
      nativeItem(option, column, "nodes=" + value);
      return;
    }
    int offset = 0;
    for (String piece : value.split(":", -1)) {
      int at = column + offset;
      OptionalInt count = PbsValues.count(piece.substring(piece.indexOf('=') + 1));
      if (count.isPresent() && offset == 0 && piece.indexOf('=') < 0) {
        jobWide = jobWide.withNodes(NodeCount.exactly(count.getAsInt()));
        part(option, at, piece, RequestPart.NODES);
      } else if (count.isPresent() && piece.startsWith("ppn=")) {
        jobWide = jobWide.withTasksPerNode(count.getAsInt());
        part(option, at, piece, RequestPart.TASKS_PER_NODE);
      } else if (count.isPresent() && piece.startsWith("gpus=")) {
        jobWide = jobWide.withGpus(List.of(gpus(count.getAsInt(), GpuRequest.Scope.PER_NODE)));
        part(option, at, piece, RequestPart.GPUS);
      } else {
        nativeItem(option, at, piece);
      }
      offset += piece.length() + 1;
    }
  }

  private void place(QsubDirective.Given option, String value, int column) {
    int offset = 0;
    for (String piece : value.split(":", -1)) {
      if (piece.equals("excl") || piece.equals("exclhost")) {
        exclusive = true;
        part(option, column + offset, piece, RequestPart.EXCLUSIVE);
      } else if (piece.equals("scatter")) {
        part(option, column + offset, piece, RequestPart.NODES);
      } else {
        nativeItem(option, column + offset, "place=" + piece);
      }
      offset += piece.length() + 1;
    }
  }

  private void nativeItem(QsubDirective.Given option, int column, String item) {
    int equals = item.indexOf('=');
    nativeOptions.add(
        new NativeOption(
            "l " + (equals < 0 ? item : item.substring(0, equals)),
            equals < 0 ? Optional.empty() : Optional.of(item.substring(equals + 1)),
            option.line(),
            column));
    part(option, column, item, RequestPart.NATIVE);
  }

  private void part(QsubDirective.Given option, int column, String text, RequestPart part) {
    parts.add(new DirectivePart(option.line(), column, text, part));
  }

  private void refused(QsubDirective.Given option, int column, String item, String forms) {
    diagnostics.add(
        Diagnostic.error(option.line(), column, "-l: \"" + item + "\" is not " + forms));
  }
}
