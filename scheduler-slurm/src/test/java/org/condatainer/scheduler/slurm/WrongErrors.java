package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;

/** Adapters that go wrong when something fails: rules 5 and 6. */
final class WrongErrors {
  private WrongErrors() {}

  static List<WrongAdapter> all() {
    return List.of(
        new WrongAdapter(
            "keeps the schedulers words to itself",
            "rule5_aRefusedRequestCarriesTheSchedulersWords",
            right -> failing(right, f -> new Failure(f.kind(), f.message(), f.command(), ""))),
        new WrongAdapter(
            "gives up at once",
            "rule5_aTransientFailureIsTriedAgainAndTheUserIsTold",
            right -> right,
            runner -> command -> hopeless(runner.run(command))),
        new WrongAdapter(
            "never gives up",
            "rule5_aTransientFailureIsTriedABoundedNumberOfTimes",
            right -> right,
            runner ->
                command -> {
                  CommandResult result = runner.run(command);
                  for (int i = 0; i < 20 && result.exitCode() != 0; i++) {
                    result = runner.run(command);
                  }
                  return result;
                }),
        new WrongAdapter(
            "takes a refusal for success",
            "rule5_anotherUsersJobIsNotCancelled",
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
                }),
        new WrongAdapter(
            "cannot cancel twice",
            "rule5_theEndOfAnEndedJobIsNoError",
            right ->
                new RightScheduler(right) {
                  @Override
                  public void cancel(Set<JobId> ids) {
                    right.query(ids).values().stream()
                        .filter(job -> !(job.state() instanceof JobState.Alive))
                        .forEach(job -> fail(Failure.Kind.NOT_FOUND));
                    right.cancel(ids);
                  }
                }),
        new WrongAdapter(
            "sees an empty queue without a server",
            "rule5_withoutAServerNothingIsDoneAndItIsSaid",
            right ->
                new RightScheduler(right) {
                  @Override
                  public List<JobSnapshot> live(JobFilter filter) {
                    try {
                      return right.live(filter);
                    } catch (SchedulerException e) {
                      return List.of();
                    }
                  }
                }),
        new WrongAdapter(
            "submits again blindly",
            "rule6_aSubmitWhoseAnswerIsLostIsFoundByItsTag",
            right -> right,
            runner ->
                command -> {
                  try {
                    return runner.run(command);
                  } catch (CommandException e) {
                    return runner.run(command);
                  }
                }),
        new WrongAdapter(
            "takes another runs job",
            "rule6_anotherRunsJobIsNotTakenForThisOne",
            right ->
                new RightScheduler(right) {
                  @Override
                  public JobId submit(Submission submission) {
                    List<JobSnapshot> alike = right.live(JobFilter.tagged(submission.tag()));
                    return alike.isEmpty() ? right.submit(submission) : alike.get(0).id();
                  }
                }),
        new WrongAdapter(
            "invents an id",
            "rule6_aSubmitThatIsLostBecomesOneJobOrIsSaidToBeUnknown",
            right -> right,
            runner ->
                command -> {
                  try {
                    return runner.run(command);
                  } catch (CommandException e) {
                    return new CommandResult(0, "77\n", "");
                  }
                }),
        new WrongAdapter(
            "says that nothing happened",
            "rule6_withoutAnAnswerAndWithoutAServerItIsSaidToBeUnknown",
            right ->
                failing(
                    right,
                    f ->
                        new Failure(
                            Failure.Kind.UNAVAILABLE, f.message(), f.command(), f.words()))));
  }

  private static Scheduler failing(Scheduler right, UnaryOperator<Failure> wrong) {
    return new RightScheduler(right) {
      @Override
      public JobId submit(Submission submission) {
        try {
          return right.submit(submission);
        } catch (SchedulerException e) {
          throw new SchedulerException(wrong.apply(e.failure()));
        }
      }
    };
  }

  private static void fail(Failure.Kind kind) {
    throw new SchedulerException(new Failure(kind, "no", "", ""));
  }

  private static CommandResult hopeless(CommandResult result) {
    return result.exitCode() == 0
        ? result
        : new CommandResult(result.exitCode(), "", "Connection refused");
  }
}
