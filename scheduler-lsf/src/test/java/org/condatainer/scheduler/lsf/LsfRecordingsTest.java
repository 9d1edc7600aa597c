package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Alive;
import org.condatainer.job.JobState.Ended;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What volclava 2.2 printed, and what it means. */
class LsfRecordingsTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");
  private static final Instant NOW = LocalDateTime.of(2026, 11, 23, 6, 0).toInstant(ZoneOffset.UTC);

  @ParameterizedTest(name = "{0} is {1} {2} in bjobs -json")
  @CsvSource({
    "state-queued, PEND, PENDING",
    "state-held-user, PSUSP, HELD",
    "state-stopped-pending, PSUSP, HELD",
    "state-running, RUN, RUNNING",
    "state-suspended, USUSP, SUSPENDED",
    "state-dep-done-after-fail, PEND, PENDING",
    "state-waiting-until, PEND, PENDING"
  })
  void livingJob(String name, String word, Phase phase) {
    JobState state = only(name + ".bjobs-o-json").state();
    assertThat(state).isEqualTo(new Alive(phase, word, ""));
    assertThat(told(name + ".bjobs-UF").state())
        .isInstanceOfSatisfying(Alive.class, alive -> assertThat(alive.phase()).isEqualTo(phase));
  }

  @Test
  void jobThatEndedWell() {
    LsfJob job = only("state-finished-ok.bjobs-o-json");
    assertThat(job)
        .isEqualTo(
            new LsfJob(
                "38",
                new Ended(
                    Outcome.SUCCEEDED,
                    "DONE",
                    OptionalInt.of(0),
                    OptionalInt.empty(),
                    at("04:56:43")),
                Optional.of("okjob"),
                Optional.of("cntuser"),
                Optional.of("normal"),
                List.of("node2"),
                at("04:56:00"),
                at("04:56:43"),
                Optional.empty()));
    LsfJob told = told("state-finished-ok.bjobs-UF");
    assertThat(told.withState(job.state())).isEqualTo(withSubmitTime(job, at("04:56:35")));
    assertThat(told.state()).isEqualTo(job.state());
    assertThat(told("state-finished-ok.bhist-l").state()).isEqualTo(job.state());
  }

  @ParameterizedTest(name = "{0} ended as {1} with {2} by bjobs -UF, as {3} by bhist")
  @CsvSource({
    "state-failed-exit3, FAILED, 3, FAILED",
    "state-failed-exit130, FAILED, 130, FAILED",
    "state-failed-exit255, FAILED, 255, FAILED",
    "state-failed-signal9, FAILED, 137, FAILED",
    "state-failed-signal15, FAILED, 143, FAILED",
    "state-not-executable, FAILED, 126, FAILED",
    "state-bad-shell, FAILED, 255, FAILED",
    "state-cancelled-running, FAILED, 130, CANCELLED",
    "state-cancelled-held, CANCELLED, , CANCELLED",
    "state-walltime-exceeded-final, TIMED_OUT, 140, TIMED_OUT",
    "state-walltime-exceeded-traps-final, SUCCEEDED, 0, SUCCEEDED"
  })
  void jobThatEnded(String name, Outcome outcome, Integer code, Outcome byHistory) {
    assertEnd(told(name + ".bjobs-UF"), outcome, code);
    assertEnd(told(name + ".bhist-l"), byHistory, code);
    assertThat(only(name + ".bjobs-o-json").state()).isInstanceOf(Ended.class);
  }

  private static void assertEnd(LsfJob job, Outcome outcome, Integer code) {
    assertThat(job.state())
        .isInstanceOfSatisfying(
            Ended.class,
            end -> {
              assertThat(end.outcome()).isEqualTo(outcome);
              assertThat(end.exitCode())
                  .isEqualTo(code == null ? OptionalInt.empty() : OptionalInt.of(code));
              assertThat(end.endTime()).isPresent();
            });
  }

  @Test
  void elementsOfAnArrayHaveTheirIndex() {
    assertThat(json("array-running-bjobs_-o__O__-json_ID"))
        .extracting(job -> job.id() + " " + word(job))
        .containsExactly("43[1] RUN", "43[2] RUN", "43[3] PEND", "43[4] PEND", "43[5] PEND");
    assertThat(json("array-finished-bjobs_-o__jobid_stat_job_name__-json_ID"))
        .extracting(LsfJob::id)
        .containsExactlyInAnyOrder("43[1]", "43[2]", "43[3]", "43[4]", "43[5]");
    assertThat(JobHistory.jobs(read("array-finished-bhist_-l_ID").stdout(), NOW))
        .extracting(job -> job.id() + " " + word(job))
        .containsExactly("43[1] DONE", "43[2] DONE", "43[3] EXIT", "43[4] DONE", "43[5] EXIT");
  }

  @Test
  void unknownIdsAreNoJobs() {
    assertThat(json("many-some-unknown-json"))
        .extracting(LsfJob::id)
        .containsExactly("60", "61", "33");
    assertThat(json("many-all-unknown-json")).isEmpty();
    assertThat(json("bjobs-json-nojobs")).isEmpty();
    assertThat(JobHistory.jobs(read("unknown-bhist-l").stdout(), NOW)).isEmpty();
  }

  @Test
  void descriptionIsToldByTheLongForms() {
    for (String form : List.of("bjobs-UF", "bhist-l")) {
      assertThat(told("name-Jd." + form).description()).contains("cnt:run-1/task 7 {\"a\": 1}");
    }
  }

  /** Written as the manual of IBM Spectrum LSF 10.1 has it; not recorded. */
  @Test
  void formsOfIbmAreRead() {
    String record =
        """
        {"COMMAND":"bjobs","JOBS":3,"RECORDS":[
        {"JOBID":"7","JOBINDEX":"2","STAT":"EXIT","EXIT_CODE":"130","EXIT_REASON":
        "TERM_RUNLIMIT: job killed after reaching LSF run time limit","EXEC_HOST":"4*a:2*b",
        "FINISH_TIME":"Nov 23 05:00 L","JOB_DESCRIPTION":"own cnt:1"},
        {"JOBID":"8","JOBINDEX":"0","STAT":"UNKWN","EXIT_CODE":"-","PEND_REASON":"-"},
        {"JOBID":"9","JOBINDEX":"0","STAT":"ZOMBI"}]}
        """;
    List<LsfJob> jobs = LsfJob.ofJson(record, NOW);
    assertThat(jobs.get(0).id()).isEqualTo("7[2]");
    assertThat(jobs.get(0).nodes()).containsExactly("a", "b");
    assertThat(jobs.get(0).description()).contains("own cnt:1");
    assertEnd(jobs.get(0), Outcome.TIMED_OUT, 130);
    assertThat(jobs.get(1).state()).isEqualTo(new Alive(Phase.UNKNOWN, "UNKWN", ""));
    assertThat(jobs.get(2).state()).isEqualTo(new Alive(Phase.UNKNOWN, "ZOMBI", ""));
    String history =
        """

        Job <12[1]>, Job Name <a[1]>, User <u>, Project <default>, Command <x>
        Mon Nov 23 05:00:01: Submitted from host <h>, to Queue <q>, CWD <$HOME>;
        Mon Nov 23 05:00:02: Dispatched 6 Task(s) on Host(s) <4*a> <2*b>, Allocated 6 Slot(s);
        Mon Nov 23 05:01:00: Exited by signal 9. The CPU time used is 0.1 seconds;
        Mon Nov 23 05:01:00: Completed <exit>; TERM_MEMLIMIT: job killed after reaching LS
                             F memory usage limit;
        """;
    LsfJob job = JobHistory.jobs(history, NOW).get(0);
    assertThat(job.nodes()).containsExactly("a", "b");
    assertThat(job.state())
        .isEqualTo(
            new Ended(
                Outcome.OUT_OF_MEMORY,
                "EXIT",
                OptionalInt.empty(),
                OptionalInt.of(9),
                at("05:01:00")));
  }

  /**
   * A volclava 2.2 whose second host was cut off: what was killed with bkill and bkill -r went on.
   * The last two are from its source (bhist.c).
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ", Status <EXIT>, Queue <normal>|Exited The CPU time used is unknown.",
        "''|Exited. The CPU time used is unknown;",
        "''|Termination request issued; but unable to reach the execution host;",
        "''|Execution host unavailable; job is killed;",
        "''|Exited; job has been forced to exit;",
      })
  void jobWhoseEndItsHostHasNotSeenMayStillRun(String status, String words) {
    String history =
        """
        Job <1>, Job Name <unk>, User <cntuser>, Project <default>@STATUS@, Command <sleep 600>
        Mon Nov 23 05:00:00: Submitted from host <m1>, to Queue <normal>, CWD <$HOME>;
        Mon Nov 23 05:00:01: Dispatched to <m2>;
        Mon Nov 23 05:00:02: Starting (Pid 72);
        Mon Nov 23 05:00:20: Unknown; unable to reach the execution host;
        Mon Nov 23 05:00:30: Signal <KILL> requested by user or administrator <cntuser>
                             ;
        Mon Nov 23 05:00:31: @WORDS@
        """;
    LsfJob job =
        JobHistory.jobs(history.replace("@STATUS@", status).replace("@WORDS@", words), NOW).get(0);

    assertThat(job.state())
        .isEqualTo(
            new Ended(
                Outcome.NODE_FAILED,
                "EXIT",
                OptionalInt.empty(),
                OptionalInt.empty(),
                at("05:00:31")));
  }

  /**
   * The reasons of IBM Spectrum LSF 10.1 ("Termination reasons displayed by bacct, bhist, and
   * bjobs"; "bkill -r": a job is removed without waiting for its host); not recorded.
   */
  @ParameterizedTest(name = "{0} with code {1} on {2} is {3}")
  @CsvSource({
    "TERM_OWNER, 130, a, CANCELLED",
    "TERM_ADMIN, 130, a, CANCELLED",
    "TERM_BUCKET_KILL, 130, a, CANCELLED",
    "TERM_ORPHAN_SYSTEM, -, -, CANCELLED",
    "TERM_OWNER, -, -, CANCELLED",
    "TERM_OWNER, -, a, NODE_FAILED",
    "TERM_OWNER, 0, a, NODE_FAILED",
    "TERM_FORCE_OWNER, 130, a, NODE_FAILED",
    "TERM_FORCE_ADMIN, -, a, NODE_FAILED",
    "TERM_FORCE_ADMIN, -, -, CANCELLED",
    "TERM_REMOVE_HUNG_JOB, 130, a, NODE_FAILED",
    "TERM_ZOMBIE, 143, a, NODE_FAILED",
    "TERM_RC, 130, a, NODE_FAILED",
    "TERM_SLURM, 1, a, NODE_FAILED",
    "TERM_RUNLIMIT, 140, a, TIMED_OUT",
    "TERM_RUNLIMIT, -, a, NODE_FAILED",
    "TERM_CPULIMIT, 152, a, TIMED_OUT",
    "TERM_DEADLINE, 130, a, TIMED_OUT",
    "TERM_WINDOW, 130, a, TIMED_OUT",
    "TERM_MEMLIMIT, 137, a, OUT_OF_MEMORY",
    "TERM_SWAP, 137, a, OUT_OF_MEMORY",
    "TERM_PREEMPT, 130, a, PREEMPTED",
    "TERM_LOAD, 130, a, PREEMPTED",
    "TERM_PROCESSLIMIT, 137, a, FAILED",
    "TERM_THREADLIMIT, 137, a, FAILED",
    "TERM_CWD_NOTEXIST, 2, a, FAILED",
    "TERM_PRE_EXEC_FAIL, 1, a, FAILED",
    "TERM_EXTERNAL_SIGNAL, 137, a, FAILED",
    "TERM_MC_RECALL, 130, a, FAILED",
    "TERM_NEW_IN_11, 3, a, FAILED",
    "TERM_NEW_IN_11, -, a, NODE_FAILED",
  })
  void reasonOfAnEnd(String reason, String code, String host, Outcome outcome) {
    String record =
        "{\"COMMAND\":\"bjobs\",\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"7\",\"JOBINDEX\":\"0\",\"STAT\":\"EXIT\",\"EXIT_CODE\":\"@C\",\"EXIT_REASON\":\"@R:"
            + " job killed\",\"EXEC_HOST\":\"@H\"}]}";

    LsfJob job =
        LsfJob.ofJson(record.replace("@C", code).replace("@R", reason).replace("@H", host), NOW)
            .get(0);

    assertThat(job.state())
        .isInstanceOfSatisfying(Ended.class, end -> assertThat(end.outcome()).isEqualTo(outcome));
  }

  /** volclava's bhist.c and mbd.job.c, statusJob: told when the host that came back tells it. */
  @Test
  void jobWhoseHostCameBackAndSawItsEndHasEnded() {
    String history =
        """
        Job <1>, Job Name <unk>, User <u>, Project <default>, Command <sleep 600>
        Mon Nov 23 05:00:00: Submitted from host <m1>, to Queue <normal>, CWD <$HOME>;
        Mon Nov 23 05:00:01: Dispatched to <m2>;
        Mon Nov 23 05:00:30: Termination request issued; but unable to reach the execution host;
        Mon Nov 23 05:09:00: sbatchd startup; kill ZOMBIE job;
        """;

    assertThat(JobHistory.jobs(history, NOW).get(0).state())
        .isInstanceOfSatisfying(
            Ended.class, end -> assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED));
  }

  /** As bhist told it of a live volclava: the lost host's part of a job that was started again. */
  @Test
  void endOfALostHostsPartIsNotTheEndOfTheJob() {
    String history =
        """
        Job <123>, Job Name <rer>, User <u>, Project <default>, Command <x>
        Mon Nov 23 05:00:33: Submitted from host <a>, to Queue <normal>, CWD </>, Re-runnable;
        Mon Nov 23 05:00:39: Dispatched to <b>;
        Mon Nov 23 05:02:47: Unknown; unable to reach the execution host;
        Mon Nov 23 05:03:04: Execution host unavailable; job is killed;
        Mon Nov 23 05:03:11: Pending: Job has been requeued;
        Mon Nov 23 05:03:19: Dispatched to <a>;
        Mon Nov 23 05:03:27: Exited with exit code 4. The CPU time used is 0.0 seconds;
        Mon Nov 23 05:07:00: sbatchd startup; kill ZOMBIE job;
        """;
    LsfJob job = JobHistory.jobs(history, NOW).get(0);
    assertThat(job.nodes()).containsExactly("a");
    assertThat(job.started()).isEqualTo(at("05:03:19"));
    assertThat(job.state())
        .isEqualTo(
            new Ended(
                Outcome.FAILED, "EXIT", OptionalInt.of(4), OptionalInt.empty(), at("05:03:27")));

    String running = history.replaceFirst("(?m)^.*Exited with exit code 4.*$\\n", "");
    assertThat(JobHistory.jobs(running, NOW).get(0).isLiving()).isTrue();
  }

  @Test
  void jobThatWasStartedAgainHasNotEnded() {
    String history =
        """
        Job <12>, Job Name <a>, User <u>, Project <default>, Status <RUN>, Queue <q>, Command <x>
        Mon Nov 23 05:01:00: Exited with exit code 3. The CPU time used is 0.1 seconds.
        Mon Nov 23 05:02:00: Started 1 Task(s) on Host(s) <b>, Allocated 1 Slot(s);
        """;
    assertThat(JobHistory.jobs(history, NOW).get(0).state())
        .isEqualTo(new Alive(Phase.RUNNING, "RUN", ""));
    assertThat(JobHistory.jobs(history.replace(", Status <RUN>, Queue <q>", ""), NOW).get(0))
        .extracting(LsfJob::isLiving)
        .isEqualTo(true);
  }

  @Test
  void clusterIsDescribed() {
    ClusterInfo info =
        LsfCluster.info(
            read("cluster-lsid").stdout(),
            read("cluster-bqueues_-l").stdout(),
            read("cluster-bhosts_-w").stdout(),
            read("cluster-lshosts_-w").stdout(),
            read("cluster-bparams_-l").stdout());
    assertThat(info)
        .isEqualTo(
            new ClusterInfo(
                "volclava",
                "volclava project 2.2, Nov 23 2026",
                List.of(
                    new ClusterInfo.Queue(
                        "normal",
                        true,
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        List.of("node1", "node2"),
                        new ClusterInfo.JobLimits(
                            OptionalLong.of(16),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            OptionalLong.empty()))),
                List.of(
                    new ClusterInfo.Node("node1", "ok", 8, 24105L << 20, Map.of()),
                    new ClusterInfo.Node("node2", "ok", 8, 24105L << 20, Map.of())),
                OptionalLong.of(1000),
                true,
                OptionalLong.of(3600)));
    assertThat(LsfKind.of(info.version())).isEqualTo(LsfKind.OPEN);
    assertThat(LsfKind.of("IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2022"))
        .isEqualTo(LsfKind.IBM);
  }

  /** Written as the manual of IBM Spectrum LSF 10.1 has it; not recorded. */
  @Test
  void limitsOfAQueueAreRead() {
    ClusterInfo.Queue queue =
        LsfCluster.queues(
                """
                QUEUE: long
                  -- x
                PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS
                 30   20  Closed:Inact      -    -    -    -    31
                DEFAULT LIMITS:
                 RUNLIMIT
                 60.0 min of hostA
                MAXIMUM LIMITS:
                 RUNLIMIT
                 1440.0 min of hostA
                USERS:  all
                HOSTS:  a b
                """,
                List.of("a", "b", "c"))
            .get(0);
    assertThat(queue.defaultWalltime().toString()).contains(Duration.ofHours(1).toString());
    assertThat(queue.maxWalltime().toString()).contains(Duration.ofDays(1).toString());
    assertThat(queue.up()).isFalse();
    assertThat(queue.nodes()).containsExactly("a", "b");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "submit-bad-queue, INVALID_REQUEST",
    "submit-bad-option, INVALID_REQUEST",
    "submit-bad-directive, INVALID_REQUEST",
    "submit-bad-R, INVALID_REQUEST",
    "submit-bad-n, INVALID_REQUEST",
    "submit-gpu, INVALID_REQUEST",
    "submit-depend-missing, INVALID_REQUEST",
    "submit-overlimit-n, INVALID_REQUEST",
    "submit-root, DENIED",
    "noenv-bsub, UNAVAILABLE",
    "mbddown-bsub, AMBIGUOUS"
  })
  void refusedSubmit(String name, Failure.Kind kind) {
    assertThat(LsfErrors.SUBMITTING.classify(read(name).result())).isEqualTo(kind);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "noenv-bjobs, UNAVAILABLE",
    "mbddown-bjobs, UNAVAILABLE",
    "mbddown-bjobs-json, UNAVAILABLE",
    "limdown-lsid, UNAVAILABLE",
    "limdown-bjobs, UNAVAILABLE",
    "unknown-bjobs, NOT_FOUND",
    "bjobs-nojobs, NOT_FOUND",
    "many-garbage, UNAVAILABLE"
  })
  void failedLook(String name, Failure.Kind kind) {
    assertThat(LsfErrors.LOOKING.classify(read(name).result())).isEqualTo(kind);
  }

  private static LsfJob withSubmitTime(LsfJob job, Optional<Instant> time) {
    return new LsfJob(
        job.id(),
        job.state(),
        job.name(),
        job.owner(),
        job.queue(),
        job.nodes(),
        time,
        job.started(),
        job.description());
  }

  private static String word(LsfJob job) {
    return job.state() instanceof Ended ended ? ended.word() : ((Alive) job.state()).word();
  }

  private static Optional<Instant> at(String clock) {
    return Optional.of(LocalDateTime.parse("2026-11-23T" + clock).toInstant(ZoneOffset.UTC));
  }

  private static LsfJob only(String name) {
    List<LsfJob> jobs = json(name);
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }

  private static List<LsfJob> json(String name) {
    return LsfJob.ofJson(read(name).stdout(), NOW);
  }

  private static LsfJob told(String name) {
    List<LsfJob> jobs = JobHistory.jobs(read(name).stdout(), NOW);
    assertThat(jobs).as(name).hasSize(1);
    return jobs.get(0);
  }

  private static Recording read(String name) {
    return Recording.read(FOLDER.resolve(name + ".txt"));
  }
}
