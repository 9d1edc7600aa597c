package org.condatainer.scheduler.pbs;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.JobRequest;
import org.condatainer.job.NativeOption;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.pbs.QsubDirective.Given;
import org.condatainer.scheduler.pbs.QsubDirective.Place;
import org.condatainer.script.Diagnostic;

/**
 * Collects what the values of {@code -l} ask for, in PBS's spelling and in Torque's. Of two
 * mentions of a resource in directives qsub takes the first (set_resources of OpenPBS).
 */
final class PbsResourceList {
  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts;
  private final List<NativeOption> nativeOptions;

  /** Every resource that was named, with the place of its name. */
  private final Map<String, Place> places = new LinkedHashMap<>();

  /** Resources of the job as a whole. */
  private final Map<String, String> jobWide = new LinkedHashMap<>();

  private List<Chunk> chunks = List.of();
  private Optional<NodesSpec> nodes = Optional.empty();
  private OptionalInt procs = OptionalInt.empty();
  private boolean exclusive;
  private boolean packed;
  private Optional<Walltime> walltime = Optional.empty();

  PbsResourceList(
      List<Diagnostic> diagnostics, List<DirectivePart> parts, List<NativeOption> nativeOptions) {
    this.diagnostics = diagnostics;
    this.parts = parts;
    this.nativeOptions = nativeOptions;
  }

  /** The chunks of {@code select}; empty if there is none. */
  List<Chunk> chunks() {
    return chunks;
  }

  /** What {@code nodes} says; empty if there is none, or it is not understood. */
  Optional<NodesSpec> nodes() {
    return nodes;
  }

  /** Torque's {@code procs}: so many CPUs anywhere. */
  OptionalInt procs() {
    return procs;
  }

  /**
   * Resources of the job as a whole: without {@code select} and {@code nodes}, of its one chunk.
   */
  Chunk jobWide() {
    return new Chunk(OptionalInt.empty(), jobWide);
  }

  /** Where a resource is named; empty if it is not. */
  Optional<Place> place(String name) {
    return Optional.ofNullable(places.get(name));
  }

  void into(JobRequest.Builder request) {
    walltime.ifPresent(request::walltime);
    if (packed && chunks.size() > 1) {
      // Chunks of several kinds on one host have no neutral form.
      parts.replaceAll(
          piece ->
              piece.text().equals("pack")
                  ? new DirectivePart(
                      piece.line(), piece.column(), piece.text(), RequestPart.NATIVE)
                  : piece);
    }
    List<Resources> all =
        new AskedResources(chunks, nodes, procs, jobWide(), exclusive, packed).components();
    request.resources(all.get(0)).furtherComponents(all.subList(1, all.size()));
  }

  /** A job-wide amount in bytes. */
  OptionalLong size(String name) {
    return jobWide().size(name);
  }

  void add(Given option, String value) {
    int start = 0;
    while (start <= value.length()) {
      int comma = value.indexOf(',', start);
      int end = comma < 0 ? value.length() : comma;
      String item = value.substring(start, end);
      if (!item.isBlank()) {
        item(option, item, start);
      }
      start = end + 1;
    }
  }

  private void item(Given option, String item, int start) {
    int equals = item.indexOf('=');
    String name = equals < 0 ? item : item.substring(0, equals);
    String value = equals < 0 ? "" : item.substring(equals + 1);
    Place place = option.place(start);
    if (places.putIfAbsent(name, place) != null) {
      diagnostics.add(
          Diagnostic.warning(
              place.line(),
              place.column(),
              "-l: of two mentions of " + name + " in directives qsub takes the first, not this"));
      part(place, item, partOf(name));
      return;
    }
    switch (name) {
      case "select" -> select(option, value, start + equals + 1);
      case "nodes" -> nodes(option, value, start + equals + 1);
      case "place" -> place(option, value, start + equals + 1);
      case "walltime" -> {
        Optional<Duration> time = PbsValues.time(value);
        if (time.isEmpty()) {
          refused(place, item, "seconds, MM:SS or HH:MM:SS");
        } else {
          walltime = Optional.of(new Walltime.Limit(time.get()));
        }
        part(place, item, RequestPart.WALLTIME);
      }
      case "mem", "pmem" -> {
        boolean good = PbsValues.size(value).isPresent();
        jobWide(name, value, good, place, "a size such as 4gb or 500mb");
        part(place, item, RequestPart.MEMORY);
      }
      case "procs" -> {
        procs = PbsValues.count(value);
        if (procs.isEmpty()) {
          refused(place, item, "a whole number above 0");
        }
        part(place, item, RequestPart.TASKS);
      }
      case "ncpus", "mpiprocs", "ompthreads" -> {
        boolean good = PbsValues.count(value).isPresent();
        jobWide(name, value, good, place, "a whole number above 0");
        boolean tasks = name.equals("mpiprocs");
        part(place, item, tasks ? RequestPart.TASKS_PER_NODE : RequestPart.CPUS_PER_TASK);
      }
      case "ngpus" -> {
        jobWide(name, value, PbsValues.digits(value).isPresent(), place, "a number of GPUs");
        part(place, item, RequestPart.GPUS);
      }
      default -> nativeItem(place, item);
    }
  }

  private static RequestPart partOf(String name) {
    return switch (name) {
      case "walltime" -> RequestPart.WALLTIME;
      case "mem", "pmem" -> RequestPart.MEMORY;
      case "procs" -> RequestPart.TASKS;
      case "mpiprocs" -> RequestPart.TASKS_PER_NODE;
      case "ncpus", "ompthreads" -> RequestPart.CPUS_PER_TASK;
      case "ngpus" -> RequestPart.GPUS;
      case "place" -> RequestPart.EXCLUSIVE;
      case "select", "nodes" -> RequestPart.NODES;
      default -> RequestPart.NATIVE;
    };
  }

  private void jobWide(String name, String value, boolean good, Place place, String forms) {
    if (good) {
      jobWide.put(name, value);
    } else {
      refused(place, name + "=" + value, forms);
    }
  }

  private void select(Given option, String value, int start) {
    Optional<List<Chunk>> read = Chunk.select(value);
    if (read.isEmpty()) {
      refused(option.place(start), value, "a selection such as 2:ncpus=4:mem=8gb");
      return;
    }
    chunks = read.get();
    int offset = start;
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
          nativeItem(option.place(offset), piece);
        } else {
          part(option.place(offset), piece, first ? part : RequestPart.COMPONENTS);
        }
        offset += piece.length() + 1;
      }
      first = false;
    }
  }

  /** Names of nodes and properties have no neutral form; what is asked of them has. */
  private void nodes(Given option, String value, int start) {
    nodes = NodesSpec.read(value);
    if (nodes.isEmpty() || nodes.get().isListOfNames()) {
      nativeItem(option.place(start - "nodes=".length()), "nodes=" + value);
      return;
    }
    int offset = start;
    for (String piece : value.split("[:+#]", -1)) {
      Place at = option.place(offset);
      String name = piece.substring(0, Math.max(0, piece.indexOf('=')));
      boolean number = name.isEmpty() && PbsValues.count(piece).isPresent();
      RequestPart part =
          switch (name) {
            case "ppn" -> RequestPart.TASKS_PER_NODE;
            case "cpp", "ncpus" -> RequestPart.CPUS_PER_TASK;
            case "gpus" -> RequestPart.GPUS;
            default -> number ? RequestPart.NODES : RequestPart.NATIVE;
          };
      if (piece.equals("excl") && nodes.get().modifiers().contains(piece)) {
        exclusive = true;
        part(at, piece, RequestPart.EXCLUSIVE);
      } else if (part == RequestPart.NATIVE) {
        nativeItem(at, piece);
      } else {
        boolean first = !value.substring(0, offset - start).contains("+");
        part(at, piece, first ? part : RequestPart.COMPONENTS);
      }
      offset += piece.length() + 1;
    }
  }

  private void place(Given option, String value, int start) {
    int offset = start;
    for (String piece : value.split(":", -1)) {
      Place at = option.place(offset);
      if (piece.equals("excl") || piece.equals("exclhost")) {
        exclusive = true;
        part(at, piece, RequestPart.EXCLUSIVE);
      } else if (piece.equals("scatter")) {
        part(at, piece, RequestPart.NODES);
      } else if (piece.equals("pack")) {
        packed = true;
        part(at, piece, RequestPart.NODES);
      } else {
        nativeOptions.add(new NativeOption("l place", Optional.of(piece), at.line(), at.column()));
        part(at, piece, RequestPart.NATIVE);
      }
      offset += piece.length() + 1;
    }
  }

  private void nativeItem(Place place, String item) {
    int equals = item.indexOf('=');
    nativeOptions.add(
        new NativeOption(
            "l " + (equals < 0 ? item : item.substring(0, equals)),
            equals < 0 ? Optional.empty() : Optional.of(item.substring(equals + 1)),
            place.line(),
            place.column()));
    part(place, item, RequestPart.NATIVE);
  }

  private void part(Place place, String text, RequestPart part) {
    parts.add(new DirectivePart(place.line(), place.column(), text, part));
  }

  private void refused(Place place, String item, String forms) {
    diagnostics.add(
        Diagnostic.error(place.line(), place.column(), "-l: \"" + item + "\" is not " + forms));
  }
}
