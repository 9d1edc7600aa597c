package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a job asks of the nodes. Empty is "not asked": the site's default applies, and none is
 * invented here.
 *
 * @param nodes number of nodes
 * @param tasks number of tasks of the whole job, at least 1
 * @param tasksPerNode number of tasks on each node, at least 1
 * @param cpusPerTask CPUs of each task, at least 1, as the scheduler counts them: cores or hardware
 *     threads
 * @param memory memory, with what it is counted by
 * @param gpus GPUs, one entry a type and scope; empty for none asked
 * @param scratchBytes temporary disk space on each node, in bytes
 * @param exclusive whether the nodes are shared with no other job
 */
public record Resources(
    Optional<NodeCount> nodes,
    OptionalInt tasks,
    OptionalInt tasksPerNode,
    OptionalInt cpusPerTask,
    Optional<Memory> memory,
    List<GpuRequest> gpus,
    OptionalLong scratchBytes,
    boolean exclusive) {
  private static final Resources NONE =
      new Resources(
          Optional.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          List.of(),
          OptionalLong.empty(),
          false);

  public Resources {
    requireNonNull(nodes, "nodes is null");
    requireNonNull(tasks, "tasks is null");
    requireNonNull(tasksPerNode, "tasksPerNode is null");
    requireNonNull(cpusPerTask, "cpusPerTask is null");
    requireNonNull(memory, "memory is null");
    gpus = List.copyOf(gpus);
    requireNonNull(scratchBytes, "scratchBytes is null");
  }

  /** Nothing asked. */
  public static Resources none() {
    return NONE;
  }

  /** Whether the job gets GPUs, so that a container must show them. */
  public boolean asksForGpus() {
    return gpus.stream().anyMatch(gpu -> gpu.count() > 0);
  }

  public Resources withNodes(NodeCount value) {
    return new Resources(
        Optional.of(value),
        tasks,
        tasksPerNode,
        cpusPerTask,
        memory,
        gpus,
        scratchBytes,
        exclusive);
  }

  public Resources withTasks(int value) {
    return new Resources(
        nodes,
        OptionalInt.of(value),
        tasksPerNode,
        cpusPerTask,
        memory,
        gpus,
        scratchBytes,
        exclusive);
  }

  public Resources withTasksPerNode(int value) {
    return new Resources(
        nodes, tasks, OptionalInt.of(value), cpusPerTask, memory, gpus, scratchBytes, exclusive);
  }

  public Resources withCpusPerTask(int value) {
    return new Resources(
        nodes, tasks, tasksPerNode, OptionalInt.of(value), memory, gpus, scratchBytes, exclusive);
  }

  public Resources withMemory(Memory value) {
    return new Resources(
        nodes, tasks, tasksPerNode, cpusPerTask, Optional.of(value), gpus, scratchBytes, exclusive);
  }

  public Resources withGpus(List<GpuRequest> value) {
    return new Resources(
        nodes, tasks, tasksPerNode, cpusPerTask, memory, value, scratchBytes, exclusive);
  }

  public Resources withScratchBytes(long value) {
    return new Resources(
        nodes, tasks, tasksPerNode, cpusPerTask, memory, gpus, OptionalLong.of(value), exclusive);
  }

  public Resources withExclusive(boolean value) {
    return new Resources(
        nodes, tasks, tasksPerNode, cpusPerTask, memory, gpus, scratchBytes, value);
  }
}
