package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Ended;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HTCondor 23.9 printed, and what it means. */
final class HtcondorRecordingsTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/htcondor-23.9");

  @Test
  void theQueueSaysWhatWaitsWhatRunsAndWhyWhatIsHeld() {
    Map<String, JobState> states = states("q-json-attrs", false);
    assertThat(states)
        .containsEntry("12", new JobState.Alive(Phase.PENDING, "Idle", ""))
        .containsEntry("23", new JobState.Alive(Phase.RUNNING, "Running", ""))
        .containsEntry(
            "35",
            new JobState.Alive(
                Phase.HELD, "Held", "submitted on hold at user's request (HoldReasonCode 15)"));
    assertThat(states.get("11"))
        .isInstanceOfSatisfying(
            JobState.Alive.class,
            held -> {
              assertThat(held.phase()).isEqualTo(Phase.HELD);
              assertThat(held.reason()).contains("Permission denied").contains("HoldReasonCode 6");
            });
    assertThat(states.values()).noneMatch(Ended.class::isInstance);
  }

  @Test
  void theHistorySaysHowJobsEnded() {
    Map<String, JobState> states = states("history-json-attrs", true);
    assertThat(states.get("33"))
        .isInstanceOfSatisfying(
            Ended.class,
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).hasValue(3);
              assertThat(end.signal()).isEmpty();
            });
    assertThat(states.get("34"))
        .isInstanceOfSatisfying(
            Ended.class,
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).isEqualTo(OptionalInt.empty());
              assertThat(end.signal()).hasValue(9);
            });
    assertThat(states.values()).allMatch(Ended.class::isInstance);
    assertThat(states("history-one-json", true)).containsOnlyKeys("33");
  }

  @Test
  void everyAttributeOfTheFullFormIsRead() {
    List<HtcondorJob> jobs = HtcondorQueries.jobs(read("q-json").stdout(), false);
    assertThat(jobs).hasSizeGreaterThan(10);
    HtcondorJob held = jobs.get(0);
    assertThat(held.id()).isEqualTo(JobId.of("11"));
    assertThat(held.snapshot(held.id(), held.state()))
        .satisfies(
            job -> {
              assertThat(job.owner()).contains("cntuser");
              assertThat(job.submitted().orElseThrow().getEpochSecond()).isEqualTo(1795409337L);
              assertThat(job.source()).isEqualTo("condor_q");
            });
  }

  /** As 23.9.6 described such jobs, without the attributes that are not asked for. */
  @ParameterizedTest
  @CsvSource({
    "The job attribute PeriodicRemove expression '(x)' evaluated to TRUE, 103, TIMED_OUT",
    "The job attribute PeriodicRemove expression '(x)' evaluated to TRUE, 102, CANCELLED",
    "via condor_rm (by user alice), 200, CANCELLED"
  })
  void aRemovedJobIsTimedOutOnlyByOurPolicyAndBeyondItsWalltime(
      String reason, long end, Outcome outcome) {
    String ad =
        "[{\"ClusterId\": 1, \"ProcId\": 0, \"JobStatus\": 3, \"CondatainerWalltime\": 3,"
            + " \"JobCurrentStartExecutingDate\": 100, \"ExitBySignal\": true,"
            + (" \"RemoveReason\": \"" + reason + "\", \"EnteredCurrentStatus\": " + end + "}]");
    assertThat(HtcondorQueries.jobs(ad, true).get(0).state())
        .isInstanceOfSatisfying(
            Ended.class, ended -> assertThat(ended.outcome()).isEqualTo(outcome));
    assertThat(HtcondorQueries.jobs(ad, false).get(0).state()).isInstanceOf(JobState.Alive.class);
  }

  /** As 23.9.6 described two jobs after {@code condor_rm -forcex}; a frozen starter had the one. */
  @ParameterizedTest
  @CsvSource({"RemoteHost, NODE_FAILED", "LastRemoteHost, CANCELLED"})
  void aJobWhoseSlotWasNotGivenBackBeforeItWasRemovedMayGoOn(String slot, Outcome outcome) {
    String ad =
        "[{\"ClusterId\": 1, \"ProcId\": 0, \"JobStatus\": 3, \""
            + slot
            + "\": \"slot1_1@n1@host\", \"RemoveReason\": \"via condor_rm -forcex (by user a)\"}]";
    assertThat(HtcondorQueries.jobs(ad, true).get(0).state())
        .isInstanceOfSatisfying(
            Ended.class, ended -> assertThat(ended.outcome()).isEqualTo(outcome));
  }

  @Test
  void noJobIsAnEmptyAnswerInBothSpellings() {
    assertThat(HtcondorQueries.jobs(read("q-json-empty").stdout(), false)).isEmpty();
    assertThat(HtcondorQueries.jobs(read("history-unknown-json").stdout(), true)).isEmpty();
  }

  @Test
  void slotsOfOneStartdAreOneNode() {
    ClusterInfo info = HtcondorCluster.info(read("status-json").stdout(), read("version").stdout());
    assertThat(info.version()).isEqualTo("23.9.6");
    assertThat(info.nodes())
        .extracting(ClusterInfo.Node::name)
        .containsExactly("n1@127-0-0-1.lab.local", "n2@127-0-0-1.lab.local");
    assertThat(info.nodes().get(0).gpus()).isEqualTo(Map.of("", 2L));
    assertThat(info.queues()).isEmpty();
    assertThat(info.highestArrayIndex()).isEqualTo(OptionalLong.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "submit-terse, 2",
    "submit-terse-3, 3",
    "submit-badattr, 8",
    "submit-as-root, 25",
    "submit-append, 6",
    "life-mat, 43",
    "submit-stdin, 4"
  })
  void condorSubmitPrintsTheCluster(String name, String id) {
    assertThat(HtcondorSubmitting.id(read(name).stdout())).contains(JobId.of(id));
  }

  @ParameterizedTest
  @CsvSource({
    "down-submit, UNAVAILABLE",
    "submit-bad-schedd, UNAVAILABLE",
    "submit-badiwd, INVALID_REQUEST",
    "submit-missing-exe, INVALID_REQUEST",
    "submit-noqueue, INVALID_REQUEST",
    "submit-badline, INVALID_REQUEST",
    "submit-crlf-script, INVALID_REQUEST"
  })
  void failuresOfCondorSubmit(String name, Failure.Kind kind) {
    assertThat(HtcondorErrors.SUBMITTING.classify(read(name).result())).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "rm-unknown, NOT_FOUND", "rm-ended, NOT_FOUND", "rm-proc, NOT_FOUND",
    "rm-constraint-none, NOT_FOUND", "release-unknown, NOT_FOUND", "frozen-rm, UNAVAILABLE",
    "down-rm, UNAVAILABLE"
  })
  void failuresOfChanges(String name, Failure.Kind kind) {
    assertThat(HtcondorErrors.CHANGING.classify(read(name).result())).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "down-q, UNAVAILABLE",
    "down-q-json, UNAVAILABLE",
    "frozen-q, UNAVAILABLE",
    "status-badpool, UNAVAILABLE",
    "q-name-bad, UNAVAILABLE"
  })
  void failuresOfQueries(String name, Failure.Kind kind) {
    assertThat(HtcondorErrors.LOOKING.classify(read(name).result())).isEqualTo(kind);
  }

  @Test
  void aJobDescriptionOnTheNodeNamesTheJob() {
    assertThat(JobAdFile.idIn("ClusterId = 12\nProcId = 3\n")).contains(JobId.of("12"));
    assertThat(JobAdFile.idIn("ClusterId = 12\nProcId = 3\nCondatainerIndex = 7\n"))
        .contains(JobId.of("12.3"));
    assertThat(JobAdFile.idIn("ClusterId = 12\nProcId = 0\nDAGManJobId = 9\n"))
        .contains(JobId.of("12"));
    assertThat(
            JobAdFile.idIn(
                "ClusterId = 12\nProcId = 0\nDAGManJobId = 9\nCondatainerTask = 4\n"
                    + "CondatainerIndex = 5\n"))
        .contains(JobId.of("9.4"));
    assertThat(JobAdFile.idIn("")).isEmpty();
  }

  @Test
  void aStatusThatIsNotKnownIsAliveAndKept() {
    List<HtcondorJob> jobs =
        HtcondorQueries.jobs("[{\"ClusterId\": 1, \"ProcId\": 0, \"JobStatus\": 9}]", false);
    assertThat(jobs.get(0).state()).isEqualTo(new JobState.Alive(Phase.UNKNOWN, "JobStatus 9", ""));
    assertThat(HtcondorAnswers.find(JobId.of("1"), jobs)).isPresent();
    assertThat(HtcondorQueries.clusters(Set.of(JobId.of("7"), JobId.of("7.1"))))
        .isEqualTo("ClusterId == 7 || DAGManJobId =?= 7");
  }

  /** By default the history keeps some thousand jobs, fewer than a large array has. */
  @Test
  void arrayOfWhichTheHistoryLostTasksHasEndedUnlessTheyAreStillToCome() {
    for (String limit : List.of("", ", \"JobMaterializeLimit\": 2")) {
      StringBuilder rows = new StringBuilder();
      for (int process : new int[] {3, 4}) {
        rows.append(rows.isEmpty() ? "[" : ",")
            .append("{\"ClusterId\": 12, \"ProcId\": ")
            .append(process)
            .append(", \"JobStatus\": 4, \"ExitCode\": 0, \"TotalSubmitProcs\": 5")
            .append(limit)
            .append('}');
      }
      List<HtcondorJob> jobs = HtcondorQueries.jobs(rows.append(']').toString(), true);
      assertThat(HtcondorAnswers.find(JobId.of("12"), jobs).orElseThrow().state())
          .as(limit)
          .isInstanceOf(limit.isEmpty() ? JobState.Ended.class : JobState.Alive.class);
    }
  }

  /** Its answer 4 makes DAGMan ask again. */
  @Test
  void waitingForAnArrayOfWhichTheHistoryLostTasksComesToAnEnd(@TempDir Path folder)
      throws Exception {
    for (Dependency.Condition condition :
        List.of(Dependency.Condition.SUCCEEDED, Dependency.Condition.ENDED)) {
      for (String limit : List.of("undefined", "2")) {
        Path place = Files.createDirectories(folder.resolve(condition + limit));
        tool(place.resolve("condor_q"), "");
        tool(place.resolve("condor_history"), ("4 0 false 5 1 " + limit + "\\n").repeat(2));
        Files.writeString(place.resolve(".condatainer-wait.later"), "");
        String script =
            DependencyDag.waitScript(List.of(new Dependency(condition, List.of(JobId.of("12")))));
        ProcessBuilder sh = new ProcessBuilder("/bin/sh", "-c", script).directory(place.toFile());
        sh.environment().merge("PATH", place.toString(), (old, own) -> own + ":" + old);
        assertThat(sh.start().waitFor())
            .as(condition + " " + limit)
            .isEqualTo(limit.equals("2") ? 4 : 0);
      }
    }
  }

  private static void tool(Path file, String output) throws IOException {
    Files.writeString(file, "#!/bin/sh\nprintf '" + output + "'\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Map<String, JobState> states(String name, boolean history) {
    Map<String, JobState> states = new TreeMap<>();
    for (HtcondorJob job : HtcondorQueries.jobs(read(name).stdout(), history)) {
      states.put(job.id().value(), job.state());
    }
    return states;
  }

  private static Recording read(String name) {
    return Recording.read(FOLDER.resolve(name + ".txt"));
  }
}
