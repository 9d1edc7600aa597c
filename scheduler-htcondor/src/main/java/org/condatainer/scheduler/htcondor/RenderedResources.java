package org.condatainer.scheduler.htcondor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Product;
import org.condatainer.scheduler.Rendering;

/** What a job asks of its one machine, as {@code #CONDOR} lines. */
final class RenderedResources {
  private static final long KIBIBYTE = 1L << 10;
  private static final long MEBIBYTE = 1L << 20;

  private final Rendering.Builder rendering;

  RenderedResources(Rendering.Builder rendering) {
    this.rendering = rendering;
  }

  void add(Resources resources) {
    int nodes = resources.nodes().map(count -> count.min()).orElse(1);
    boolean many = nodes > 1;
    if (many) {
      rendering.refused(
          RequestPart.NODES,
          "a job of HTCondor runs on one machine; its parallel universe is not supported");
    } else if (resources.nodes().isPresent()) {
      rendering.approximated(RequestPart.NODES, "a job of HTCondor runs on one machine");
    }
    tasks(resources, many);
    resources.memory().ifPresent(memory -> memory(memory, resources));
    if (!resources.gpus().isEmpty()) {
      gpus(resources.gpus(), resources);
    }
    if (resources.scratchBytes().isPresent()) {
      size(
          RequestPart.SCRATCH,
          "request_disk",
          resources.scratchBytes().getAsLong(),
          KIBIBYTE,
          "K",
          "");
    }
    if (resources.exclusive()) {
      rendering.leftOut(
          RequestPart.EXCLUSIVE, "HTCondor has no request for a machine of one's own");
    }
  }

  /** Tasks share the job's slot, so it needs the CPUs of all of them. */
  private void tasks(Resources resources, boolean many) {
    int tasks = tasks(resources);
    String rule = "all tasks run in the one slot of the job";
    if (resources.tasks().isPresent()) {
      part(RequestPart.TASKS, many, rule);
    }
    if (resources.tasksPerNode().isPresent()) {
      part(RequestPart.TASKS_PER_NODE, many, rule);
    }
    long cpus = (long) resources.cpusPerTask().orElse(1) * tasks;
    if (resources.cpusPerTask().isPresent() && tasks == 1) {
      line(RequestPart.CPUS_PER_TASK, "request_cpus", Long.toString(cpus), "");
    } else if (resources.cpusPerTask().isPresent()) {
      line(
          RequestPart.CPUS_PER_TASK,
          "request_cpus",
          Long.toString(cpus),
          "the CPUs of " + tasks + " tasks");
    } else if (tasks > 1) {
      rendering.line("#CONDOR request_cpus = " + cpus);
    }
  }

  private void part(RequestPart part, boolean refused, String rule) {
    if (refused) {
      rendering.refused(part, "its tasks are on several nodes");
    } else {
      rendering.approximated(part, rule);
    }
  }

  private static int tasks(Resources resources) {
    return resources.tasks().orElse(resources.tasksPerNode().orElse(1));
  }

  /** The nodes that the tasks would be on elsewhere, all of which are this one machine here. */
  private static long nodes(Resources resources) {
    long each = resources.tasksPerNode().orElse(Integer.MAX_VALUE);
    return (tasks(resources) + each - 1) / each;
  }

  private void memory(Memory memory, Resources resources) {
    if (memory.bytes() == 0) {
      rendering.leftOut(RequestPart.MEMORY, "HTCondor cannot ask for all memory of a machine");
      return;
    }
    long tasks = tasks(resources);
    long cpus = (long) resources.cpusPerTask().orElse(1) * tasks;
    long gpus = Math.max(1, gpuCount(resources.gpus(), resources));
    long times =
        switch (memory.scope()) {
          case PER_NODE -> nodes(resources);
          case PER_JOB -> 1;
          case PER_TASK -> tasks;
          case PER_CPU -> cpus;
          case PER_GPU -> gpus;
        };
    String rule =
        switch (memory.scope()) {
          case PER_NODE -> times == 1 ? "" : "memory of a node, times " + times + " nodes";
          case PER_JOB -> "memory of the job is memory of its machine";
          case PER_TASK -> "memory of a task, times " + tasks + " tasks";
          case PER_CPU -> "memory of a CPU, times " + cpus + " CPUs";
          case PER_GPU -> "memory of a GPU, times " + gpus + " GPUs";
        };
    size(
        RequestPart.MEMORY,
        "request_memory",
        Product.of(memory.bytes(), times),
        MEBIBYTE,
        "M",
        rule);
  }

  private void size(RequestPart part, String key, long bytes, long unit, String name, String rule) {
    long units = bytes / unit + (bytes % unit == 0 ? 0 : 1);
    String rounded = bytes % unit == 0 ? rule : "rounded up to whole " + name + "iB";
    line(part, key, units + name, rounded);
  }

  private static long gpuCount(List<GpuRequest> gpus, Resources resources) {
    long count = 0;
    for (GpuRequest gpu : GpuRequest.counting(gpus)) {
      count +=
          switch (gpu.scope()) {
            case PER_TASK -> Product.of(gpu.count(), (long) tasks(resources));
            case PER_NODE -> Product.of(gpu.count(), nodes(resources));
            case PER_JOB, PER_SOCKET -> gpu.count();
          };
    }
    return count;
  }

  private void gpus(List<GpuRequest> gpus, Resources resources) {
    boolean simple =
        gpus.size() == 1
            && gpus.get(0).type().isEmpty()
            && gpus.get(0).scope() == GpuRequest.Scope.PER_NODE
            && nodes(resources) == 1;
    long count = gpuCount(gpus, resources);
    boolean socket = gpus.stream().anyMatch(gpu -> gpu.scope() == GpuRequest.Scope.PER_SOCKET);
    String models = count == 0 ? "" : models(GpuRequest.counting(gpus));
    if (!models.isEmpty()) {
      rendering.line("#CONDOR require_gpus = " + models);
    }
    line(
        RequestPart.GPUS,
        "request_gpus",
        Long.toString(count),
        simple
            ? ""
            : socket
                ? "sockets are not told apart: as many as for one"
                : models.isEmpty()
                    ? "GPUs of the job's one machine"
                    : "the model is looked for in the names of the devices");
  }

  /** An expression that a GPU of one of these models fulfils; empty for any model. */
  static String models(List<GpuRequest> gpus) {
    Set<String> expressions = new LinkedHashSet<>();
    for (GpuRequest gpu : gpus) {
      if (gpu.type().isEmpty()) {
        return "";
      }
      StringBuilder pattern = new StringBuilder();
      for (int i = 0; i < gpu.type().get().length(); i++) {
        char c = gpu.type().get().charAt(i);
        pattern.append(Character.isLetterOrDigit(c) ? c : '.');
      }
      expressions.add("regexp(\"" + pattern + "\", DeviceName, \"i\")");
    }
    return String.join(" || ", expressions);
  }

  private void line(RequestPart part, String key, String value, String rule) {
    HtcondorRendering.line(rendering, part, key, value, rule);
  }
}
