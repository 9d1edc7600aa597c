package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.JobFilter;
import org.junit.jupiter.api.Test;

/** Rules 2 and 3: few processes, and a second source for what the queue does not know. */
interface QueryRules {
  int MANY = 10_000;
  int PROCESSES_FOR_MANY = 25;

  Bench bench();

  @Test
  default void rule2_tenThousandJobsAreAskedForByFewProcesses() {
    JobId held = bench().submitLasting();
    Set<JobId> ids = new LinkedHashSet<>(Set.of(held));
    for (int i = 0; i < MANY; i++) {
      ids.add(bench().laboratory().unknownJob(i));
    }
    bench().ran().clear();
    Map<JobId, JobSnapshot> answers = bench().scheduler().query(ids);
    assertThat(bench().ran()).hasSizeLessThanOrEqualTo(PROCESSES_FOR_MANY);
    assertThat(answers.keySet()).isEqualTo(ids);
    assertThat(answers.get(held).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(bench().laboratory().unknownJob(MANY - 1)).state())
        .isInstanceOf(JobState.Absent.class);
  }

  @Test
  default void rule2_livingJobsAreListedByTwoProcessesAtMost() {
    bench().submitLasting();
    bench().scheduler().live(JobFilter.all());
    bench().ran().clear();
    bench().scheduler().live(JobFilter.all());
    assertThat(bench().ran()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  default void rule3_whatTheQueueForgotTheHistoryKnowsOrItIsAbsent() {
    bench().need(Fault.FORGOTTEN);
    JobId id = bench().submit("exit 3");
    bench().awaitEnd(id);
    bench().make(Fault.FORGOTTEN, id);
    JobSnapshot answer = bench().query(id);
    if (bench().scheduler().capabilities().contains(Capability.HISTORY)) {
      assertThat(answer.state())
          .isInstanceOfSatisfying(
              JobState.Ended.class,
              end -> {
                assertThat(end.outcome()).isEqualTo(JobState.Outcome.FAILED);
                assertThat(end.exitCode()).hasValue(3);
              });
    } else {
      assertThat(answer.state()).isInstanceOf(JobState.Absent.class);
    }
  }

  @Test
  default void rule3_theAnswerSaysWhichSourceSpoke() {
    JobId unknown = bench().laboratory().unknownJob(0);
    JobId held = bench().submitLasting();
    assertThat(bench().query(held).source()).isNotBlank();
    assertThat(bench().state(unknown))
        .isInstanceOfSatisfying(
            JobState.Absent.class, absent -> assertThat(absent.where()).isNotBlank());
    if (bench().laboratory().faults().contains(Fault.FORGOTTEN)
        && bench().scheduler().capabilities().contains(Capability.HISTORY)) {
      JobId ended = bench().submit("true");
      bench().awaitEnd(ended);
      bench().make(Fault.FORGOTTEN, ended);
      assertThat(bench().query(ended).source())
          .as("the source of an ended job that the queue forgot")
          .isNotEqualTo(bench().query(held).source());
    }
  }

  @Test
  default void rule3_aHistoryThatCannotBeAskedIsNamedAndProvesNothing() {
    bench().need(Fault.FORGOTTEN);
    bench().need(Fault.HISTORY_STOPPED);
    JobId id = bench().submit("true");
    bench().awaitEnd(id);
    bench().make(Fault.FORGOTTEN, id);
    JobState before = bench().state(bench().laboratory().unknownJob(0));
    bench().make(Fault.HISTORY_STOPPED);
    JobState state = bench().state(id);
    if (!bench().scheduler().capabilities().contains(Capability.HISTORY)) {
      assertThat(state).isInstanceOf(JobState.Absent.class);
    } else if (state instanceof JobState.Absent absent) {
      assertThat(absent.where())
          .as("where an absent job was looked for, without and with a history")
          .isNotEqualTo(((JobState.Absent) before).where());
    } else {
      assertThat(state).isInstanceOf(JobState.Unavailable.class);
    }
  }
}
