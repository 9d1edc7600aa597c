package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Product;
import org.condatainer.script.JobScript;

/**
 * Tasks, CPUs and nodes as slots of LSF. A task of several CPUs is as many slots, kept on one host
 * by {@code span[]}: {@code affinity[core(n)]} would say it better, but a job that asks for it
 * waits for ever where hosts are not set up for it, which is how LSF is delivered.
 *
 * @param tasks how many tasks, at least 1
 * @param cpus CPUs of each
 * @param slots all of them, empty if nothing asks for a number
 * @param span the section that places them, empty for anywhere
 * @param tasksOnHost how many tasks one host has, empty if that is up to LSF
 */
record SlotRequest(
    int tasks, int cpus, OptionalInt slots, Optional<String> span, OptionalInt tasksOnHost) {
  /** A remark that bsub passes over: how many of a script's slots are one task. */
  static final String REMARK = "# slots of each task: ";

  /** What the remark says; 1 for a script without it. */
  static int slotsOfTask(JobScript script) {
    for (String line : script.lines().subList(0, script.headerLines())) {
      if (line.startsWith(REMARK)) {
        return LsfValues.count(line.substring(REMARK.length()).strip()).orElse(1);
      }
    }
    return 1;
  }

  /** Resources that were read slot by slot, where several slots are one task. */
  static Resources byTasks(Resources read, int slotsOfTask) {
    int slots = read.tasks().orElse(0);
    if (slotsOfTask == 1 || slots == 0 || slots % slotsOfTask != 0) {
      return read;
    }
    Resources resources = read.withTasks(slots / slotsOfTask).withCpusPerTask(slotsOfTask);
    int onHost = read.tasksPerNode().orElse(0) / slotsOfTask;
    if (onHost > 0) {
      resources = resources.withTasksPerNode(onHost);
    }
    Optional<Memory> bySlot =
        read.memory().filter(memory -> memory.scope() == Memory.Scope.PER_TASK);
    return bySlot.isEmpty()
        ? resources
        : resources.withMemory(new Memory(bySlot.get().bytes(), Memory.Scope.PER_CPU));
  }

  static SlotRequest of(Resources resources) {
    int cpus = resources.cpusPerTask().orElse(1);
    int nodes = resources.nodes().map(NodeCount::min).orElse(0);
    int perNode = resources.tasksPerNode().orElse(0);
    boolean counted =
        resources.tasks().isPresent()
            || nodes > 1
            || perNode > 0
            || resources.cpusPerTask().isPresent();
    int tasks =
        resources.tasks().orElseGet(() -> Product.of(Math.max(1, nodes), Math.max(1, perNode)));
    OptionalInt onHost = OptionalInt.empty();
    Optional<String> span = Optional.empty();
    if (perNode > 0) {
      // Where there are not so many tasks for each node, they are to be on as many nodes all the
      // same: ptile fills one host after the other.
      int most = nodes > 1 ? Math.min(perNode, (tasks + nodes - 1) / nodes) : perNode;
      onHost = OptionalInt.of(Math.min(most, tasks));
      span = Optional.of("span[ptile=" + Product.of(most, cpus) + "]");
    } else if (nodes == 1 || (tasks == 1 && cpus > 1)) {
      onHost = OptionalInt.of(tasks);
      span = Optional.of("span[hosts=1]");
    } else if (nodes > 1) {
      int each = (tasks + nodes - 1) / nodes;
      onHost = OptionalInt.of(each);
      span = Optional.of("span[ptile=" + Product.of(each, cpus) + "]");
    } else if (cpus > 1) {
      onHost = OptionalInt.of(1);
      span = Optional.of("span[ptile=" + cpus + "]");
    } else if (tasks == 1) {
      onHost = OptionalInt.of(1);
    }
    return new SlotRequest(
        tasks,
        cpus,
        counted ? OptionalInt.of(Product.of(tasks, cpus)) : OptionalInt.empty(),
        span,
        onHost);
  }

  /**
   * An amount of memory as {@code rusage[]} counts it: by host, or by slot where nobody knows how
   * many tasks a host will have.
   *
   * @param bytes the amount
   * @param bySlot whether it is written {@code /task}
   * @param rule what was done, empty if nothing was
   */
  record Reservation(long bytes, boolean bySlot, String rule) {
    String text() {
      return "mem=" + LsfValues.memory(bytes) + (bySlot ? "/task" : "");
    }
  }

  /** Empty for memory that LSF cannot count: all of a node, or by GPUs that are not asked for. */
  Optional<Reservation> memory(Memory memory, Resources resources) {
    long bytes = memory.bytes();
    if (bytes == 0) {
      return Optional.empty();
    }
    return switch (memory.scope()) {
      case PER_NODE -> Optional.of(new Reservation(bytes, false, ""));
      case PER_TASK -> Optional.of(ofTasks(bytes, "memory of a task"));
      case PER_CPU -> Optional.of(ofTasks(Product.of(bytes, (long) cpus), "memory of a CPU"));
      case PER_JOB -> Optional.of(ofJob(bytes));
      case PER_GPU -> ofGpus(bytes, resources);
    };
  }

  private Reservation ofTasks(long bytes, String what) {
    if (tasksOnHost.isPresent()) {
      return new Reservation(
          Product.of(bytes, (long) tasksOnHost.getAsInt()),
          false,
          what + ", for all that a host has");
    }
    return new Reservation((bytes + cpus - 1) / cpus, true, what + " is memory of a slot");
  }

  private Reservation ofJob(long bytes) {
    int onHost = tasksOnHost.orElse(tasks);
    int hosts = (tasks + onHost - 1) / onHost;
    return new Reservation(
        (bytes + hosts - 1) / hosts,
        false,
        tasksOnHost.isPresent()
            ? "memory of the job, divided by its hosts"
            : "memory of the job on each host that it gets: LSF reserves by host");
  }

  private Optional<Reservation> ofGpus(long bytes, Resources resources) {
    long count = 0;
    for (GpuRequest gpu : resources.gpus()) {
      boolean byTask = gpu.scope() == GpuRequest.Scope.PER_TASK;
      count += Product.of(gpu.count(), (long) (byTask ? tasksOnHost.orElse(tasks) : 1));
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(
            new Reservation(Product.of(bytes, count), false, "memory of a GPU, for all of a host"));
  }

  /** The sections of {@code -R}; empty if nothing asks for one. */
  String requirement(Resources resources) {
    List<String> usages = new ArrayList<>();
    resources
        .memory()
        .flatMap(memory -> memory(memory, resources))
        .ifPresent(reservation -> usages.add(reservation.text()));
    if (resources.scratchBytes().isPresent()) {
      usages.add("tmp=" + mebibytes(resources.scratchBytes().getAsLong()));
    }
    String rusage = usages.isEmpty() ? "" : "rusage[" + String.join(":", usages) + "]";
    if (span.isEmpty()) {
      return rusage;
    }
    return rusage.isEmpty() ? span.get() : rusage + " " + span.get();
  }

  /** Whole MiB, rounded up: the unit of {@code tmp}. */
  static long mebibytes(long bytes) {
    return (bytes >> 20) + (bytes % (1L << 20) == 0 ? 0 : 1);
  }
}
