package org.condatainer.scheduler.slurm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * Slurm's adapter with one thing wrong, and the test of the contract that notices.
 *
 * @param name what is wrong
 * @param rule the test that must fail
 * @param provider the adapter
 */
record WrongAdapter(String name, String rule, SchedulerProvider provider) {
  WrongAdapter(String name, String rule, UnaryOperator<Scheduler> scheduler) {
    this(name, rule, scheduler, UnaryOperator.identity());
  }

  WrongAdapter(
      String name,
      String rule,
      UnaryOperator<Scheduler> scheduler,
      UnaryOperator<CommandRunner> commands) {
    this(name, rule, new WrongProvider(scheduler, commands));
  }

  static List<WrongAdapter> all() {
    return Stream.of(WrongAnswers.all(), WrongErrors.all(), WrongFeatures.all())
        .flatMap(List::stream)
        .toList();
  }

  static WrongAdapter named(String name) {
    return all().stream().filter(wrong -> wrong.name().equals(name)).findFirst().orElseThrow();
  }

  boolean hasAccounting() {
    return rule.startsWith("rule3_");
  }

  @Override
  public String toString() {
    return name;
  }

  static Scheduler states(Scheduler right, Class<?> from, JobState to) {
    return RightScheduler.answering(
        right, job -> from.isInstance(job.state()) ? with(job, to) : job);
  }

  static JobState ended() {
    return new JobState.Ended(
        JobState.Outcome.SUCCEEDED,
        "COMPLETED",
        OptionalInt.of(0),
        OptionalInt.empty(),
        Optional.<Instant>empty());
  }

  static JobSnapshot with(JobSnapshot job, JobState state) {
    return JobSnapshot.of(job.id(), state, job.source());
  }
}
