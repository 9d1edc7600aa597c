package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.Walltime;

/**
 * What a cluster has and allows.
 *
 * @param name the cluster's name, empty if it has none
 * @param version the scheduler's version as it prints it
 * @param queues its partitions or queues, in the scheduler's order
 * @param nodes its nodes, in the scheduler's order
 * @param highestArrayIndex the highest index that an array task may have, empty for no limit
 * @param mostArrayTasks how many tasks an array may have, empty for no limit
 * @param accounting whether ended jobs can be looked up after they left the queue
 * @param endedJobsSeconds for how long the queue itself remembers an ended job, in seconds; empty
 *     if it is not known
 */
public record ClusterInfo(
    String name,
    String version,
    List<Queue> queues,
    List<Node> nodes,
    OptionalLong highestArrayIndex,
    OptionalLong mostArrayTasks,
    boolean accounting,
    OptionalLong endedJobsSeconds) {
  /**
   * A partition or queue.
   *
   * @param name its name
   * @param isDefault whether jobs that name none go there
   * @param up whether it takes jobs and starts them
   * @param maxWalltime the longest walltime, empty if the scheduler does not tell
   * @param defaultWalltime the walltime of a job that asks for none, empty if there is none
   * @param maxNodes the most nodes for one job, empty for no limit
   * @param nodes the names of its nodes
   * @param limits what it grants one job in all
   */
  public record Queue(
      String name,
      boolean isDefault,
      boolean up,
      Optional<Walltime> maxWalltime,
      Optional<Walltime> defaultWalltime,
      OptionalLong maxNodes,
      List<String> nodes,
      JobLimits limits) {
    public Queue {
      requireNonNull(name, "name is null");
      requireNonNull(maxWalltime, "maxWalltime is null");
      requireNonNull(defaultWalltime, "defaultWalltime is null");
      requireNonNull(maxNodes, "maxNodes is null");
      nodes = List.copyOf(nodes);
      requireNonNull(limits, "limits is null");
    }

    /** Of a scheduler that tells no limits of a job as a whole. */
    public Queue(
        String name,
        boolean isDefault,
        boolean up,
        Optional<Walltime> maxWalltime,
        Optional<Walltime> defaultWalltime,
        OptionalLong maxNodes,
        List<String> nodes) {
      this(name, isDefault, up, maxWalltime, defaultWalltime, maxNodes, nodes, JobLimits.NONE);
    }
  }

  /**
   * The most that one job gets in a queue, all its nodes and tasks together; empty for no limit.
   *
   * @param cpus CPUs
   * @param memoryBytes memory in bytes
   * @param gpus GPUs
   * @param arrayTasks tasks of an array
   */
  public record JobLimits(
      OptionalLong cpus, OptionalLong memoryBytes, OptionalLong gpus, OptionalLong arrayTasks) {
    /** No limits. */
    public static final JobLimits NONE =
        new JobLimits(
            OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    public JobLimits {
      requireNonNull(cpus, "cpus is null");
      requireNonNull(memoryBytes, "memoryBytes is null");
      requireNonNull(gpus, "gpus is null");
      requireNonNull(arrayTasks, "arrayTasks is null");
    }
  }

  /**
   * A node.
   *
   * @param name its name in the scheduler
   * @param state the scheduler's own word
   * @param cpus CPUs that jobs can have; 0 if the scheduler does not tell
   * @param memoryBytes memory that jobs can have, in bytes; 0 if the scheduler does not tell
   * @param gpus number of GPUs by model; the empty name is for a model that is not told
   */
  public record Node(
      String name, String state, long cpus, long memoryBytes, Map<String, Long> gpus) {
    public Node {
      requireNonNull(name, "name is null");
      requireNonNull(state, "state is null");
      gpus = Map.copyOf(gpus);
    }
  }

  public ClusterInfo {
    requireNonNull(name, "name is null");
    requireNonNull(version, "version is null");
    queues = List.copyOf(queues);
    nodes = List.copyOf(nodes);
    requireNonNull(highestArrayIndex, "highestArrayIndex is null");
    requireNonNull(mostArrayTasks, "mostArrayTasks is null");
    requireNonNull(endedJobsSeconds, "endedJobsSeconds is null");
  }

  /** Of a cluster without a limit for the number of an array's tasks. */
  public ClusterInfo(
      String name,
      String version,
      List<Queue> queues,
      List<Node> nodes,
      OptionalLong highestArrayIndex,
      boolean accounting,
      OptionalLong endedJobsSeconds) {
    this(
        name,
        version,
        queues,
        nodes,
        highestArrayIndex,
        OptionalLong.empty(),
        accounting,
        endedJobsSeconds);
  }
}
