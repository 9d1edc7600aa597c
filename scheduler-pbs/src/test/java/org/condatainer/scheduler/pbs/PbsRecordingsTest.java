package org.condatainer.scheduler.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real OpenPBS printed. */
final class PbsRecordingsTest {
  static final List<Recording> ALL =
      Recording.all(Path.of("src/test/resources/recordings/openpbs"));

  /** Those in which jobs are described. */
  static List<Recording> ofJobs() {
    List<Recording> found = new ArrayList<>();
    for (Recording recording : ALL) {
      if (recording.stdout().contains("\n    job_state = ")) {
        found.add(recording);
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          state-queued.qstat-xf                       | PENDING
          state-held-user.qstat-xf                    | HELD
          state-waiting-until.qstat-xf                | PENDING
          state-dep-afterok-waiting.qstat-xf          | PENDING
          state-running.qstat-xf                      | RUNNING
          state-suspended.qstat-xf                    | SUSPENDED
          state-bad-output-path.qstat-xf              | COMPLETING
          array-qstat-f                               | RUNNING
          state-finished-ok.qstat-xf                  | SUCCEEDED 0
          state-failed-exit3.qstat-xf                 | FAILED 3
          state-failed-signal9.qstat-xf               | FAILED 137
          state-bad-shell.qstat-xf                    | FAILED 254
          state-walltime-exceeded.qstat-xf            | TIMED_OUT
          state-cancelled-held.qstat-xf               | CANCELLED
          state-cancelled-running-final.qstat-xf      | CANCELLED signal 15
          state-cancelled-ends-well.qstat-xf-w        | CANCELLED
          state-dep-afterok-after-fail.qstat-xf       | CANCELLED
          qstat-xf-depend-missing                     | CANCELLED
          momdown-qstat-xf3                           | NODE_FAILED
          state-forced-by-manager.qstat-xf-w          | NODE_FAILED
          state-forced-by-its-owner.qstat-xf-w        | CANCELLED signal 9
          state-put-back-and-deleted.qstat-xf-w       | NODE_FAILED
          """)
  void stateIsReadAsAPersonReadsIt(String name, String expected) {
    List<PbsJob> jobs = PbsJob.of(recording(name).stdout());

    assertThat(jobs).isNotEmpty();
    assertThat(text(jobs.get(0).state())).isEqualTo(expected);
  }

  private static String text(JobState state) {
    if (state instanceof JobState.Alive alive) {
      return alive.phase().name();
    }
    JobState.Ended ended = (JobState.Ended) state;
    return ended.outcome()
        + (ended.exitCode().isPresent() ? " " + ended.exitCode().getAsInt() : "")
        + (ended.signal().isPresent() ? " signal " + ended.signal().getAsInt() : "");
  }

  /** What is told of it is the array's: 0 by its last task, and whatever became of all. */
  @ParameterizedTest
  @CsvSource({"X,70", "F,92", "F,93", "F,91"})
  void taskThatWasDeletedBeforeItsStartDidNotSucceed(String word, String substate) {
    String task =
        "Job Id: 9[2].node1\n    Job_Name = a\n    Job_Owner = me@node1\n    job_state = "
            + word
            + "\n    stime = Sat Nov 28 15:13:15 2026\n    substate = "
            + substate
            + "\n    comment = Subjob finished\n    Exit_status = 0\n\n";

    assertThat(text(PbsJob.of(task).get(0).state())).isEqualTo("CANCELLED");
  }

  /** Its former run may still write, unless its node said that it had ended (-11). */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"-20,NODE_FAILED", "-14,NODE_FAILED", "-11,CANCELLED", "-,NODE_FAILED"})
  void jobThatWasPutBackAndDeletedMayStillRunOnALostNode(String status, String expected) {
    String text =
        recording("state-put-back-and-deleted.qstat-xf-w")
            .stdout()
            .replace(
                "    Exit_status = -20\n",
                status == null ? "" : "    Exit_status = " + status + "\n");

    assertThat(text(PbsJob.of(text).get(0).state())).isEqualTo(expected);
  }

  @Test
  void snapshotOfARunningJobIsComplete() {
    JobSnapshot job =
        PbsJob.of(recording("state-running.qstat-xf").stdout())
            .get(0)
            .snapshot(JobId.of("13"), "qstat");

    assertThat(job.name()).contains("filler");
    assertThat(job.owner()).contains("cntuser");
    assertThat(job.queue()).contains("workq");
    assertThat(job.nodes()).containsExactly("node1", "node2");
    assertThat(job.submitted()).isPresent();
    assertThat(job.started()).isPresent();
    assertThat(job.tag()).isEmpty();
  }

  @Test
  void noFieldIsShiftedAndNothingEndedWithoutItsWord() {
    List<Recording> recordings = ofJobs();

    assertThat(recordings).hasSizeGreaterThan(80);
    for (Recording recording : recordings) {
      List<PbsJob> jobs = PbsJob.of(recording.stdout());
      long ids = recording.stdout().lines().filter(line -> line.startsWith("Job Id: ")).count();
      assertThat(jobs).as(recording.name()).hasSize((int) ids);
      for (PbsJob job : jobs) {
        JobSnapshot snapshot = job.snapshot(JobId.of(job.id()), "qstat");
        assertThat(snapshot.owner()).as(recording.name()).isPresent();
        assertThat(snapshot.queue()).as(recording.name()).contains("workq");
        if (snapshot.state() instanceof JobState.Ended) {
          assertThat(recording.stdout()).contains("job_state = F");
        }
      }
    }
  }

  @Test
  void wrappedAndUnwrappedFormsAreTheSame() {
    assertThat(PbsJob.of(recording("qstat-xf-w-many").stdout()))
        .extracting(PbsJob::id)
        .containsExactly("38.node1", "53.node1");
    assertThat(PbsJob.of(recording("many-order-xf-38-4242-39").stdout()))
        .extracting(PbsJob::id)
        .containsExactly("38.node1", "39.node1");
  }

  @Test
  void tagIsAVariableOfTheJob() {
    String text =
        recording("qstat-xf-w-many")
            .stdout()
            .replace(",PBS_O_QUEUE=", ",CNT_TAG=cnt:r-1;00ffw,PBS_O_QUEUE=");

    assertThat(PbsJob.of(text).get(1).tag()).contains("cnt:r-1;00ffw");
    assertThat(PbsJob.of(text.replace(",CNT_TAG=", ",XCNT_TAG=")).get(1).tag()).isEmpty();
  }

  @Test
  void clusterIsReadFromThreeCommands() {
    ClusterInfo info =
        PbsCluster.info(
            recording("cluster-qstat_-Bf").stdout(),
            recording("cluster-qstat_-Qf").stdout(),
            recording("cluster-pbsnodes_-av").stdout());

    assertThat(info.name()).isEqualTo("node1");
    assertThat(info.version()).isEqualTo("23.06.06");
    assertThat(info.accounting()).isTrue();
    assertThat(info.endedJobsSeconds()).hasValue(86_400);
    assertThat(info.mostArrayTasks()).hasValue(10_000);
    assertThat(info.highestArrayIndex()).isEmpty();
    assertThat(info.queues()).hasSize(1);
    assertThat(info.queues().get(0).isDefault()).isTrue();
    assertThat(info.queues().get(0).up()).isTrue();
    assertThat(info.nodes())
        .extracting(ClusterInfo.Node::name, ClusterInfo.Node::cpus, ClusterInfo.Node::memoryBytes)
        .containsExactly(
            tuple("node1", 8L, 24_684_084L << 10), tuple("node2", 8L, 24_684_084L << 10));
  }

  /** As a server with such queues and vnodes prints them. */
  @Test
  void limitsOfServerQueuesAndDestinationsAreReadAndVnodesAreOneHost() {
    String server =
        """
        Server: node1
            default_queue = route
            max_array_size = 10000
            resources_max.mem = 8gb

        """;
    String queues =
        """
        Queue: small
            queue_type = Execution
            resources_max.mem = 1gb
            resources_max.ncpus = 2
            resources_max.nodect = 1
            resources_max.walltime = 01:00:00
            max_array_size = 5
            enabled = True
            started = True

        Queue: large
            queue_type = Execution
            resources_max.ncpus = 64
            resources_max.walltime = 100:30:00
            enabled = True
            started = True

        Queue: route
            queue_type = Route
            resources_max.ncpus = 32
            route_destinations = small,large
            enabled = True
            started = True

        Queue: away
            queue_type = Route
            route_destinations = small,far@else
            enabled = True
            started = True

        """;
    String nodes =
        """
        node1
             state = free
             resources_available.host = node1
             resources_available.mem = 1gb
             resources_available.ncpus = 0
             resources_available.vnode = node1

        node1[0]
             state = free
             resources_available.host = node1
             resources_available.mem = 4gb
             resources_available.ncpus = 8
             resources_available.ngpus = 2
             resources_available.vnode = node1[0]

        node1[1]
             state = free
             resources_available.host = node1
             resources_available.mem = 4gb
             resources_available.ncpus = 8
             resources_available.ngpus = 2
             resources_available.vnode = node1[1]

        """;

    ClusterInfo info = PbsCluster.info(server, queues, nodes);

    assertThat(info.queues())
        .extracting(ClusterInfo.Queue::name, ClusterInfo.Queue::isDefault, this::limits)
        .containsExactly(
            tuple("small", false, "1:00 nodes 1 cpus 2 MiB 1024 tasks 5"),
            tuple("large", false, "100:30 nodes - cpus 64 MiB 8192 tasks -"),
            tuple("route", true, "100:30 nodes - cpus 32 MiB 8192 tasks -"),
            tuple("away", false, "- nodes - cpus - MiB 8192 tasks -"));
    assertThat(info.nodes())
        .containsExactly(new ClusterInfo.Node("node1", "free", 16, 9L << 30, Map.of("", 4L)));
  }

  private String limits(ClusterInfo.Queue queue) {
    String walltime =
        queue.maxWalltime().orElse(null) instanceof Walltime.Limit limit
            ? limit.duration().toHours() + ":" + limit.duration().toMinutesPart()
            : "-";
    return walltime.replaceAll(":0$", ":00")
        + " nodes "
        + number(queue.maxNodes())
        + " cpus "
        + number(queue.limits().cpus())
        + " MiB "
        + (queue.limits().memoryBytes().orElse(0) >> 20)
        + " tasks "
        + number(queue.limits().arrayTasks());
  }

  private static String number(OptionalLong value) {
    return value.isPresent() ? Long.toString(value.getAsLong()) : "-";
  }

  @Test
  void idIsFoundInWhatQsubPrints() {
    assertThat(PbsSubmitting.id(recording("submit-ok").stdout())).contains(JobId.of("1.node1"));
    assertThat(PbsSubmitting.id("hello from the site\n27[].srv.example\n"))
        .contains(JobId.of("27[].srv.example"));
    assertThat(PbsSubmitting.id("")).isEmpty();
  }

  private static Recording recording(String name) {
    return ALL.stream().filter(found -> found.name().equals(name)).findFirst().orElseThrow();
  }
}
