package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;

/** Rule 8: what an adapter says it can do works, and what it cannot fails at once and says so. */
interface CapabilityRules {
  Bench bench();

  @Test
  default void rule8_holding() {
    JobId unknown = bench().laboratory().unknownJob(0);
    if (isUnsupported(Capability.HOLD, () -> bench().scheduler().hold(Set.of(unknown)))) {
      assertUnsupported(() -> bench().scheduler().release(Set.of(unknown)));
      assertThat(heldIsTranslated()).as("a directive by which a job is held").isFalse();
      return;
    }
    assertThat(heldIsTranslated()).as("a directive by which a job is held").isTrue();
    JobId first = bench().submit(bench().request().toBuilder().held(true).build(), "true");
    bench().awaitPhase(first, Phase.HELD);
    JobRequest after =
        bench().request().toBuilder()
            .dependencies(List.of(new Dependency(Dependency.Condition.ENDED, List.of(first))))
            .build();
    boolean canWait = bench().scheduler().capabilities().contains(Capability.DEPENDENCY);
    if (canWait) {
      JobId second = bench().submit(after, "true");
      bench().scheduler().hold(Set.of(second));
      bench().scheduler().release(Set.of(first));
      assertThat(bench().awaitEnd(first).outcome()).isEqualTo(Outcome.SUCCEEDED);
      bench().awaitPhase(second, Phase.HELD);
      bench().scheduler().release(Set.of(second));
      assertThat(bench().awaitEnd(second).outcome()).isEqualTo(Outcome.SUCCEEDED);
    } else {
      bench().scheduler().release(Set.of(first));
      assertThat(bench().awaitEnd(first).outcome()).isEqualTo(Outcome.SUCCEEDED);
    }
    assertThat(bench().failure(() -> bench().scheduler().hold(Set.of(unknown))).kind())
        .isIn(Failure.Kind.NOT_FOUND, Failure.Kind.INVALID_REQUEST);
  }

  private boolean heldIsTranslated() {
    JobRequest held = JobRequest.empty().toBuilder().held(true).build();
    return bench().dialect().render(held).parts().stream()
        .allMatch(part -> part.outcome() == org.condatainer.scheduler.Outcome.TRANSLATED);
  }

  @Test
  default void rule8_arrays() {
    JobRequest request = bench().request().toBuilder().array(indexes(1, 3)).build();
    String tag = Bench.freshTag();
    Submission submission = bench().lasting(request, tag);
    if (isUnsupported(Capability.ARRAY, () -> bench().submit(bench().scheduler(), submission))) {
      return;
    }
    JobId id = bench().submit(bench().scheduler(), submission);
    assertThat(bench().scheduler().live(JobFilter.tagged(tag)))
        .as("tasks, each on its own")
        .hasSize(3)
        .allSatisfy(
            task -> {
              assertThat(task.state()).isInstanceOf(JobState.Alive.class);
              boolean whole = bench().scheduler().taskOfArray(task.id()).isPresent();
              assertThat(whole && !task.id().equals(id)).as("%s is a task", task.id()).isFalse();
            });
    assertThat(bench().scheduler().taskOfArray(bench().submitLasting()))
        .as("a job that is no array")
        .isEmpty();
    assertThat(bench().state(id)).isInstanceOf(JobState.Alive.class);
    bench().scheduler().cancel(Set.of(id));
    bench().await(id, "its end", state -> !(state instanceof JobState.Alive));
    assertThat(bench().scheduler().live(JobFilter.tagged(tag))).isEmpty();
  }

  @Test
  default void rule8_everyTaskOfAnArrayKnowsItsIndex() {
    if (!bench().scheduler().capabilities().contains(Capability.ARRAY)) {
      return; // rule8_arrays
    }
    Path told = bench().newFile("told");
    JobRequest request = bench().request().toBuilder().array(indexes(2, 4)).build();
    JobId id =
        bench()
            .submit(
                request,
                bench().dialect().grantedResources(),
                "echo \"$CNT_ARRAY_INDEX\" > '" + told + "'.\"$CNT_ARRAY_INDEX\"");
    assertThat(bench().awaitEnd(id).outcome()).isEqualTo(Outcome.SUCCEEDED);
    for (int index = 2; index <= 4; index++) {
      assertThat(bench().awaitText(Path.of(told + "." + index))).isEqualTo(index + "\n");
    }
  }

  @Test
  default void rule8_dependencies() {
    Path order = bench().newFile("order");
    Path gate = bench().newFile("gate");
    String[] waits = bench().until(gate);
    JobId first = bench().submit(waits[0], "echo first >> '" + order + "'");
    JobRequest after =
        bench().request().toBuilder()
            .dependencies(List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(first))))
            .build();
    String second = "echo second >> '" + order + "'";
    if (isUnsupported(Capability.DEPENDENCY, () -> bench().submit(after, second))) {
      return;
    }
    JobId id = bench().submit(after, second);
    assertThat(bench().state(id)).isInstanceOf(JobState.Alive.class);
    bench().open(gate);
    assertThat(bench().awaitEnd(id).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(order).hasContent("first\nsecond\n");
  }

  @Test
  default void rule8_aJobDoesNotFollowOneThatFailed() {
    if (!bench().scheduler().capabilities().contains(Capability.DEPENDENCY)) {
      return; // rule8_dependencies
    }
    Path gate = bench().newFile("gate");
    Path wrong = bench().newFile("wrong");
    JobId first = bench().submit(bench().until(gate)[0], "exit 3");
    JobId afterOk =
        bench().submit(after(Dependency.Condition.SUCCEEDED, first), "touch '" + wrong + "'");
    JobId afterFailed = bench().submit(after(Dependency.Condition.FAILED, first), "true");
    bench().open(gate);
    assertThat(bench().awaitEnd(afterFailed).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(wrong).doesNotExist();
    if (bench().state(afterOk) instanceof JobState.Ended end) {
      assertThat(end.outcome()).isNotEqualTo(Outcome.SUCCEEDED);
    }
  }

  private JobRequest after(Dependency.Condition condition, JobId job) {
    return bench().request().toBuilder()
        .dependencies(List.of(new Dependency(condition, List.of(job))))
        .build();
  }

  @Test
  default void rule8_runningACommandOnAJobsNode() {
    List<String> command = List.of("sh", "-c", "echo 'a b'; echo e >&2; exit 7");
    JobId unknown = bench().laboratory().unknownJob(0);
    if (isUnsupported(
        Capability.RUN_ON_NODE, () -> bench().scheduler().runOnNode(unknown, command))) {
      return;
    }
    JobId id = bench().submitRunning();
    assertThat(bench().scheduler().runOnNode(id, command))
        .isEqualTo(new CommandResult(7, "a b\n", "e\n"));
    if (bench().holds()) {
      JobId held = bench().submitLasting();
      assertThat(bench().failure(() -> bench().scheduler().runOnNode(held, command)).kind())
          .as("a job that does not run")
          .isNotEqualTo(Failure.Kind.UNSUPPORTED);
    }
  }

  @Test
  default void rule8_theHistoryIsThereWhenItIsSaidToBe() {
    assertThat(bench().scheduler().cluster().accounting())
        .isEqualTo(bench().scheduler().capabilities().contains(Capability.HISTORY));
  }

  static ArraySpec indexes(long first, long last) {
    return new ArraySpec(List.of(new ArraySpec.Range(first, last, 1)), OptionalInt.empty());
  }

  /** Whether an adapter cannot do something; then it must say so at once. */
  private boolean isUnsupported(Capability capability, ThrowingCallable use) {
    if (bench().scheduler().capabilities().contains(capability)) {
      return false;
    }
    assertUnsupported(use);
    return true;
  }

  private void assertUnsupported(ThrowingCallable use) {
    Failure failure = bench().failure(use);
    assertThat(failure.kind()).isEqualTo(Failure.Kind.UNSUPPORTED);
    assertThat(failure.message()).contains(bench().scheduler().displayName());
    assertThat(failure.message().length())
        .as("a message that names the feature: %s", failure.message())
        .isGreaterThan(bench().scheduler().displayName().length() + 10);
  }
}
