package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Product;

/** The memory that a user wants for each task, over what a script asks for. */
final class SlurmTaskMemory {
  private static final long MEBIBYTE = 1L << 20;

  private SlurmTaskMemory() {}

  /**
   * Memory of a whole task in an option that Slurm has. It knows none per task; so where it is
   * known how many tasks a node has, it is memory of the node, otherwise of the CPU, rounded up.
   */
  static Memory of(Overrides overrides, Resources resources, List<NativeOption> others) {
    long bytes = overrides.memoryBytesPerTask().orElseThrow();
    OptionalInt perNode = resources.tasksPerNode();
    if (perNode.isPresent()) {
      int tasks = Math.min(perNode.getAsInt(), resources.tasks().orElse(perNode.getAsInt()));
      return new Memory(Product.of(bytes, (long) tasks), Memory.Scope.PER_NODE);
    }
    int tasks = resources.tasks().orElse(1);
    boolean together = tasks == 1 || resources.nodes().equals(Optional.of(NodeCount.exactly(1)));
    if (together && SlurmAmendment.value(others, "ntasks-per-gpu").isEmpty()) {
      return new Memory(Product.of(bytes, (long) tasks), Memory.Scope.PER_NODE);
    }
    long cpus = (long) resources.cpusPerTask().orElse(1) * tasks;
    Optional<String> perGpu = SlurmAmendment.value(others, "cpus-per-gpu");
    if (perGpu.isPresent() && overrides.cpusPerTask().isEmpty()) {
      cpus =
          Math.max(
              cpus,
              Product.of(
                  jobGpus(resources, tasks), (long) SlurmValues.count(perGpu.get()).orElse(0)));
    }
    long mebibytes = Product.of((bytes + MEBIBYTE - 1) / MEBIBYTE, (long) tasks);
    return Memory.ofMebibytes((mebibytes + cpus - 1) / cpus, Memory.Scope.PER_CPU);
  }

  /** The GPUs of the whole job as far as they are known: with more of them it has more CPUs. */
  private static long jobGpus(Resources resources, int tasks) {
    long gpus = 0;
    for (GpuRequest gpu : resources.gpus()) {
      gpus +=
          switch (gpu.scope()) {
            case PER_JOB -> gpu.count();
            case PER_TASK -> Product.of(gpu.count(), (long) tasks);
            case PER_NODE ->
                Product.of(gpu.count(), (long) resources.nodes().map(NodeCount::min).orElse(1));
            case PER_SOCKET -> 0;
          };
    }
    return gpus;
  }
}
