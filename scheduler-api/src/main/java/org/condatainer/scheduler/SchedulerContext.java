package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Consumer;
import org.condatainer.process.CommandRunner;

/**
 * What an adapter gets to work with.
 *
 * @param environment variables and PATH
 * @param runner starts its commands
 * @param timeout how long one command may take before it is killed; a query of many jobs may be
 *     several commands
 * @param progress told, in one line each, why the user is waiting; an adapter prints nothing
 */
public record SchedulerContext(
    HostEnvironment environment,
    CommandRunner runner,
    Duration timeout,
    Consumer<String> progress) {
  public SchedulerContext {
    requireNonNull(environment, "environment is null");
    requireNonNull(runner, "runner is null");
    requireNonNull(timeout, "timeout is null");
    requireNonNull(progress, "progress is null");
  }
}
