package org.condatainer.scheduler.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.SchedulerProvider;

/** Further adapters with one thing wrong, so that every test of the contract has one that fails. */
enum OtherwiseWrong {
  FORGETS_THE_NODES(
      "rule1_aJobThatRunsIsAliveAndThenSucceeds",
      answering(job -> JobSnapshot.of(job.id(), job.state(), job.source()))),
  LOSES_THE_STRANGE_WORD(
      "rule1_aStateWithAStrangeWordIsAliveAndKeepsTheWord",
      answering(
          job ->
              job.state() instanceof JobState.Alive alive && alive.phase() == Phase.UNKNOWN
                  ? state(job, new JobState.Alive(Phase.UNKNOWN, "?", ""))
                  : job)),
  SAYS_NOTHING_OF_A_SIGNAL(
      "rule1_aJobThatIsKilledHasFailed",
      answering(job -> ended(job) ? state(job, end(Outcome.FAILED)) : job)),
  TAKES_A_CANCELLED_JOB_FOR_ONE_THAT_RAN(
      "rule1_aWaitingJobThatIsCancelledWasCancelledOrIsAbsent",
      answering(job -> ended(job) ? state(job, end(Outcome.SUCCEEDED)) : job)),
  KNOWS_THE_END_OF_ANY_TEXT(
      "rule1_aTextThatIsNoIdIsAnsweredAndNothingIsSaidOfIt",
      scheduler(
          right ->
              new RightScheduler(right) {
                @Override
                public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
                  Map<JobId, JobSnapshot> answers = new HashMap<>(right.query(ids));
                  answers.replaceAll(
                      (id, job) ->
                          id.value().matches("\\d+") ? job : state(job, end(Outcome.FAILED)));
                  return answers;
                }
              })),
  HIDES_A_TASK_THAT_FAILED(
      "rule1_anArrayLivesAsLongAsOneOfItsTasks",
      answering(
          job ->
              ended(job) && job.id().value().matches("\\d+")
                  ? state(job, end(Outcome.SUCCEEDED))
                  : job)),
  TAKES_ANY_TEXT_FOR_AN_ID(
      "rule5_aTextThatIsNoIdIsNotGivenToACommand",
      scheduler(
          right ->
              new RightScheduler(right) {
                @Override
                public void cancel(Set<JobId> ids) {
                  try {
                    right.cancel(ids);
                  } catch (SchedulerException e) {
                    return;
                  }
                }
              })),
  TELLS_NO_TASK_ITS_INDEX(
      "rule8_everyTaskOfAnArrayKnowsItsIndex",
      writing("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN")),
  IS_FOUND_EVERYWHERE(
      "provider_isFoundWhereItsCommandsAreAndNowhereElse",
      new RightProvider() {
        @Override
        public Detection detect(HostEnvironment environment) {
          return Detection.found("always");
        }
      }),
  ASKS_AS_SOON_AS_IT_IS_OPENED(
      "provider_startsNothingWhenItIsOpened",
      scheduler(
          right -> {
            right.cluster();
            return right;
          })),
  DOES_NOT_KNOW_ITS_JOB(
      "provider_aJobKnowsItsId",
      new RightProvider() {
        @Override
        public Optional<JobId> currentJob(HostEnvironment environment) {
          return Optional.empty();
        }
      }),
  TELLS_NO_JOB_ITS_CPUS("provider_aJobKnowsWhatItWasGranted", writing("NCPUS=", "CPUS_OF_MINE=")),
  SEES_NO_NODES(
      "provider_tellsOfTheCluster",
      scheduler(
          right ->
              new RightScheduler(right) {
                @Override
                public ClusterInfo cluster() {
                  ClusterInfo info = right.cluster();
                  return new ClusterInfo(
                      info.name(),
                      info.version(),
                      info.queues(),
                      List.of(),
                      info.highestArrayIndex(),
                      info.mostArrayTasks(),
                      info.accounting(),
                      info.endedJobsSeconds());
                }
              }));

  private final String rule;

  @SuppressWarnings("ImmutableEnumChecker") // It holds nothing that changes.
  private final SchedulerProvider provider;

  OtherwiseWrong(String rule, SchedulerProvider provider) {
    this.rule = rule;
    this.provider = provider;
  }

  /** The test that must fail. */
  String rule() {
    return rule;
  }

  SchedulerProvider provider() {
    return provider;
  }

  private static SchedulerProvider scheduler(UnaryOperator<Scheduler> wrong) {
    return new RightProvider() {
      @Override
      public Scheduler open(SchedulerContext context) {
        return wrong.apply(super.open(context));
      }
    };
  }

  private static SchedulerProvider answering(UnaryOperator<JobSnapshot> wrong) {
    return scheduler(right -> RightScheduler.answering(right, wrong));
  }

  /** Batch scripts with another text in them. */
  private static SchedulerProvider writing(String text, String other) {
    return scheduler(
        right ->
            RightScheduler.submitting(
                right,
                job -> {
                  try {
                    String script = Files.readString(job.batchScript());
                    Files.writeString(job.batchScript(), script.replace(text, other));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  return job;
                }));
  }

  private static boolean ended(JobSnapshot job) {
    return job.state() instanceof JobState.Ended;
  }

  private static JobState end(Outcome outcome) {
    return new JobState.Ended(
        outcome, "ENDED", OptionalInt.empty(), OptionalInt.empty(), Optional.<Instant>empty());
  }

  private static JobSnapshot state(JobSnapshot job, JobState state) {
    return new JobSnapshot(
        job.id(),
        state,
        job.source(),
        job.name(),
        job.owner(),
        job.queue(),
        job.nodes(),
        job.submitted(),
        job.started(),
        job.tag());
  }
}
