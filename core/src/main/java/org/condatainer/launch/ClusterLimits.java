package org.condatainer.launch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;

/**
 * What a cluster could never grant. Schedulers take such a job and let it wait for ever (Slurm's
 * {@code PartitionTimeLimit}, PBS's "Can Never Run"), so it is told before the submit. Only what no
 * queue that the job may go to allows is told.
 */
final class ClusterLimits {
  private final ClusterInfo cluster;
  private final Predicate<JobRequest> mayLift;

  /**
   * @param mayLift whether something beside its queue may grant a job more, or another queue; asked
   *     only if the queue does not
   */
  ClusterLimits(ClusterInfo cluster, Predicate<JobRequest> mayLift) {
    this.cluster = cluster;
    this.mayLift = mayLift;
  }

  /** What is beyond the limits, a sentence each; empty if nothing is. */
  List<String> exceededBy(JobRequest request) {
    List<String> exceeded = new ArrayList<>();
    array(request, exceeded);
    List<ClusterInfo.Queue> queues = queues(request);
    List<String> byQueue = new ArrayList<>();
    if (!queues.isEmpty()) {
      walltime(request, queues, byQueue);
      nodes(request, queues, true, byQueue);
      totals(request, queues, exceeded);
    }
    resources(request, nodesOf(queues), byQueue);
    if (!byQueue.isEmpty() && mayLift.test(request)) {
      byQueue.clear();
      nodes(request, cluster.queues(), false, byQueue);
      resources(request, nodesOf(cluster.queues()), byQueue);
    }
    exceeded.addAll(byQueue);
    return exceeded;
  }

  private void array(JobRequest request, List<String> exceeded) {
    if (request.array().isPresent() && cluster.highestArrayIndex().isPresent()) {
      long highest = request.array().get().highestIndex();
      long limit = cluster.highestArrayIndex().getAsLong();
      if (highest > limit) {
        exceeded.add(
            "the array's highest index is " + highest + ", and this cluster allows " + limit);
      }
    }
    if (request.array().isPresent() && cluster.mostArrayTasks().isPresent()) {
      long tasks = request.array().get().count();
      long limit = cluster.mostArrayTasks().getAsLong();
      if (tasks > limit) {
        exceeded.add("the array has " + tasks + " tasks, and this cluster allows " + limit);
      }
    }
  }

  /** The queues that the job may go to: the named ones, the default, or any. */
  private List<ClusterInfo.Queue> queues(JobRequest request) {
    List<ClusterInfo.Queue> queues = new ArrayList<>();
    List<String> names = List.of(request.queue().orElse("").split(",", -1));
    for (ClusterInfo.Queue queue : cluster.queues()) {
      if (request.queue().isPresent() ? names.contains(queue.name()) : queue.isDefault()) {
        queues.add(queue);
      }
    }
    return queues.isEmpty() && request.queue().isEmpty() ? cluster.queues() : queues;
  }

  private static void walltime(
      JobRequest request, List<ClusterInfo.Queue> queues, List<String> exceeded) {
    if (!(request.walltime().orElse(null) instanceof Walltime.Limit asked)) {
      return;
    }
    Duration longest = Duration.ZERO;
    for (ClusterInfo.Queue queue : queues) {
      if (!(queue.maxWalltime().orElse(null) instanceof Walltime.Limit limit)) {
        return;
      }
      longest = limit.duration().compareTo(longest) > 0 ? limit.duration() : longest;
    }
    if (asked.duration().compareTo(longest) > 0) {
      exceeded.add(
          "the walltime is "
              + clock(asked.duration())
              + ", and "
              + names(queues)
              + " at most "
              + clock(longest));
    }
  }

  private static void nodes(
      JobRequest request, List<ClusterInfo.Queue> queues, boolean limited, List<String> exceeded) {
    int asked = request.resources().nodes().map(NodeCount::min).orElse(1);
    long most = 0;
    for (ClusterInfo.Queue queue : queues) {
      long has = queue.nodes().isEmpty() ? Long.MAX_VALUE : queue.nodes().size();
      long grants = limited ? queue.maxNodes().orElse(Long.MAX_VALUE) : has;
      most = Math.max(most, Math.min(has, grants));
    }
    if (asked > most && !queues.isEmpty()) {
      exceeded.add("the job needs " + asked + " nodes, and " + names(queues) + " at most " + most);
    }
  }

  /** What the job gets in all, beside what the queues grant one. */
  private static void totals(
      JobRequest request, List<ClusterInfo.Queue> queues, List<String> exceeded) {
    JobTotals job = JobTotals.of(request);
    OptionalLong cpus = most(queues, ClusterInfo.JobLimits::cpus);
    if (cpus.isPresent() && job.cpus() > cpus.getAsLong()) {
      exceeded.add(beyond("needs " + job.cpus() + " CPUs", queues, cpus.getAsLong() + ""));
    }
    OptionalLong memory = most(queues, ClusterInfo.JobLimits::memoryBytes);
    if (memory.isPresent() && job.memoryBytes() > memory.getAsLong()) {
      String needs = "needs " + mebibytes(job.memoryBytes()) + " MiB of memory";
      exceeded.add(beyond(needs, queues, mebibytes(memory.getAsLong()) + " MiB"));
    }
    OptionalLong gpus = most(queues, ClusterInfo.JobLimits::gpus);
    if (gpus.isPresent() && job.gpus() > gpus.getAsLong()) {
      exceeded.add(beyond("needs " + job.gpus() + " GPUs", queues, gpus.getAsLong() + ""));
    }
    OptionalLong tasks = most(queues, ClusterInfo.JobLimits::arrayTasks);
    long asked = request.array().map(ArraySpec::count).orElse(0L);
    if (tasks.isPresent() && asked > tasks.getAsLong()) {
      exceeded.add(beyond("is an array of " + asked + " tasks", queues, tasks.getAsLong() + ""));
    }
  }

  private static String beyond(String asks, List<ClusterInfo.Queue> queues, String most) {
    return "the job " + asks + ", and " + names(queues) + " at most " + most;
  }

  /** The highest of a limit, empty if a queue has none. */
  private static OptionalLong most(
      List<ClusterInfo.Queue> queues, Function<ClusterInfo.JobLimits, OptionalLong> limit) {
    long most = 0;
    for (ClusterInfo.Queue queue : queues) {
      OptionalLong own = limit.apply(queue.limits());
      if (own.isEmpty()) {
        return own;
      }
      most = Math.max(most, own.getAsLong());
    }
    return OptionalLong.of(most);
  }

  private static String names(List<ClusterInfo.Queue> queues) {
    StringBuilder names = new StringBuilder();
    for (ClusterInfo.Queue queue : queues) {
      names.append(names.isEmpty() ? "" : ", ").append(queue.name());
    }
    return (queues.size() == 1 ? "the queue " : "the queues ")
        + names
        + (queues.size() == 1 ? " allows" : " allow");
  }

  /** The nodes of the queues; all, where the scheduler does not tell which are whose. */
  private List<ClusterInfo.Node> nodesOf(List<ClusterInfo.Queue> queues) {
    List<String> names = new ArrayList<>();
    for (ClusterInfo.Queue queue : queues) {
      if (queue.nodes().isEmpty()) {
        return cluster.nodes();
      }
      names.addAll(queue.nodes());
    }
    List<ClusterInfo.Node> nodes = new ArrayList<>();
    for (ClusterInfo.Node node : cluster.nodes()) {
      if (names.contains(node.name())) {
        nodes.add(node);
      }
    }
    return nodes.isEmpty() ? cluster.nodes() : nodes;
  }

  private static void resources(
      JobRequest request, List<ClusterInfo.Node> nodes, List<String> exceeded) {
    if (nodes.isEmpty()) {
      return;
    }
    long mostCpus = 0;
    long mostMemory = 0;
    for (ClusterInfo.Node node : nodes) {
      mostCpus = Math.max(mostCpus, node.cpus());
      mostMemory = Math.max(mostMemory, node.memoryBytes());
    }
    List<Resources> components = new ArrayList<>(request.furtherComponents());
    components.add(0, request.resources());
    for (Resources resources : components) {
      int cpus = resources.cpusPerTask().orElse(1);
      if (mostCpus > 0 && cpus > mostCpus) {
        exceeded.add("a task needs " + cpus + " CPUs, and the largest node there has " + mostCpus);
      }
      long memory = resources.memory().map(given -> memoryOfTask(given, cpus)).orElse(0L);
      if (mostMemory > 0 && memory > mostMemory) {
        exceeded.add(
            "a node would need "
                + mebibytes(memory)
                + " MiB of memory, and the largest there has "
                + mebibytes(mostMemory));
      }
      gpus(resources, nodes, exceeded);
    }
  }

  /** What a node must have at the least for one task to run on it. */
  private static long memoryOfTask(Memory memory, int cpus) {
    return switch (memory.scope()) {
      case PER_NODE, PER_TASK, PER_GPU -> memory.bytes();
      case PER_CPU -> JobTotals.times(memory.bytes(), cpus);
      case PER_JOB -> 0;
    };
  }

  private static void gpus(
      Resources resources, List<ClusterInfo.Node> nodes, List<String> exceeded) {
    for (GpuRequest gpu : resources.gpus()) {
      if (gpu.scope() != GpuRequest.Scope.PER_NODE || gpu.count() == 0) {
        continue;
      }
      long most = 0;
      for (ClusterInfo.Node node : nodes) {
        most = Math.max(most, count(node.gpus(), gpu.type()));
      }
      if (gpu.count() > most) {
        String type = gpu.type().map(name -> name + " ").orElse("");
        exceeded.add(
            "a node needs "
                + gpu.count()
                + " "
                + type
                + (gpu.count() == 1 ? "GPU" : "GPUs")
                + ", and no node there has more than "
                + most);
      }
    }
  }

  /** A node whose GPUs have no name may have any. */
  private static long count(Map<String, Long> gpus, Optional<String> type) {
    long count = 0;
    for (Map.Entry<String, Long> entry : gpus.entrySet()) {
      if (type.isEmpty()
          || entry.getKey().isEmpty()
          || entry.getKey().equalsIgnoreCase(type.get())) {
        count += entry.getValue();
      }
    }
    return count;
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  private static String clock(Duration duration) {
    long minutes = duration.toMinutesPart();
    return duration.toHours() + ":" + (minutes < 10 ? "0" : "") + minutes + " h";
  }
}
