package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * How jobs live and end, and what is told of them, on the HTCondor that {@code CONDOR_CONFIG}
 * names, as an ordinary user.
 */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorSchedulerIT {
  @RegisterExtension final HtcondorBench bench = new HtcondorBench();

  @Test
  void aHeldJobIsReleasedRunsAndSucceeds() throws Exception {
    JobId id =
        bench.submit(
            "#CONDOR batch_name = my job\n", "sleep 3", Overrides.builder().held(true).build());
    JobSnapshot held = bench.await(id, HtcondorBench.phase(Phase.HELD));
    assertThat(held.owner()).contains(HtcondorBench.user());
    assertThat(held.name()).contains("my job");
    assertThat(held.submitted().orElseThrow()).isBefore(Instant.now().plusSeconds(5));
    assertThat(((JobState.Alive) held.state()).reason()).contains("submitted on hold");
    bench.condor().release(Set.of(id));
    JobSnapshot running = bench.running(id);
    assertThat(running.nodes()).singleElement().asString().containsPattern("^n[12]@");
    assertThat(running.started()).isPresent();
    assertThat(bench.ended(id))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
              assertThat(end.exitCode()).hasValue(0);
              assertThat(end.endTime()).isPresent();
            });
  }

  @Test
  void aWaitingJobIsHeldAndReleased() throws Exception {
    JobId id = bench.submit("#CONDOR request_cpus = 99\n", "true", Overrides.none());
    bench.await(id, HtcondorBench.phase(Phase.PENDING));
    bench.condor().hold(Set.of(id));
    bench.await(id, HtcondorBench.phase(Phase.HELD));
    bench.condor().release(Set.of(id));
    bench.await(id, HtcondorBench.phase(Phase.PENDING));
  }

  @Test
  void aRunningJobIsNotHeldSinceThatWouldEndIt() throws Exception {
    JobId id = bench.submit("", "sleep 300", Overrides.none());
    bench.await(id, HtcondorBench.phase(Phase.RUNNING));
    assertThatThrownBy(() -> bench.condor().hold(Set.of(id))).hasMessageContaining("is Running");
    assertThat(bench.query(id).state()).matches(HtcondorBench.phase(Phase.RUNNING));
  }

  @Test
  void tellsExitCodesAndSignals() throws Exception {
    JobId failing = bench.submit("", "exit 3", Overrides.none());
    JobId killed = bench.submit("", "kill -9 $$", Overrides.none());
    assertThat(bench.ended(failing))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).hasValue(3);
              assertThat(end.signal()).isEmpty();
            });
    assertThat(bench.ended(killed))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).isEmpty();
              assertThat(end.signal()).hasValue(9);
            });
  }

  @Test
  void aJobThatCannotStartIsHeldWithTheReasonAndHasNotEnded() throws Exception {
    JobId id = bench.submit("#CONDOR output = /nonexistent/dir/o\n", "true", Overrides.none());
    JobSnapshot held = bench.await(id, HtcondorBench.phase(Phase.HELD));
    assertThat(((JobState.Alive) held.state()).reason())
        .contains("/nonexistent/dir/o")
        .contains("HoldReasonCode 7");
  }

  @Test
  void aJobBeyondItsWalltimeIsRemovedAndTimedOut() throws Exception {
    JobId plain =
        bench.submit("#CONDOR allowed_execute_duration = 3\n", "sleep 300", Overrides.none());
    JobId transferred =
        bench.submit(
            "#CONDOR should_transfer_files = Yes\n#CONDOR periodic_remove = NumJobStarts > 5\n",
            "sleep 300",
            Overrides.builder().walltime(new Walltime.Limit(Duration.ofSeconds(3))).build());
    for (JobId id : List.of(plain, transferred)) {
      JobState.Ended end = bench.ended(id);
      assertThat(end.outcome()).isEqualTo(Outcome.TIMED_OUT);
      assertThat(end.word()).isEqualTo("Removed");
    }
  }

  @Test
  void aJobThatIsCancelledBeforeItsWalltimeIsCancelled() throws Exception {
    JobId id =
        bench.submit("#CONDOR allowed_execute_duration = 600\n", "sleep 300", Overrides.none());
    bench.await(id, HtcondorBench.phase(Phase.RUNNING));
    bench.condor().cancel(Set.of(id));
    assertThat(bench.ended(id).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void cancelsARunningJobOnceAndTwice() throws Exception {
    JobId id = bench.submit("", "sleep 300", Overrides.none());
    bench.await(id, HtcondorBench.phase(Phase.RUNNING));
    bench.condor().cancel(Set.of(id));
    assertThat(bench.ended(id).outcome()).isEqualTo(Outcome.CANCELLED);
    bench.condor().cancel(Set.of(id));
  }

  @Test
  void anUnknownIdIsAbsentAloneAndAmongOthers() throws Exception {
    JobId unknown = JobId.of("99999999");
    JobId id = bench.submit("", "true", Overrides.builder().held(true).build());
    assertThat(bench.query(unknown).state())
        .isInstanceOfSatisfying(
            JobState.Absent.class, absent -> assertThat(absent.where()).contains("history"));
    Map<JobId, JobSnapshot> both = bench.condor().query(Set.of(unknown, id));
    assertThat(both.get(unknown).state()).isInstanceOf(JobState.Absent.class);
    assertThat(both.get(id).state()).isInstanceOf(JobState.Alive.class);
    bench.condor().cancel(Set.of(unknown));
    assertThatThrownBy(() -> bench.condor().release(Set.of(unknown)))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.NOT_FOUND));
    assertThatThrownBy(() -> bench.condor().release(Set.of(unknown, id)))
        .hasMessageContaining(unknown.value());
    assertThat(bench.ended(id).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void listsLivingJobsByOwnerAndTag() throws Exception {
    String tag = HtcondorBench.freshTag();
    JobId id =
        bench.submit(
            HtcondorBench.submission(
                bench.folder(),
                "#CONDOR description = the user's own\n",
                "true",
                Overrides.builder().held(true).build(),
                tag));
    assertThat(bench.condor().live(JobFilter.tagged(tag)))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.id()).isEqualTo(id);
              assertThat(job.tag()).contains("the user's own " + tag);
            });
    assertThat(bench.condor().live(JobFilter.ownedBy("nobody"))).isEmpty();
  }
}
