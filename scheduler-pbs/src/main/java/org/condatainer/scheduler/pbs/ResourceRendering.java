package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Product;
import org.condatainer.scheduler.Rendering;

/** The resources of a request as {@code -l select} and {@code -l place}: never less than asked. */
final class ResourceRendering {
  private final JobRequest request;
  private final Rendering.Builder rendering;

  ResourceRendering(JobRequest request, Rendering.Builder rendering) {
    this.request = request;
    this.rendering = rendering;
  }

  void lines() {
    List<Chunk> chunks = new ArrayList<>();
    boolean asked = chunksOf(request.resources(), chunks);
    for (Resources component : request.furtherComponents()) {
      asked |= chunksOf(component, chunks);
      rendering.approximated(
          RequestPart.COMPONENTS, "one job with chunks of several kinds; its script runs once");
    }
    if (asked) {
      rendering.line("#PBS -l select=" + Chunk.text(chunks));
    }
    List<String> places = new ArrayList<>();
    if (scattered(request.resources())
        || request.furtherComponents().stream().anyMatch(ResourceRendering::scattered)) {
      places.add("scatter");
    }
    if (request.resources().exclusive()) {
      places.add("excl");
      rendering.translated(RequestPart.EXCLUSIVE, "-l place=excl");
    }
    if (!places.isEmpty()) {
      rendering.line("#PBS -l place=" + String.join(":", places));
    }
  }

  /** Whether the chunks stand for nodes, of which there are several. */
  private static boolean scattered(Resources resources) {
    int perNode = resources.tasksPerNode().orElse(Integer.MAX_VALUE);
    return resources.nodes().map(NodeCount::min).orElse(1) > 1
        || resources.tasks().orElse(1) > perNode;
  }

  /** Adds the chunks of a component; whether it asks for anything that a chunk says. */
  private boolean chunksOf(Resources resources, List<Chunk> chunks) {
    OptionalInt nodes = OptionalInt.empty();
    if (resources.nodes().isPresent()) {
      NodeCount count = resources.nodes().get();
      int least = leastNodes(resources, count.min());
      nodes = OptionalInt.of(least);
      if (least > count.min()) {
        rendering.approximated(
            RequestPart.NODES, "select=" + least + ": as many as the tasks need");
      } else if (isUneven(resources, least)) {
        rendering.approximated(
            RequestPart.NODES,
            "select with two kinds of chunks: the tasks do not divide by " + least + " nodes");
      } else if (count.min() == count.max()) {
        rendering.translated(RequestPart.NODES, "select=" + count.min());
      } else {
        rendering.approximated(
            RequestPart.NODES, "select=" + count.min() + ": PBS has no range, the least is asked");
      }
    }
    List<Share> shares = shares(resources, nodes);
    int chunkCount = shares.stream().mapToInt(Share::chunks).sum();
    boolean counted = nodes.isPresent() || chunkCount > 1;
    OptionalInt tasks = shares.get(0).tasks();
    if (resources.tasksPerNode().isPresent()) {
      boolean everywhere = shares.size() == 1 && tasks.equals(resources.tasksPerNode());
      String text = "mpiprocs=" + tasks.orElse(1);
      if (everywhere) {
        rendering.translated(RequestPart.TASKS_PER_NODE, text);
      } else {
        rendering.approximated(
            RequestPart.TASKS_PER_NODE, text + ": there are not so many tasks for each node");
      }
    }
    if (resources.tasks().isPresent()) {
      int all = resources.tasks().getAsInt();
      rendering.approximated(
          RequestPart.TASKS,
          counted || tasks.isPresent()
              ? all
                  + (all == 1 ? " task in " : " tasks in ")
                  + chunkCount
                  + (chunkCount == 1 ? " chunk with its mpiprocs" : " chunks with their mpiprocs")
              : "one task is what a chunk has");
    }
    Map<String, String> values = values(resources, tasks, chunkCount);
    report(resources, tasks, chunkCount, values);
    boolean asked = counted || !values.isEmpty();
    for (Share share : shares) {
      OptionalInt count =
          counted || tasks.isPresent() ? OptionalInt.of(share.chunks()) : OptionalInt.empty();
      chunks.add(new Chunk(count, values(resources, share.tasks(), chunkCount)));
    }
    return asked;
  }

  /**
   * So many chunks with so many tasks each.
   *
   * @param tasks empty where the request does not tell
   */
  private record Share(int chunks, OptionalInt tasks) {}

  /**
   * How the tasks lie on the chunks, none with more than are to be on a node: as even as can be on
   * a given number of nodes, else node after node is filled. Those with more tasks come first.
   */
  private static List<Share> shares(Resources resources, OptionalInt nodes) {
    OptionalInt each = resources.tasksPerNode();
    if (resources.tasks().isEmpty()
        || (resources.tasks().getAsInt() == 1 && nodes.isEmpty() && each.isEmpty())) {
      return List.of(new Share(nodes.orElse(1), each));
    }
    int all = resources.tasks().getAsInt();
    if (nodes.isPresent()) {
      int least = all / nodes.getAsInt();
      int more = least == 0 ? 0 : all % nodes.getAsInt();
      return shares(more, least + 1, nodes.getAsInt() - more, Math.max(1, least));
    }
    int full = each.orElse(1);
    return shares(all / full, full, all % full > 0 ? 1 : 0, all % full);
  }

  private static List<Share> shares(int chunks, int tasks, int others, int theirTasks) {
    List<Share> shares = new ArrayList<>();
    if (chunks > 0) {
      shares.add(new Share(chunks, OptionalInt.of(tasks)));
    }
    if (others > 0) {
      shares.add(new Share(others, OptionalInt.of(theirTasks)));
    }
    return shares;
  }

  /** At least as many nodes as hold the tasks, where it is said how many go on each. */
  private static int leastNodes(Resources resources, int nodes) {
    boolean both = resources.tasks().isPresent() && resources.tasksPerNode().isPresent();
    return both
        ? Math.max(
            nodes, divided(resources.tasks().getAsInt(), resources.tasksPerNode().getAsInt()))
        : nodes;
  }

  /** What one of so many chunks asks for that has these tasks. */
  private static Map<String, String> values(Resources resources, OptionalInt tasks, int chunks) {
    Map<String, String> values = new LinkedHashMap<>();
    OptionalInt cpus = resources.cpusPerTask();
    if (cpus.isPresent() || tasks.isPresent()) {
      values.put("ncpus", Integer.toString(Product.of(cpus.orElse(1), tasks.orElse(1))));
    }
    tasks.ifPresent(each -> values.put("mpiprocs", Integer.toString(each)));
    if (tasks.isPresent() && cpus.isPresent()) {
      values.put("ompthreads", Integer.toString(cpus.getAsInt()));
    }
    if (resources.memory().isPresent() && resources.memory().get().bytes() > 0) {
      values.put("mem", PbsValues.size(memory(resources, chunks, tasks.orElse(1))));
    }
    if (!resources.gpus().isEmpty()) {
      long count = gpusPerChunk(resources.gpus(), chunks, tasks.orElse(1));
      values.put("ngpus", Long.toString(count));
    }
    return values;
  }

  private void report(
      Resources resources, OptionalInt tasks, int chunks, Map<String, String> values) {
    if (resources.cpusPerTask().isPresent()) {
      rendering.translated(RequestPart.CPUS_PER_TASK, "ncpus=" + values.get("ncpus"));
    }
    resources.memory().ifPresent(memory -> report(resources, memory, tasks, chunks, values));
    report(resources.gpus(), values.get("ngpus"));
    if (resources.scratchBytes().isPresent()) {
      rendering.leftOut(
          RequestPart.SCRATCH, "PBS has no resource of its own for it; sites have theirs");
    }
  }

  /** Whether some nodes get one task more than the others. */
  private static boolean isUneven(Resources resources, int nodes) {
    return resources.tasks().orElse(0) > nodes && resources.tasks().getAsInt() % nodes > 0;
  }

  private static int divided(int all, int each) {
    return (all + each - 1) / each;
  }

  private static long memory(Resources resources, int chunks, int tasks) {
    Memory memory = resources.memory().orElseThrow();
    long bytes = memory.bytes();
    return switch (memory.scope()) {
      case PER_NODE -> bytes;
      case PER_TASK -> Product.of(bytes, (long) tasks);
      case PER_CPU -> Product.of(bytes, (long) tasks * resources.cpusPerTask().orElse(1));
      case PER_GPU -> Product.of(bytes, Math.max(1, gpusPerChunk(resources.gpus(), chunks, tasks)));
      case PER_JOB -> (bytes + chunks - 1) / chunks;
    };
  }

  private void report(
      Resources resources,
      Memory memory,
      OptionalInt tasks,
      int chunks,
      Map<String, String> values) {
    if (memory.bytes() == 0) {
      rendering.leftOut(
          RequestPart.MEMORY, "PBS has no word for all memory of a node; ask for an amount");
      return;
    }
    String text = "mem=" + values.get("mem");
    boolean nodeIsChunk = resources.nodes().isPresent() || chunks == 1;
    if (memory.scope() == Memory.Scope.PER_NODE && nodeIsChunk) {
      rendering.translated(RequestPart.MEMORY, text);
    } else {
      int each = tasks.orElse(1);
      rendering.approximated(
          RequestPart.MEMORY,
          text + ": memory of a chunk with " + each + (each == 1 ? " task" : " tasks"));
    }
  }

  private static long gpusPerChunk(List<GpuRequest> gpus, int chunks, int tasksPerChunk) {
    long all = 0;
    for (GpuRequest gpu : GpuRequest.counting(gpus)) {
      all +=
          switch (gpu.scope()) {
            case PER_NODE, PER_SOCKET -> gpu.count();
            case PER_TASK -> Product.of(gpu.count(), (long) tasksPerChunk);
            case PER_JOB -> (gpu.count() + chunks - 1) / chunks;
          };
    }
    return all;
  }

  private void report(List<GpuRequest> gpus, String count) {
    if (gpus.isEmpty()) {
      return;
    }
    boolean plain =
        gpus.size() == 1
            && gpus.get(0).type().isEmpty()
            && gpus.get(0).scope() == GpuRequest.Scope.PER_NODE;
    if (plain) {
      rendering.translated(RequestPart.GPUS, "ngpus=" + count);
      return;
    }
    boolean typed = gpus.stream().anyMatch(gpu -> gpu.type().isPresent());
    rendering.approximated(
        RequestPart.GPUS,
        "ngpus="
            + count
            + " of each chunk"
            + (typed
                ? ": PBS has no resource of its own for a GPU's type; sites have theirs"
                : ""));
  }
}
