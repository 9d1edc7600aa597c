package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.ClusterInfo.JobLimits;
import org.junit.jupiter.api.Test;

/** Arrays that a cluster would refuse: schedulers limit their indexes or their number of tasks. */
final class ClusterLimitsTest {
  @Test
  void arrayWithMoreTasksThanTheClusterAllowsIsTold() {
    ClusterLimits limits = limits(OptionalLong.empty(), OptionalLong.of(100));

    assertThat(limits.exceededBy(array(1, 101)))
        .containsExactly("the array has 101 tasks, and this cluster allows 100");
    assertThat(limits.exceededBy(array(1001, 1100))).isEmpty();
    assertThat(limits.exceededBy(JobRequest.empty())).isEmpty();
  }

  @Test
  void arrayWithAHigherIndexThanTheClusterAllowsIsTold() {
    ClusterLimits limits = limits(OptionalLong.of(1000), OptionalLong.empty());

    assertThat(limits.exceededBy(array(1001, 1100)))
        .containsExactly("the array's highest index is 1100, and this cluster allows 1000");
    assertThat(limits.exceededBy(array(1, 1000))).isEmpty();
  }

  /** sbatch --gpus-per-node=2 --gpus-per-task=1: of the same two. */
  @Test
  void gpusThatAreToldInTwoWaysAreCountedOnce() {
    ClusterInfo.Queue queue = queue("q", new JobLimits(of(9), of(1L << 30), of(2), of(5)));
    Resources resources =
        Resources.none()
            .withTasks(2)
            .withGpus(
                List.of(
                    new GpuRequest(Optional.empty(), 1, GpuRequest.Scope.PER_TASK),
                    new GpuRequest(Optional.empty(), 2, GpuRequest.Scope.PER_NODE)));
    assertThat(
            limits(queue)
                .exceededBy(JobRequest.empty().toBuilder().resources(resources).queue("q").build()))
        .isEmpty();
  }

  @Test
  void jobThatAsksForMoreThanItsQueueGrantsOneIsToldTheLimits() {
    ClusterInfo.Queue small = queue("small", new JobLimits(of(2), of(1L << 30), of(1), of(5)));
    ClusterInfo.Queue wide = queue("wide", new JobLimits(of(3), of(1L << 30), of(9), of(4)));
    Resources resources =
        Resources.none()
            .withTasks(2)
            .withCpusPerTask(2)
            .withMemory(Memory.ofMebibytes(300, Memory.Scope.PER_CPU))
            .withGpus(List.of(new GpuRequest(Optional.empty(), 1, GpuRequest.Scope.PER_TASK)));
    JobRequest request = array(1, 6).toBuilder().resources(resources).queue("small").build();

    assertThat(limits(small, wide).exceededBy(request))
        .containsExactly(
            "the job needs 4 CPUs, and the queue small allows at most 2",
            "the job needs 1200 MiB of memory, and the queue small allows at most 1024 MiB",
            "the job needs 2 GPUs, and the queue small allows at most 1",
            "the job is an array of 6 tasks, and the queue small allows at most 5");
    assertThat(limits(small, wide).exceededBy(request.toBuilder().queue("small,wide").build()))
        .hasSize(3)
        .contains("the job needs 4 CPUs, and the queues small, wide allow at most 3");
    assertThat(
            limits(small, queue("free", JobLimits.NONE))
                .exceededBy(request.toBuilder().queue("small,free").build()))
        .isEmpty();
  }

  @Test
  void qualityOfServiceMayLiftTheNodesOfAQueueButNotMakeAny() {
    ClusterInfo.Queue two =
        new ClusterInfo.Queue(
            "two",
            true,
            true,
            Optional.empty(),
            Optional.empty(),
            of(2),
            List.of("n1", "n2", "n3"));
    JobRequest three = nodes(3);
    assertThat(limits(two).exceededBy(three))
        .containsExactly("the job needs 3 nodes, and the queue two allows at most 2");
    assertThat(limits(two).exceededBy(three.toBuilder().qos("wide").build())).isEmpty();
    assertThat(limits(two).exceededBy(nodes(4).toBuilder().qos("wide").build()))
        .containsExactly("the job needs 4 nodes, and the queue two allows at most 3");
  }

  @Test
  void walltimeOfAQueueIsNoLimitWhereSomethingMayLiftIt() {
    ClusterInfo.Queue hour =
        new ClusterInfo.Queue(
            "hour",
            true,
            true,
            Optional.of(new Walltime.Limit(Duration.ofHours(1))),
            Optional.empty(),
            OptionalLong.empty(),
            List.of());
    JobRequest day =
        JobRequest.empty().toBuilder().walltime(new Walltime.Limit(Duration.ofDays(1))).build();
    ClusterInfo cluster =
        new ClusterInfo(
            "", "", List.of(hour), List.of(), OptionalLong.empty(), true, OptionalLong.empty());

    assertThat(new ClusterLimits(cluster, request -> false).exceededBy(day)).hasSize(1);
    assertThat(new ClusterLimits(cluster, request -> true).exceededBy(day)).isEmpty();
    assertThat(
            new ClusterLimits(
                    cluster,
                    request -> {
                      throw new AssertionError("asked for a job within the limits");
                    })
                .exceededBy(JobRequest.empty()))
        .isEmpty();
  }

  private static JobRequest nodes(int count) {
    return JobRequest.empty().toBuilder()
        .resources(Resources.none().withNodes(NodeCount.exactly(count)))
        .build();
  }

  private static ClusterInfo.Queue queue(String name, JobLimits limits) {
    return new ClusterInfo.Queue(
        name,
        false,
        true,
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        List.of(),
        limits);
  }

  private static ClusterLimits limits(ClusterInfo.Queue... queues) {
    return new ClusterLimits(
        new ClusterInfo(
            "", "", List.of(queues), List.of(), OptionalLong.empty(), true, OptionalLong.empty()),
        request -> request.qos().isPresent());
  }

  private static OptionalLong of(long limit) {
    return OptionalLong.of(limit);
  }

  private static ClusterLimits limits(OptionalLong highestIndex, OptionalLong mostTasks) {
    return new ClusterLimits(
        new ClusterInfo(
            "", "", List.of(), List.of(), highestIndex, mostTasks, true, OptionalLong.empty()),
        request -> false);
  }

  private static JobRequest array(long first, long last) {
    return JobRequest.empty().toBuilder()
        .array(new ArraySpec(List.of(new ArraySpec.Range(first, last, 1)), OptionalInt.empty()))
        .build();
  }
}
