package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobState;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/** What only a live volclava showed. */
class VolclavaTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/recordings/volclava");

  private final List<String> told = new ArrayList<>();
  private final LocalDateTime now = LocalDateTime.of(2026, 12, 31, 23, 58, 50);
  private final LsfSite site =
      LsfSite.VOLCLAVA.withParameters("    MBD_SLEEP_TIME = 10 (seconds)\n");

  @Test
  void jobThatWaitsForOthersHasATimeToBegin() {
    List<String> head = List.of("#!/bin/sh", "#BSUB -J x -w done(1)");

    assertThat(DependencyStart.of(head, List.of()).options(site, now, told::add))
        .containsExactly("-b", "00:00");
    assertThat(told).singleElement().asString().contains("00:00 at the earliest");
    assertThat(
            DependencyStart.of(List.of(), List.of("-w", "ended(1)")).options(site, now, told::add))
        .isNotEmpty();
  }

  @Test
  void jobThatWaitsForNothingOrIsAnArrayOrHasATimeNeedsNone() {
    List<String> head = List.of("#!/bin/sh", "#BSUB -J x -w done(1)");

    assertThat(DependencyStart.of(head, List.of("-J", "x[1-2]")).options(site, now, told::add))
        .isEmpty();
    assertThat(DependencyStart.of(head, List.of("-b", "3:00")).options(site, now, told::add))
        .isEmpty();
    assertThat(DependencyStart.of(List.of(), List.of("-J", "x")).options(site, now, told::add))
        .isEmpty();
  }

  @Test
  void heldJobThatWaitsForOthersIsHeldOnceItWasLookedAt() {
    List<String> held = List.of("-H", "-w", "done(1)");

    assertThat(DependencyStart.of(List.of(), held).isHeldLater()).isTrue();
    assertThat(DependencyStart.of(List.of("#BSUB -H -w done(1)"), List.of()).isHeldLater())
        .isTrue();
    assertThat(DependencyStart.of(List.of(), List.of("-H")).isHeldLater()).isFalse();
    assertThat(DependencyStart.of(List.of("#BSUB -J a[1-2]"), held).isHeldLater()).isFalse();
    assertThat(DependencyStart.of(List.of(), held).options(site, now, told::add))
        .as("a time beyond the rounds that may pass until it is held")
        .containsExactly("-b", "00:01");
  }

  @Test
  void roundsOfDispatchingAreTheSites() {
    assertThat(site.dispatchInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(LsfSite.DEFAULT.dispatchInterval()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void limitsWithoutAUnitAreInMegabytes() {
    assertThat(LsfSite.of("volclava project 2.2, Nov 24 2026").limitUnit()).isEqualTo(1 << 20);
    assertThat(LsfSite.of("openlava project 2.2, May 14 2014").limitUnit()).isEqualTo(1 << 10);
    assertThat(
            LsfSite.of("volclava project 2.2")
                .withConfiguration("LSF_UNIT_FOR_LIMITS=GB\n")
                .limitUnit())
        .isEqualTo(1 << 30);
  }

  @Test
  void queueGrantsAJobTheSlotsOfItsLimitOrOfItsHosts() {
    String queues =
        """

        QUEUE: short
          -- Short jobs

        DEFAULT LIMITS:
         RUNLIMIT                \s
         5.0 min                 \s

        MAXIMUM LIMITS:
         RUNLIMIT                 PROCLIMIT              \s
         10.0 min                 1 1 2

        HOSTS:  all

        QUEUE: normal
        HOSTS:  n1 n2
        """;
    String hosts =
        """
        HOST_NAME          STATUS          JL/U    MAX  NJOBS    RUN  SSUSP  USUSP    RSV
        n1                 ok                 -      4      0      0      0      0      0
        n2                 ok                 -      4      0      0      0      0      0
        """;

    ClusterInfo cluster = LsfCluster.info("volclava\n", queues, hosts, "", "");

    assertThat(cluster.queues())
        .extracting(queue -> queue.name() + " " + queue.limits().cpus().orElse(0))
        .containsExactly("short 2", "normal 8");
    assertThat(cluster.queues().get(0).maxWalltime())
        .hasValue(new Walltime.Limit(Duration.ofMinutes(10)));
    assertThat(cluster.queues().get(0).defaultWalltime())
        .hasValue(new Walltime.Limit(Duration.ofMinutes(5)));
  }

  @Test
  void jobWithoutANameHasAnOwner() {
    String text =
        Recording.read(RECORDINGS.resolve("name-Jd.bjobs-UF.txt"))
            .result()
            .output()
            .replaceFirst("Job <\\d+>, Job Name <[^>]*>", "Job <66>");

    LsfJob job = JobHistory.jobs(text, Instant.now()).get(0);

    assertThat(job.owner()).hasValue("cntuser");
    assertThat(job.name()).isEmpty();
  }

  @Test
  void bracketsAtTheEndOfACommandAreNoIndex() {
    LsfJob listed =
        LsfJob.ofJson(
                "{\"COMMAND\":\"bjobs\",\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"66\","
                    + "\"STAT\":\"PEND\",\"JOB_NAME\":\"#!/bin/sh;echo a[3]\"}]}",
                Instant.now())
            .get(0);
    LsfJob detail =
        JobHistory.jobs("Job <66>, User <x>, Project <default>\n", Instant.now()).get(0);

    assertThat(listed.id()).isEqualTo("66[3]");
    assertThat(listed.withDetails(detail).id()).isEqualTo("66");
  }

  @Test
  void elementThatWasNeverStartedHasNoHost() {
    LsfJob job =
        LsfJob.ofJson(
                "{\"COMMAND\":\"bjobs\",\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"26\",\"STAT\":\"EXIT\","
                    + "\"JOB_NAME\":\"ad[2]\",\"EXEC_HOST\":\"   -   \",\"START_TIME\":\"-\"}]}",
                Instant.now())
            .get(0);

    assertThat(job.nodes()).isEmpty();
    assertThat(job.state())
        .isInstanceOfSatisfying(
            JobState.Ended.class,
            end -> assertThat(end.outcome()).isEqualTo(JobState.Outcome.CANCELLED));
  }

  @Test
  void longFormTellsWhyAJobWaits() {
    LsfJob listed =
        LsfJob.ofJson(
                "{\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"16\",\"STAT\":\"PEND\",\"JOB_NAME\":\"d\"}]}",
                Instant.now())
            .get(0);
    LsfJob detail =
        JobHistory.jobs(
                """
                Job <16>, Job Name <d>, User <x>, Project <default>, Status <PEND>, Queue <q>
                 PENDING REASONS:
                 Dependency condition invalid or never satisfied: 1 host;
                """,
                Instant.now())
            .get(0);

    assertThat(listed.withDetails(detail).state())
        .isEqualTo(
            new JobState.Alive(
                JobState.Phase.PENDING,
                "PEND",
                "Dependency condition invalid or never satisfied: 1 host"));
  }
}
