package org.condatainer.scheduler.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.scheduler.Submission;

/** Slurm's adapter with one thing wrong, and the test of the contract that notices. */
enum WrongAdapter {
  ABSENT_IS_ENDED(
      "rule1_anUnknownJobIsAbsentAloneAndAmongOthers",
      right -> states(right, JobState.Absent.class, ended())),
  ABSENT_IS_LEFT_OUT(
      "rule1_anUnknownJobIsAbsentAloneAndAmongOthers",
      right ->
          new RightScheduler(right) {
            @Override
            public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
              Map<JobId, JobSnapshot> answers = new HashMap<>(right.query(ids));
              answers.values().removeIf(job -> job.state() instanceof JobState.Absent);
              return answers;
            }
          }),
  UNAVAILABLE_IS_ABSENT(
      "rule1_withoutAServerEveryJobIsUnavailable",
      right -> states(right, JobState.Unavailable.class, new JobState.Absent("squeue"))),
  HANGING_IS_ENDED(
      "rule1_whileTheServerHangsEveryJobIsUnavailable",
      right -> states(right, JobState.Unavailable.class, ended())),
  HALF_AN_ANSWER_IS_ABSENT(
      "rule1_aHalfAnswerIsNoEndAndNoAbsence",
      right -> states(right, JobState.Unavailable.class, new JobState.Absent("squeue"))),
  STRANGE_WORD_IS_ENDED(
      "rule1_aStateWithAStrangeWordIsAliveAndKeepsTheWord",
      right ->
          RightScheduler.answering(
              right,
              job ->
                  job.state() instanceof JobState.Alive alive
                          && alive.phase() == JobState.Phase.UNKNOWN
                      ? with(job, ended())
                      : job)),
  EVERY_END_IS_SUCCESS(
      "rule1_aJobThatFailsHasFailedWithItsExitCode",
      right -> states(right, JobState.Ended.class, ended())),
  CANCELLED_IS_SUCCESS(
      "rule1_aRunningJobThatIsCancelledWasCancelled",
      right -> states(right, JobState.Ended.class, ended())),

  ASKS_IN_SMALL_CHUNKS(
      "rule2_tenThousandJobsAreAskedForByFewProcesses",
      right ->
          new RightScheduler(right) {
            @Override
            public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
              Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
              List<JobId> all = List.copyOf(ids);
              for (int i = 0; i < all.size(); i += 500) {
                List<JobId> some = all.subList(i, Math.min(i + 500, all.size()));
                answers.putAll(right.query(new LinkedHashSet<>(some)));
              }
              return answers;
            }
          }),
  LISTS_JOB_BY_JOB(
      "rule2_livingJobsAreListedByTwoProcessesAtMost",
      right ->
          new RightScheduler(right) {
            @Override
            public List<JobSnapshot> live(JobFilter filter) {
              right.live(filter);
              right.live(filter);
              return right.live(filter);
            }
          }),

  ASKS_NO_HISTORY(
      "rule3_whatTheQueueForgotTheHistoryKnowsOrItIsAbsent",
      right -> right,
      runner ->
          command ->
              command.program().equals("sacct")
                  ? new CommandResult(1, "", "Slurm accounting storage is disabled\n")
                  : runner.run(command)),
  NAMES_NO_SOURCE(
      "rule3_theAnswerSaysWhichSourceSpoke",
      right -> RightScheduler.answering(right, job -> JobSnapshot.of(job.id(), job.state(), " "))),
  TAKES_A_DEAD_HISTORY_FOR_AN_END(
      "rule3_aHistoryThatCannotBeAskedIsNamedAndProvesNothing",
      right -> states(right, JobState.Absent.class, ended()),
      runner -> runner),

  OBEYS_THE_USERS_FORMATS(
      "rule4_theUsersFormatVariablesChangeNothing",
      right -> right,
      runner -> command -> runner.run(command.withUnset(Set.of()))),
  SPEAKS_THE_USERS_LANGUAGE(
      "rule4_theUsersLanguageChangesNothing",
      right -> right,
      runner ->
          command -> {
            Map<String, String> variables = new HashMap<>(command.variables());
            variables.remove("LC_ALL");
            return runner.run(command.withVariables(variables));
          }),
  CUTS_NAMES(
      "rule4_oddNamesComeBackWholeAndShiftNoField",
      right ->
          RightScheduler.answering(
              right, job -> named(job, job.name().map(name -> name.split("[|;]", 2)[0])))),
  DIES_OF_WHAT_IS_NOT_UTF8(
      "rule4_aNameThatIsNotUtf8BreaksNothing",
      right -> right,
      runner ->
          command -> {
            CommandResult result = runner.run(command);
            return result.output().indexOf('\ufffd') < 0
                ? result
                : new CommandResult(1, "", "squeue: error: malformed input");
          }),
  TELLS_NO_TIMES(
      "rule4_timesAreTold",
      right -> RightScheduler.answering(right, job -> with(job, job.state()))),

  KEEPS_THE_SCHEDULERS_WORDS_TO_ITSELF(
      "rule5_aRefusedRequestCarriesTheSchedulersWords",
      right -> failing(right, f -> new Failure(f.kind(), f.message(), f.command(), ""))),
  GIVES_UP_AT_ONCE(
      "rule5_aTransientFailureIsTriedAgainAndTheUserIsTold",
      right -> right,
      runner -> command -> hopeless(runner.run(command))),
  NEVER_GIVES_UP(
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
  TAKES_A_REFUSAL_FOR_SUCCESS(
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
  CANNOT_CANCEL_TWICE(
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
  SEES_AN_EMPTY_QUEUE_WITHOUT_A_SERVER(
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

  SUBMITS_AGAIN_BLINDLY(
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
  TAKES_ANOTHER_RUNS_JOB(
      "rule6_anotherRunsJobIsNotTakenForThisOne",
      right ->
          new RightScheduler(right) {
            @Override
            public JobId submit(Submission submission) {
              List<JobSnapshot> alike = right.live(JobFilter.tagged(submission.tag()));
              return alike.isEmpty() ? right.submit(submission) : alike.get(0).id();
            }
          }),
  INVENTS_AN_ID(
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
  SAYS_THAT_NOTHING_HAPPENED(
      "rule6_withoutAnAnswerAndWithoutAServerItIsSaidToBeUnknown",
      right ->
          failing(
              right,
              f -> new Failure(Failure.Kind.UNAVAILABLE, f.message(), f.command(), f.words()))),

  DROPS_THE_TAG(
      "rule7_aJobIsFoundByItsTagInOneLook",
      right -> RightScheduler.submitting(right, job -> tagged(job, "cnt:other"))),
  CUTS_THE_TAG(
      "rule7_theLongestTagIsKept",
      right -> RightScheduler.submitting(right, job -> tagged(job, job.tag().substring(0, 250)))),
  REPLACES_THE_USERS_COMMENT(
      "rule7_theTagIsAddedToTheUsersComment",
      right ->
          RightScheduler.submitting(
              right,
              job ->
                  new Submission(
                      job.batchScript(),
                      job.options(),
                      JobRequest.empty(),
                      job.workingDirectory(),
                      job.tag()))),
  LISTS_EVERYBODYS_JOBS(
      "rule7_livingJobsAreListedByTheirOwnerAndEndedOnesAreNot",
      right ->
          new RightScheduler(right) {
            @Override
            public List<JobSnapshot> live(JobFilter filter) {
              return right.live(JobFilter.all());
            }
          }),

  HOLDS_NOTHING(
      "rule8_holding",
      right ->
          new RightScheduler(right) {
            @Override
            public void hold(Set<JobId> ids) {}
          }),
  IS_SILENT_ABOUT_HOLDING(
      "rule8_holding",
      right ->
          new RightScheduler(without(right, Capability.HOLD)) {
            @Override
            public void hold(Set<JobId> ids) {}
          }),
  SUBMITS_AN_ARRAY_THAT_IT_CANNOT("rule8_arrays", right -> without(right, Capability.ARRAY)),
  DROPS_THE_ARRAY("rule8_arrays", right -> withoutDirective(right, "--array")),
  DROPS_THE_DEPENDENCY("rule8_dependencies", right -> withoutDirective(right, "--dependency")),
  FOLLOWS_A_FAILURE(
      "rule8_aJobDoesNotFollowOneThatFailed", right -> withoutDirective(right, "--dependency")),
  LOSES_THE_EXIT_CODE_OF_A_NODE(
      "rule8_runningACommandOnAJobsNode",
      right ->
          new RightScheduler(right) {
            @Override
            public CommandResult runOnNode(JobId job, List<String> command) {
              CommandResult result = right.runOnNode(job, command);
              return new CommandResult(0, result.output(), result.errors());
            }
          }),
  BOASTS_OF_A_HISTORY(
      "rule8_theHistoryIsThereWhenItIsSaidToBe",
      right ->
          new RightScheduler(right) {
            @Override
            public Set<Capability> capabilities() {
              return EnumSet.allOf(Capability.class);
            }
          });

  private final String rule;

  @SuppressWarnings("ImmutableEnumChecker") // Its functions hold nothing.
  private final WrongProvider provider;

  WrongAdapter(String rule, UnaryOperator<Scheduler> scheduler) {
    this(rule, scheduler, UnaryOperator.identity());
  }

  WrongAdapter(
      String rule, UnaryOperator<Scheduler> scheduler, UnaryOperator<CommandRunner> commands) {
    this.rule = rule;
    this.provider = new WrongProvider(scheduler, commands);
  }

  /** The test that must fail. */
  String rule() {
    return rule;
  }

  SchedulerProvider provider() {
    return provider;
  }

  boolean hasAccounting() {
    return rule.startsWith("rule3_");
  }

  private static Scheduler states(Scheduler right, Class<?> from, JobState to) {
    return RightScheduler.answering(
        right, job -> from.isInstance(job.state()) ? with(job, to) : job);
  }

  private static JobState ended() {
    return new JobState.Ended(
        JobState.Outcome.SUCCEEDED,
        "COMPLETED",
        OptionalInt.of(0),
        OptionalInt.empty(),
        Optional.<Instant>empty());
  }

  private static JobSnapshot with(JobSnapshot job, JobState state) {
    return JobSnapshot.of(job.id(), state, job.source());
  }

  private static JobSnapshot named(JobSnapshot job, Optional<String> name) {
    return new JobSnapshot(
        job.id(),
        job.state(),
        job.source(),
        name,
        job.owner(),
        job.queue(),
        job.nodes(),
        job.submitted(),
        job.started(),
        job.tag());
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

  private static Scheduler without(Scheduler right, Capability capability) {
    return new RightScheduler(right) {
      @Override
      public Set<Capability> capabilities() {
        Set<Capability> some = EnumSet.copyOf(right.capabilities());
        some.remove(capability);
        return some;
      }
    };
  }

  private static Submission tagged(Submission job, String tag) {
    return new Submission(
        job.batchScript(), job.options(), job.request(), job.workingDirectory(), tag);
  }

  private static Scheduler withoutDirective(Scheduler right, String option) {
    return RightScheduler.submitting(
        right,
        job -> {
          try {
            List<String> lines = new ArrayList<>(Files.readAllLines(job.batchScript()));
            lines.removeIf(line -> line.contains(option));
            Files.write(job.batchScript(), lines);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return job;
        });
  }
}
