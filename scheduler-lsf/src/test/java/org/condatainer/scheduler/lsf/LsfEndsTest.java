package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobState.Alive;
import org.condatainer.job.JobState.Ended;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which ends of jobs are believed, and what ended them. */
class LsfEndsTest {
  private static final Instant NOW = LocalDateTime.of(2026, 11, 23, 6, 0).toInstant(ZoneOffset.UTC);

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

  private static Optional<Instant> at(String clock) {
    return Optional.of(LocalDateTime.parse("2026-11-23T" + clock).toInstant(ZoneOffset.UTC));
  }
}
