package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;

/**
 * Tasks and CPUs that are counted by GPU ({@code --ntasks-per-gpu}, {@code --cpus-per-gpu}), in
 * numbers for schedulers that do not count so. Only where these have one meaning: where the GPUs
 * are one number, and every task gets as many of them as every other.
 *
 * @param tasks for each GPU, empty if not said
 * @param cpus for each GPU, empty if not said
 */
record SlurmPerGpu(OptionalInt tasks, OptionalInt cpus) {
  /** What the tasks are; empty where the option does not say it in one number. */
  Resources withTasks(Resources asked) {
    if (tasks.isEmpty() || asked.tasksPerNode().isPresent()) {
      return asked;
    }
    int each = tasks.getAsInt();
    if (asked.gpus().isEmpty() && asked.tasks().isPresent()) {
      // With a number of tasks it asks for the GPUs (sbatch(1), --ntasks-per-gpu).
      int all = asked.tasks().getAsInt();
      return all % each == 0
          ? asked.withGpus(
              List.of(new GpuRequest(Optional.empty(), all / each, GpuRequest.Scope.PER_JOB)))
          : asked;
    }
    OptionalLong gpus = gpus(asked);
    if (asked.tasks().isPresent() || gpus.isEmpty()) {
      return asked;
    }
    OptionalInt all = count(gpus.getAsLong(), each);
    return all.isEmpty() ? asked : asked.withTasks(all.getAsInt());
  }

  /** What the CPUs are; as it was where they are not one number for all tasks. */
  Resources withCpus(Resources asked) {
    if (cpus.isEmpty() || asked.cpusPerTask().isPresent()) {
      return asked;
    }
    OptionalLong ofTask = gpusOfTask(asked);
    OptionalInt all =
        ofTask.isPresent() ? count(ofTask.getAsLong(), cpus.getAsInt()) : ofJob(asked);
    return all.isEmpty() ? asked : asked.withCpusPerTask(all.getAsInt());
  }

  private OptionalInt ofJob(Resources asked) {
    OptionalLong gpus = gpus(asked);
    OptionalInt tasks = tasks(asked);
    if (gpus.isEmpty() || tasks.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt all = count(gpus.getAsLong(), cpus.getAsInt());
    boolean even = all.isPresent() && all.getAsInt() % tasks.getAsInt() == 0;
    return even ? OptionalInt.of(all.getAsInt() / tasks.getAsInt()) : OptionalInt.empty();
  }

  private static OptionalLong gpusOfTask(Resources asked) {
    List<GpuRequest> counting = GpuRequest.counting(asked.gpus());
    return !counting.isEmpty() && counting.get(0).scope() == GpuRequest.Scope.PER_TASK
        ? OptionalLong.of(sum(counting))
        : OptionalLong.empty();
  }

  /** All of the job; empty if that is not known. */
  private static OptionalLong gpus(Resources asked) {
    List<GpuRequest> counting = GpuRequest.counting(asked.gpus());
    if (counting.isEmpty() || counting.get(0).count() == 0) {
      return OptionalLong.empty();
    }
    OptionalInt nodes = nodes(asked);
    return switch (counting.get(0).scope()) {
      case PER_JOB -> OptionalLong.of(sum(counting));
      case PER_NODE ->
          nodes.isPresent()
              ? OptionalLong.of(sum(counting) * nodes.getAsInt())
              : OptionalLong.empty();
      case PER_SOCKET, PER_TASK -> OptionalLong.empty();
    };
  }

  /** Of a job without a word of it the one node that its tasks fit on is not known. */
  private static OptionalInt nodes(Resources asked) {
    if (asked.nodes().isPresent()) {
      NodeCount nodes = asked.nodes().get();
      return nodes.min() == nodes.max() ? OptionalInt.of(nodes.min()) : OptionalInt.empty();
    }
    boolean one = asked.tasks().orElse(1) == 1;
    return one ? OptionalInt.of(1) : OptionalInt.empty();
  }

  private static OptionalInt tasks(Resources asked) {
    if (asked.tasks().isPresent()) {
      return asked.tasks();
    }
    OptionalInt nodes = nodes(asked);
    return nodes.isPresent()
        ? count(nodes.getAsInt(), asked.tasksPerNode().orElse(1))
        : OptionalInt.empty();
  }

  private static long sum(List<GpuRequest> gpus) {
    return gpus.stream().mapToLong(GpuRequest::count).sum();
  }

  private static OptionalInt count(long one, int other) {
    long all = Math.multiplyHigh(one, other) == 0 ? one * other : -1;
    return all > 0 && all <= Integer.MAX_VALUE ? OptionalInt.of((int) all) : OptionalInt.empty();
  }
}
