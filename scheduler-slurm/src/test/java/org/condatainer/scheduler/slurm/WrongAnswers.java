package org.condatainer.scheduler.slurm;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.JobFilter;

/** Adapters that answer wrongly: rules 1 to 4. */
final class WrongAnswers {
  private WrongAnswers() {}

  static List<WrongAdapter> all() {
    return List.of(
        new WrongAdapter(
            "absent is ended",
            "rule1_anUnknownJobIsAbsentAloneAndAmongOthers",
            right -> WrongAdapter.states(right, JobState.Absent.class, WrongAdapter.ended())),
        new WrongAdapter(
            "absent is left out",
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
        new WrongAdapter(
            "unavailable is absent",
            "rule1_withoutAServerEveryJobIsUnavailable",
            right ->
                WrongAdapter.states(
                    right, JobState.Unavailable.class, new JobState.Absent("squeue"))),
        new WrongAdapter(
            "hanging is ended",
            "rule1_whileTheServerHangsEveryJobIsUnavailable",
            right -> WrongAdapter.states(right, JobState.Unavailable.class, WrongAdapter.ended())),
        new WrongAdapter(
            "half an answer is absent",
            "rule1_aHalfAnswerIsNoEndAndNoAbsence",
            right ->
                WrongAdapter.states(
                    right, JobState.Unavailable.class, new JobState.Absent("squeue"))),
        new WrongAdapter(
            "strange word is ended",
            "rule1_aStateWithAStrangeWordIsAliveAndKeepsTheWord",
            right ->
                RightScheduler.answering(
                    right,
                    job ->
                        job.state() instanceof JobState.Alive alive
                                && alive.phase() == JobState.Phase.UNKNOWN
                            ? WrongAdapter.with(job, WrongAdapter.ended())
                            : job)),
        new WrongAdapter(
            "every end is success",
            "rule1_aJobThatFailsHasFailedWithItsExitCode",
            right -> WrongAdapter.states(right, JobState.Ended.class, WrongAdapter.ended())),
        new WrongAdapter(
            "cancelled is success",
            "rule1_aRunningJobThatIsCancelledWasCancelled",
            right -> WrongAdapter.states(right, JobState.Ended.class, WrongAdapter.ended())),
        new WrongAdapter(
            "asks in small chunks",
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
        new WrongAdapter(
            "lists job by job",
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
        new WrongAdapter(
            "asks no history",
            "rule3_whatTheQueueForgotTheHistoryKnowsOrItIsAbsent",
            right -> right,
            runner ->
                command ->
                    command.program().equals("sacct")
                        ? new CommandResult(1, "", "Slurm accounting storage is disabled\n")
                        : runner.run(command)),
        new WrongAdapter(
            "names no source",
            "rule3_theAnswerSaysWhichSourceSpoke",
            right ->
                RightScheduler.answering(right, job -> JobSnapshot.of(job.id(), job.state(), " "))),
        new WrongAdapter(
            "takes a dead history for an end",
            "rule3_aHistoryThatCannotBeAskedIsNamedAndProvesNothing",
            right -> WrongAdapter.states(right, JobState.Absent.class, WrongAdapter.ended()),
            runner -> runner),
        new WrongAdapter(
            "obeys the users formats",
            "rule4_theUsersFormatVariablesChangeNothing",
            right -> right,
            runner -> command -> runner.run(command.withUnset(Set.of()))),
        new WrongAdapter(
            "speaks the users language",
            "rule4_theUsersLanguageChangesNothing",
            right -> right,
            runner ->
                command -> {
                  Map<String, String> variables = new HashMap<>(command.variables());
                  variables.remove("LC_ALL");
                  return runner.run(command.withVariables(variables));
                }),
        new WrongAdapter(
            "cuts names",
            "rule4_oddNamesComeBackWholeAndShiftNoField",
            right ->
                RightScheduler.answering(
                    right, job -> named(job, job.name().map(name -> name.split("[|;]", 2)[0])))),
        new WrongAdapter(
            "dies of what is not utf8",
            "rule4_aNameThatIsNotUtf8BreaksNothing",
            right -> right,
            runner ->
                command -> {
                  CommandResult result = runner.run(command);
                  return result.output().indexOf('\ufffd') < 0
                      ? result
                      : new CommandResult(1, "", "squeue: error: malformed input");
                }),
        new WrongAdapter(
            "tells no times",
            "rule4_timesAreTold",
            right -> RightScheduler.answering(right, job -> WrongAdapter.with(job, job.state()))));
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
}
