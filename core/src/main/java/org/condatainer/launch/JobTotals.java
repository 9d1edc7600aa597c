package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;

/**
 * What a job asks for at the least, all its nodes and tasks together.
 *
 * @param cpus CPUs
 * @param memoryBytes memory in bytes, 0 if none is asked
 * @param gpus GPUs
 */
record JobTotals(long cpus, long memoryBytes, long gpus) {
  static JobTotals of(JobRequest request) {
    List<Resources> components = new ArrayList<>(request.furtherComponents());
    components.add(0, request.resources());
    long cpus = 0;
    long memory = 0;
    long gpus = 0;
    for (Resources component : components) {
      JobTotals part = of(component);
      cpus = sum(cpus, part.cpus());
      memory = sum(memory, part.memoryBytes());
      gpus = sum(gpus, part.gpus());
    }
    return new JobTotals(cpus, memory, gpus);
  }

  private static JobTotals of(Resources resources) {
    long nodes = resources.nodes().map(NodeCount::min).orElse(1);
    long tasks =
        resources.tasks().isPresent()
            ? resources.tasks().getAsInt()
            : times(nodes, resources.tasksPerNode().orElse(1));
    long cpus = times(tasks, resources.cpusPerTask().orElse(1));
    long gpus = 0;
    for (GpuRequest gpu : GpuRequest.counting(resources.gpus())) {
      gpus +=
          switch (gpu.scope()) {
            case PER_JOB, PER_SOCKET -> gpu.count();
            case PER_NODE -> times(gpu.count(), nodes);
            case PER_TASK -> times(gpu.count(), tasks);
          };
    }
    gpus = gpus < 0 ? Long.MAX_VALUE : gpus;
    long memory = 0;
    if (resources.memory().isPresent()) {
      Memory asked = resources.memory().get();
      memory =
          switch (asked.scope()) {
            case PER_JOB -> asked.bytes();
            case PER_NODE -> times(asked.bytes(), nodes);
            case PER_TASK -> times(asked.bytes(), tasks);
            case PER_CPU -> times(asked.bytes(), cpus);
            case PER_GPU -> times(asked.bytes(), gpus);
          };
    }
    return new JobTotals(cpus, memory, gpus);
  }

  /** What cannot be counted is above every limit. */
  static long times(long one, long other) {
    return Math.multiplyHigh(one, other) == 0 && one * other >= 0 ? one * other : Long.MAX_VALUE;
  }

  private static long sum(long one, long other) {
    return other > Long.MAX_VALUE - one ? Long.MAX_VALUE : one + other;
  }
}
