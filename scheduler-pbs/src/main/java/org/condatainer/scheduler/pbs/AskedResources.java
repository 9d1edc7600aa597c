package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;

/**
 * What {@code -l} asks for, all of it together, in neutral words.
 *
 * @param chunks of {@code select}, which goes over all else
 * @param nodes of {@code nodes}, in PBS's old spelling and Torque's
 * @param procs Torque's so many CPUs anywhere
 * @param jobWide resources of the job as a whole
 * @param exclusive whether the nodes are to be the job's alone
 * @param packed whether all chunks are to be on one host
 */
record AskedResources(
    List<Chunk> chunks,
    Optional<NodesSpec> nodes,
    OptionalInt procs,
    Chunk jobWide,
    boolean exclusive,
    boolean packed) {
  AskedResources {
    chunks = List.copyOf(chunks);
  }

  /** One for each kind of chunk or node, at least one. */
  List<Resources> components() {
    List<Resources> all = new ArrayList<>();
    for (Chunk chunk : chunks) {
      all.add(isPacked() ? chunk.packed().resources() : chunk.resources());
    }
    if (all.isEmpty() && nodes.isPresent()) {
      all.addAll(ofNodes(nodes.get()));
    }
    if (all.isEmpty()) {
      Resources resources = jobWideMemory(jobWide.resources());
      if (procs.isPresent()) {
        resources = resources.withTasks(procs.getAsInt());
      }
      all.add(jobWideGpus(resources));
    }
    all.replaceAll(resources -> resources.withExclusive(exclusive));
    return all;
  }

  /** Several chunks of one kind that are to be on one host. */
  private boolean isPacked() {
    return packed && chunks.size() == 1 && chunks.get(0).count().orElse(1) > 1;
  }

  private List<Resources> ofNodes(NodesSpec spec) {
    List<Resources> all = new ArrayList<>();
    if (spec.isListOfNames()) {
      all.add(jobWideGpus(jobWideMemory(Resources.none())));
      return all;
    }
    OptionalInt cpus = PbsValues.count(jobWide.values().getOrDefault("ncpus", ""));
    for (NodesSpec.Part part : spec.parts()) {
      Resources resources = Resources.none();
      if (part.isNumber() || spec.parts().size() > 1) {
        resources = resources.withNodes(NodeCount.exactly(part.count()));
      }
      if (part.tasks().isPresent()) {
        resources = resources.withTasksPerNode(part.tasks().getAsInt());
      }
      if (spec.cpusPerTask(part, cpus) > 1) {
        resources = resources.withCpusPerTask(spec.cpusPerTask(part, cpus));
      }
      if (part.gpus().isPresent()) {
        resources =
            resources.withGpus(List.of(gpus(part.gpus().getAsLong(), GpuRequest.Scope.PER_NODE)));
      } else {
        resources = jobWideGpus(resources);
      }
      resources = jobWideMemory(resources);
      if (spec.parts().size() > 1 && jobWide.size("mem").isPresent()) {
        // PBS divides the job's memory by its nodes.
        long each = (jobWide.size("mem").getAsLong() + spec.nodes() - 1) / spec.nodes();
        resources = resources.withMemory(new Memory(each, Memory.Scope.PER_NODE));
      }
      all.add(resources);
    }
    return all;
  }

  private Resources jobWideMemory(Resources resources) {
    OptionalLong job = jobWide.size("mem");
    OptionalLong task = jobWide.size("pmem");
    if (job.isPresent()) {
      return resources.withMemory(new Memory(job.getAsLong(), Memory.Scope.PER_JOB));
    }
    return task.isPresent()
        ? resources.withMemory(new Memory(task.getAsLong(), Memory.Scope.PER_TASK))
        : resources;
  }

  private Resources jobWideGpus(Resources resources) {
    OptionalLong count = PbsValues.digits(jobWide.values().getOrDefault("ngpus", ""));
    return count.isPresent()
        ? resources.withGpus(List.of(gpus(count.getAsLong(), GpuRequest.Scope.PER_JOB)))
        : resources;
  }

  private static GpuRequest gpus(long count, GpuRequest.Scope scope) {
    return new GpuRequest(Optional.empty(), count, scope);
  }
}
