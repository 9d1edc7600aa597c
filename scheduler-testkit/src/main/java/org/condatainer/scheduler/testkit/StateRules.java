package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.JobFilter;
import org.junit.jupiter.api.Test;

/** Rule 1: alive, ended, absent, unavailable; none is ever turned into another. */
interface StateRules {
  Bench bench();

  @Test
  default void rule1_aJobThatRunsIsAliveAndThenSucceeds() {
    Path gate = bench().newFile("gate");
    JobId id = bench().submit(bench().until(gate));
    JobSnapshot running = bench().awaitPhase(id, Phase.RUNNING);
    assertThat(running.id()).isEqualTo(id);
    assertThat(running.nodes()).as("nodes of a running job").isNotEmpty();
    bench().open(gate);
    JobState.Ended end = bench().awaitEnd(id);
    assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(end.word()).as("the scheduler's own word").isNotBlank();
  }

  @Test
  default void rule1_aJobThatFailsHasFailedWithItsExitCode() {
    JobState.Ended end = bench().awaitEnd(bench().submit("exit 3"));
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.exitCode()).hasValue(3);
    assertThat(end.signal()).isEmpty();
  }

  @Test
  default void rule1_aJobThatIsKilledHasFailed() {
    JobState.Ended end = bench().awaitEnd(bench().submit("kill -9 $$"));
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.exitCode().orElse(137)).isEqualTo(137);
    assertThat(end.signal().orElse(9)).isEqualTo(9);
    assertThat(end.exitCode().isPresent() || end.signal().isPresent())
        .as("that it was killed is told: %s", end)
        .isTrue();
  }

  @Test
  default void rule1_aRunningJobThatIsCancelledWasCancelled() {
    JobId id = bench().submitRunning();
    bench().scheduler().cancel(Set.of(id));
    assertThat(bench().awaitEnd(id).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  default void rule1_aWaitingJobThatIsCancelledWasCancelledOrIsAbsent() {
    JobId id = bench().submitLasting();
    if (bench().holds()) {
      bench().awaitPhase(id, Phase.HELD);
    }
    bench().scheduler().cancel(Set.of(id));
    JobState state = bench().await(id, "its end", now -> !(now instanceof JobState.Alive)).state();
    if (state instanceof JobState.Ended end) {
      assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    } else {
      assertThat(state).isInstanceOf(JobState.Absent.class);
    }
  }

  @Test
  default void rule1_anUnknownJobIsAbsentAloneAndAmongOthers() {
    JobId unknown = bench().laboratory().unknownJob(0);
    JobId held = bench().submitLasting();
    JobId failed = bench().submit("exit 1");
    bench().awaitEnd(failed);
    assertThat(bench().state(unknown)).isInstanceOf(JobState.Absent.class);
    Map<JobId, JobSnapshot> answers =
        bench().scheduler().query(new LinkedHashSet<>(List.of(unknown, held, failed)));
    assertThat(answers.keySet()).containsExactlyInAnyOrder(unknown, held, failed);
    assertThat(answers.get(unknown).state()).isInstanceOf(JobState.Absent.class);
    assertThat(answers.get(held).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(failed).state()).isInstanceOf(JobState.Ended.class);
  }

  @Test
  default void rule1_aTextThatIsNoIdIsAnsweredAndNothingIsSaidOfIt() {
    JobId id = bench().submitLasting();
    for (String text : List.of("-rf", "--all", "*", "no such", "1;reboot", "1\n2")) {
      JobId odd = JobId.of(text);
      Map<JobId, JobSnapshot> answers = bench().scheduler().query(Set.of(odd, id));
      assertThat(answers.get(odd).state())
          .as(text)
          .isNotInstanceOf(JobState.Ended.class)
          .isNotInstanceOf(JobState.Alive.class);
      assertThat(answers.get(id).state()).as("beside " + text).isInstanceOf(JobState.Alive.class);
    }
  }

  @Test
  default void rule1_aStateWithAStrangeWordIsAliveAndKeepsTheWord() {
    bench().need(Fault.STRANGE_WORD);
    JobId id = bench().submitLasting();
    bench().make(Fault.STRANGE_WORD, id);
    assertThat(bench().state(id))
        .isInstanceOfSatisfying(
            JobState.Alive.class,
            alive -> {
              assertThat(alive.phase()).isEqualTo(Phase.UNKNOWN);
              assertThat(alive.word()).contains(Laboratory.STRANGE_WORD);
            });
    assertThat(bench().scheduler().live(JobFilter.all())).extracting(JobSnapshot::id).contains(id);
  }

  @Test
  default void rule1_withoutAServerEveryJobIsUnavailable() {
    assertUnavailable(Fault.STOPPED);
  }

  @Test
  default void rule1_whileTheServerHangsEveryJobIsUnavailable() {
    assertUnavailable(Fault.HANGING);
  }

  @Test
  default void rule1_aHalfAnswerIsNoEndAndNoAbsence() {
    bench().need(Fault.GARBAGE);
    JobId id = bench().submitLasting();
    bench().make(Fault.GARBAGE);
    assertThat(bench().state(id))
        .isNotInstanceOf(JobState.Ended.class)
        .isNotInstanceOf(JobState.Absent.class);
  }

  private void assertUnavailable(Fault fault) {
    bench().need(fault);
    JobId held = bench().submitLasting();
    JobId ended = bench().submit("true");
    bench().awaitEnd(ended);
    bench().make(fault);
    Set<JobId> all = Set.of(held, ended, bench().laboratory().unknownJob(0));
    Map<JobId, JobSnapshot> answers = bench().hasty().query(all);
    assertThat(answers.keySet()).isEqualTo(all);
    assertThat(answers.get(held).state()).isInstanceOf(JobState.Unavailable.class);
    // A history of its own may still tell of an end that was.
    assertThat(answers.get(ended).state()).isNotInstanceOf(JobState.Absent.class);
    assertThat(answers.get(bench().laboratory().unknownJob(0)).state())
        .isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  default void rule1_anArrayLivesAsLongAsOneOfItsTasks() {
    if (!bench().scheduler().capabilities().contains(Capability.ARRAY)) {
      return; // rule8_arrays
    }
    Path gate = bench().newFile("gate");
    JobRequest request = bench().request().toBuilder().array(CapabilityRules.indexes(1, 3)).build();
    JobId array =
        bench()
            .submit(
                request,
                bench().dialect().grantedResources(),
                "[ \"$CNT_ARRAY_INDEX\" = 2 ] || exit 4",
                bench().until(gate)[0]);
    JobSnapshot running =
        bench()
            .await(
                array,
                "one task that is left",
                state ->
                    state instanceof JobState.Alive alive
                        && alive.phase() == Phase.RUNNING
                        && bench().scheduler().live(JobFilter.all()).size() >= 1
                        && tasks(array).size() == 1);
    assertThat(running.state()).isInstanceOf(JobState.Alive.class);
    JobId second = tasks(array).get(0).id();
    assertThat(second).as("a task has an id of its own").isNotEqualTo(array);
    // An array runs as soon as a task of it starts.
    bench().awaitPhase(second, Phase.RUNNING);
    bench().open(gate);
    assertThat(bench().awaitEnd(second).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(bench().awaitEnd(array).outcome())
        .as("an array with a task that failed")
        .isEqualTo(Outcome.FAILED);
  }

  /** The living tasks of an array, which this test alone has. */
  private List<JobSnapshot> tasks(JobId array) {
    String base = array.value().replaceAll("[^0-9].*", "");
    return bench().scheduler().live(JobFilter.all()).stream()
        .filter(job -> job.id().value().replaceAll("[^0-9].*", "").equals(base))
        .toList();
  }
}
