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
      cpus += part.cpus();
      memory += part.memoryBytes();
      gpus += part.gpus();
    }
    return new JobTotals(cpus, memory, gpus);
  }

  private static JobTotals of(Resources resources) {
    long nodes = resources.nodes().map(NodeCount::min).orElse(1);
    long tasks = resources.tasks().orElse((int) (nodes * resources.tasksPerNode().orElse(1)));
    long cpus = tasks * resources.cpusPerTask().orElse(1);
    long gpus = 0;
    for (GpuRequest gpu : GpuRequest.counting(resources.gpus())) {
      gpus +=
          switch (gpu.scope()) {
            case PER_JOB, PER_SOCKET -> gpu.count();
            case PER_NODE -> gpu.count() * nodes;
            case PER_TASK -> gpu.count() * tasks;
          };
    }
    long memory = 0;
    if (resources.memory().isPresent()) {
      Memory asked = resources.memory().get();
      memory =
          switch (asked.scope()) {
            case PER_JOB -> asked.bytes();
            case PER_NODE -> asked.bytes() * nodes;
            case PER_TASK -> asked.bytes() * tasks;
            case PER_CPU -> asked.bytes() * cpus;
            case PER_GPU -> asked.bytes() * gpus;
          };
    }
    return new JobTotals(cpus, memory, gpus);
  }
}
