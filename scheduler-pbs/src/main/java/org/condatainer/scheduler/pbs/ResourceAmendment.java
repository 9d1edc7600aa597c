package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.GpuRequest;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Product;
import org.condatainer.scheduler.pbs.QsubDirective.Place;
import org.condatainer.script.Diagnostic;

/**
 * The user's CPUs, memory and GPUs over those of a script. A script asks in one of three spellings
 * that exclude each other ({@code select}, {@code nodes}, resources of the job), and is changed in
 * its own, so that nothing else of it is lost. What only Torque has becomes {@code select}.
 */
final class ResourceAmendment {
  private final PbsResourceList written;
  private final Overrides overrides;
  private final List<Diagnostic> diagnostics;
  private final Set<String> setAside = new LinkedHashSet<>();
  private final List<String> values = new ArrayList<>();
  private List<Chunk> chunks = List.of();

  ResourceAmendment(PbsResourceList written, Overrides overrides, List<Diagnostic> diagnostics) {
    this.written = written;
    this.overrides = overrides;
    this.diagnostics = diagnostics;
    if (overrides.memoryBytesPerTask().isPresent()) {
      setAside.addAll(List.of("mem", "pmem"));
    }
    if (written.procs().isPresent()) {
      procs(written.procs().getAsInt());
    } else if (!written.chunks().isEmpty()) {
      select(written.chunks(), false);
    } else if (written.nodes().isPresent()) {
      nodes(written.nodes().get());
    } else if (written.place("nodes").isPresent() && isChange()) {
      error("nodes", "what nodes asks for is not understood, so it cannot be changed");
    } else {
      jobWide();
    }
  }

  /** Resources of the script that what is said here contradicts. */
  Set<String> setAside() {
    return setAside;
  }

  /** Values of {@code -l} for the command line. */
  List<String> values() {
    return values;
  }

  /**
   * Shell variables with what a task gets, which PBS does not tell: its {@code NCPUS} is the
   * threads of a task or the CPUs of the first chunk, whichever is given (recordings env-*). Empty
   * where PBS's word will do, or there is nothing to say.
   */
  Optional<String> grant() {
    List<String> grants = new ArrayList<>();
    boolean own = chunks.size() > 1 || chunks.stream().anyMatch(Chunk::hasOwnTasks);
    boolean told = chunks.stream().anyMatch(chunk -> chunk.grantedCpusPerTask().isPresent());
    if (own && told) {
      grants.add(
          "cnt_cpus_per_task=" + same(chunks.stream().map(ResourceAmendment::cpus).toList()));
    }
    if (chunks.stream().anyMatch(chunk -> chunk.grantedMemoryPerTask().isPresent())) {
      grants.add(
          "cnt_memory_per_task="
              + same(chunks.stream().map(ResourceAmendment::mebibytes).toList()));
    }
    return grants.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", grants));
  }

  private static String cpus(Chunk chunk) {
    OptionalInt cpus = chunk.grantedCpusPerTask();
    return cpus.isPresent() ? Integer.toString(cpus.getAsInt()) : "";
  }

  private static String mebibytes(Chunk chunk) {
    OptionalLong memory = chunk.grantedMemoryPerTask();
    return memory.isPresent() ? Long.toString(memory.getAsLong() >> 20) : "";
  }

  /** What all have; empty if they differ. */
  private static String same(List<String> texts) {
    return Set.copyOf(texts).size() == 1 ? texts.get(0) : "";
  }

  private boolean isChange() {
    return overrides.cpusPerTask().isPresent()
        || overrides.memoryBytesPerTask().isPresent()
        || !overrides.gpus().isEmpty();
  }

  private void select(List<Chunk> before, boolean needed) {
    List<Chunk> changed = new ArrayList<>();
    for (Chunk chunk : before) {
      changed.add(changed(chunk));
    }
    chunks = changed;
    if (needed || isChange()) {
      setAside.add("select");
      values.add("select=" + Chunk.text(changed));
    }
  }

  private Chunk changed(Chunk chunk) {
    Chunk changed = chunk;
    int tasks = chunk.tasks();
    if (overrides.cpusPerTask().isPresent()) {
      int cpus = overrides.cpusPerTask().getAsInt();
      changed = changed.with("ncpus", Integer.toString(Product.of(tasks, cpus)));
      if (chunk.values().containsKey("ompthreads")) {
        changed = changed.with("ompthreads", Integer.toString(cpus));
      }
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      long bytes = Product.of(overrides.memoryBytesPerTask().getAsLong(), (long) tasks);
      changed = changed.with("mem", PbsValues.size(bytes));
    }
    if (!overrides.gpus().isEmpty()) {
      changed = changed.with("ngpus", Long.toString(gpus()));
    }
    return changed;
  }

  private long gpus() {
    long count = 0;
    for (GpuRequest gpu : overrides.gpus()) {
      count += gpu.count();
      if (gpu.type().isPresent()) {
        Diagnostic left =
            Diagnostic.warning(
                0,
                0,
                "PBS has no resource of its own for the GPU type "
                    + gpu.type().get()
                    + "; it is left out");
        if (!diagnostics.contains(left)) {
          diagnostics.add(left);
        }
      }
    }
    return count;
  }

  /**
   * The one chunk of a job without a selection: only what changes is said anew. Beside {@code
   * place}, qsub takes no resources of the job.
   */
  private void jobWide() {
    Chunk before = written.jobWide();
    Chunk changed = changed(before);
    chunks = List.of(changed);
    if (isChange() && written.place("place").isPresent()) {
      setAside.addAll(before.values().keySet());
      values.add("select=" + changed.text());
      return;
    }
    changed
        .values()
        .forEach(
            (name, value) -> {
              if (!value.equals(before.values().get(name))) {
                setAside.add(name);
                values.add(name + "=" + value);
              }
            });
  }

  private void nodes(NodesSpec spec) {
    OptionalInt all = PbsValues.count(written.jobWide().values().getOrDefault("ncpus", ""));
    OptionalInt cpus = overrides.cpusPerTask();
    List<Chunk> asChunks = new ArrayList<>();
    List<NodesSpec.Part> changed = new ArrayList<>();
    long memory = 0;
    for (NodesSpec.Part part : spec.parts()) {
      int each = cpus.orElse(spec.cpusPerTask(part, all));
      Chunk chunk = part.chunk(each);
      OptionalLong job = written.size("mem");
      if (job.isPresent()) {
        chunk = chunk.with("mem", PbsValues.size(divided(job.getAsLong(), spec.nodes())));
      }
      asChunks.add(changed(chunk));
      changed.add(part.withCpus(each));
      long ofNode =
          Product.of(overrides.memoryBytesPerTask().orElse(0), (long) part.tasks().orElse(1));
      memory = Math.max(memory, Product.of(ofNode, (long) spec.nodes()));
    }
    if (spec.hasGpus() || !overrides.gpus().isEmpty()) {
      nodesWithGpus(spec, asChunks);
      return;
    }
    chunks = asChunks;
    if (cpus.isPresent()) {
      setAside.addAll(List.of("nodes", "ncpus"));
      values.add("nodes=" + new NodesSpec(changed, spec.modifiers()).text());
    }
    if (memory > 0) {
      // PBS divides it by the nodes, whatever tasks they have.
      values.add("mem=" + PbsValues.size(memory));
    }
  }

  private void nodesWithGpus(NodesSpec spec, List<Chunk> asChunks) {
    if (spec.hasNames()) {
      error(
          "nodes",
          "nodes: a node's name or property and GPUs cannot be asked for together; write it as"
              + " -l select=1:ncpus=4:ngpus=1:host=NAME");
      return;
    }
    if (spec.hasGpus()) {
      note("nodes", "gpus in nodes is Torque's; it becomes -l select for PBS");
    }
    setAside.addAll(List.of("nodes", "ncpus", "mem", "ngpus"));
    // So the counts stand for nodes, as in nodes; what changes the place is said again.
    select(asChunks, true);
    if (written.place("place").isEmpty()) {
      String sharing = spec.modifiers().isEmpty() ? "" : ":" + spec.modifiers().get(0);
      values.add("place=scatter" + sharing);
    }
  }

  private void procs(int count) {
    for (String other : List.of("select", "nodes", "ncpus", "mpiprocs", "ngpus")) {
      if (written.place(other).isPresent()) {
        error("procs", "procs is Torque's, and cannot be joined with " + other + " for PBS");
        return;
      }
    }
    if (!overrides.gpus().isEmpty()) {
      error("procs", "procs names no nodes that could have GPUs; write it as -l select");
      return;
    }
    Chunk chunk =
        new Chunk(OptionalInt.of(count), Map.of()).with("ncpus", "1").with("mpiprocs", "1");
    if (written.size("mem").isPresent()) {
      long each = divided(written.size("mem").getAsLong(), count);
      chunk = chunk.with("mem", PbsValues.size(each));
    }
    setAside.addAll(List.of("procs", "mem"));
    note("procs", "procs is Torque's; it becomes -l select for PBS");
    select(List.of(chunk), true);
  }

  private static long divided(long all, int parts) {
    return (all + parts - 1) / parts;
  }

  private void note(String resource, String message) {
    Place place = written.place(resource).orElseThrow();
    diagnostics.add(Diagnostic.note(place.line(), place.column(), "-l: " + message));
  }

  private void error(String resource, String message) {
    Place place = written.place(resource).orElseThrow();
    diagnostics.add(Diagnostic.error(place.line(), place.column(), "-l: " + message));
  }
}
