package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;

/** Rule 5: errors are data, and only what is transient is tried again. */
interface ErrorRules {
  int MOST_TRIES = 10;

  Bench bench();

  @Test
  default void rule5_aRefusedRequestCarriesTheSchedulersWords() {
    JobRequest refused = bench().laboratory().refused();
    Submission submission = bench().submission(refused, Bench.freshTag(), "true");
    bench().printed().clear();
    bench().ran().clear();
    Failure failure = bench().failure(() -> bench().submit(bench().scheduler(), submission));
    assertThat(failure.kind()).isIn(Failure.Kind.INVALID_REQUEST, Failure.Kind.NOT_FOUND);
    assertThat(failure.words()).as("the scheduler's words").isNotBlank();
    assertThat(bench().printed())
        .as("what commands printed")
        .anyMatch(
            result ->
                (result.errors() + result.output())
                    .contains(failure.words().lines().findFirst().get()));
    assertThat(
            bench().ran().stream().filter(command -> failure.command().contains(command.program())))
        .as("a refused request is not sent again")
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  default void rule5_aTransientFailureIsTriedAgainAndTheUserIsTold() {
    JobId held = bench().submitLasting();
    bench().make(Fault.BUSY_ONCE);
    assertThat(bench().state(held)).isInstanceOf(JobState.Alive.class);
    assertThat(bench().told()).as("lines for the user").isNotEmpty();
  }

  @Test
  default void rule5_aTransientFailureIsTriedABoundedNumberOfTimes() {
    JobId held = bench().submitLasting();
    bench().make(Fault.BUSY);
    bench().ran().clear();
    assertThat(bench().state(held)).isInstanceOf(JobState.Unavailable.class);
    assertThat(bench().ran()).hasSizeBetween(2, MOST_TRIES);
  }

  @Test
  default void rule5_anotherUsersJobIsNotCancelled() {
    bench().need(Fault.OF_ANOTHER_USER);
    JobId id = bench().submitLasting();
    bench().make(Fault.OF_ANOTHER_USER, id);
    assertThat(bench().failure(() -> bench().scheduler().cancel(Set.of(id))).kind())
        .isEqualTo(Failure.Kind.DENIED);
  }

  @Test
  default void rule5_theEndOfAnEndedJobIsNoError() {
    JobId id = bench().submit("true");
    bench().awaitEnd(id);
    bench().scheduler().cancel(Set.of(id));
  }

  @Test
  default void rule5_withoutAServerNothingIsDoneAndItIsSaid() {
    bench().need(Fault.STOPPED);
    JobId id = bench().submitLasting();
    bench().make(Fault.STOPPED);
    for (Failure failure :
        List.of(
            bench().failure(() -> bench().scheduler().live(JobFilter.all())),
            bench().failure(() -> bench().scheduler().cancel(Set.of(id))),
            bench().failure(() -> bench().scheduler().cluster()))) {
      assertThat(failure.kind()).isEqualTo(Failure.Kind.UNAVAILABLE);
      assertThat(failure.message()).contains(bench().scheduler().displayName());
    }
    assertThat(bench().failure(() -> bench().submit("true")).kind())
        .isIn(Failure.Kind.UNAVAILABLE, Failure.Kind.AMBIGUOUS);
  }

  @Test
  default void rule5_aTextThatIsNoIdIsNotGivenToACommand() {
    for (String text : List.of("-rf", "--all", "*")) {
      bench().ran().clear();
      assertThat(bench().failure(() -> bench().scheduler().cancel(Set.of(JobId.of(text)))).kind())
          .as(text)
          .isIn(Failure.Kind.INVALID_REQUEST, Failure.Kind.NOT_FOUND);
      assertThat(bench().ran()).noneMatch(command -> command.words().contains(text));
    }
  }
}
