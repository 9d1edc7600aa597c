package org.condatainer.scheduler.slurm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.Submission;

/** Adapters whose tags or capabilities are wrong: rules 7 and 8. */
final class WrongFeatures {
  private WrongFeatures() {}

  static List<WrongAdapter> all() {
    return List.of(
        new WrongAdapter(
            "drops the tag",
            "rule7_aJobIsFoundByItsTagInOneLook",
            right -> RightScheduler.submitting(right, job -> tagged(job, "cnt:other"))),
        new WrongAdapter(
            "cuts the tag",
            "rule7_theLongestTagIsKept",
            right ->
                RightScheduler.submitting(right, job -> tagged(job, job.tag().substring(0, 250)))),
        new WrongAdapter(
            "replaces the users comment",
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
        new WrongAdapter(
            "lists everybodys jobs",
            "rule7_livingJobsAreListedByTheirOwnerAndEndedOnesAreNot",
            right ->
                new RightScheduler(right) {
                  @Override
                  public List<JobSnapshot> live(JobFilter filter) {
                    return right.live(JobFilter.all());
                  }
                }),
        new WrongAdapter(
            "holds nothing",
            "rule8_holding",
            right ->
                new RightScheduler(right) {
                  @Override
                  public void hold(Set<JobId> ids) {}
                }),
        new WrongAdapter(
            "is silent about holding",
            "rule8_holding",
            right ->
                new RightScheduler(without(right, Capability.HOLD)) {
                  @Override
                  public void hold(Set<JobId> ids) {}
                }),
        new WrongAdapter(
            "SUBMITS_AN_ARRAY_THAT_IT_CANNOT",
            "rule8_arrays",
            right -> without(right, Capability.ARRAY)),
        new WrongAdapter(
            "DROPS_THE_ARRAY", "rule8_arrays", right -> withoutDirective(right, "--array")),
        new WrongAdapter(
            "DROPS_THE_DEPENDENCY",
            "rule8_dependencies",
            right -> withoutDirective(right, "--dependency")),
        new WrongAdapter(
            "follows a failure",
            "rule8_aJobDoesNotFollowOneThatFailed",
            right -> withoutDirective(right, "--dependency")),
        new WrongAdapter(
            "loses the exit code of a node",
            "rule8_runningACommandOnAJobsNode",
            right ->
                new RightScheduler(right) {
                  @Override
                  public CommandResult runOnNode(JobId job, List<String> command) {
                    CommandResult result = right.runOnNode(job, command);
                    return new CommandResult(0, result.output(), result.errors());
                  }
                }),
        new WrongAdapter(
            "boasts of a history",
            "rule8_theHistoryIsThereWhenItIsSaidToBe",
            right ->
                new RightScheduler(right) {
                  @Override
                  public Set<Capability> capabilities() {
                    return EnumSet.allOf(Capability.class);
                  }
                }));
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
