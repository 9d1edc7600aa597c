package org.condatainer.scheduler.slurm;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobId;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * Slurm's adapter with something wrong.
 *
 * @param scheduler what is wrong with what it does
 * @param commands what is wrong with the commands that it starts
 */
record WrongProvider(UnaryOperator<Scheduler> scheduler, UnaryOperator<CommandRunner> commands)
    implements SchedulerProvider {
  private static final SlurmProvider RIGHT = new SlurmProvider();

  @Override
  public String id() {
    return RIGHT.id();
  }

  @Override
  public String displayName() {
    return RIGHT.displayName();
  }

  @Override
  public Dialect dialect() {
    return RIGHT.dialect();
  }

  @Override
  public Detection detect(HostEnvironment environment) {
    return RIGHT.detect(environment);
  }

  @Override
  public Optional<JobId> currentJob(HostEnvironment environment) {
    return RIGHT.currentJob(environment);
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return scheduler.apply(
        RIGHT.open(
            new SchedulerContext(
                context.environment(),
                commands.apply(context.runner()),
                context.timeout(),
                context.progress())));
  }
}
