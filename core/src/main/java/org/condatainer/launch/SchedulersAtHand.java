package org.condatainer.launch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.condatainer.config.Configuration;
import org.condatainer.config.Setting;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * The schedulers that can be asked from here: every one that is found, or the one that is named.
 */
public final class SchedulersAtHand {
  private final Map<SchedulerProvider, Scheduler> schedulers;
  private final SharedTime time;
  private final Duration limit;

  private SchedulersAtHand(
      Map<SchedulerProvider, Scheduler> schedulers, SharedTime time, Duration limit) {
    this.schedulers = schedulers;
    this.time = time;
    this.limit = limit;
  }

  /**
   * Opens the schedulers; none is asked anything yet.
   *
   * @param named an id that the user gave
   * @throws LaunchException if none is found, or no adapter has the id
   */
  public static SchedulersAtHand open(
      Optional<String> named,
      Configuration configuration,
      InstalledSchedulers installed,
      HostEnvironment environment,
      CommandRunner runner,
      Consumer<String> progress) {
    SharedTime time = new SharedTime(runner);
    Duration limit = Duration.ofSeconds(configuration.commandTimeoutSeconds());
    SchedulerContext context = new SchedulerContext(environment, time, limit, progress);
    Map<SchedulerProvider, Scheduler> schedulers = new LinkedHashMap<>();
    List<String> reasons = new ArrayList<>();
    Optional<String> wanted = named.or(() -> configuration.scheduler().map(Setting::value));
    if (wanted.isPresent()) {
      SchedulerChoice.of(wanted, "--scheduler", installed, environment)
          .provider()
          .ifPresent(provider -> schedulers.put(provider, provider.open(context)));
      reasons.add("none is asked for");
    } else {
      for (Map.Entry<SchedulerProvider, Detection> entry :
          installed.detect(environment).entrySet()) {
        if (entry.getValue().found()) {
          schedulers.put(entry.getKey(), entry.getKey().open(context));
        }
        reasons.add(entry.getKey().displayName() + ": " + entry.getValue().evidence());
      }
    }
    if (schedulers.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.NO_SCHEDULER,
          "there is no scheduler here (" + String.join("; ", reasons) + ")");
    }
    return new SchedulersAtHand(schedulers, time, limit);
  }

  /** Whether there are several, so that an id may be a job's of each. */
  public boolean areSeveral() {
    return schedulers.size() > 1;
  }

  /** Whether something is true of none; nothing is asked for it. */
  public boolean none(Predicate<Scheduler> condition) {
    return schedulers.values().stream().noneMatch(condition);
  }

  /** Their names, for messages. */
  public List<String> names() {
    return schedulers.values().stream().map(Scheduler::displayName).toList();
  }

  /**
   * What one scheduler answered.
   *
   * @param provider the scheduler
   * @param value its answer; empty if it could not be asked
   * @param problem why it could not be asked
   */
  public record Answer<T>(
      SchedulerProvider provider, Optional<T> value, Optional<SchedulerException> problem) {}

  /**
   * Asks all of them at the same time, and waits for the slowest, which may take as long as one of
   * its commands ({@code command_timeout}) and no longer.
   */
  public <T> List<Answer<T>> ask(Function<Scheduler, T> question) {
    return ask((provider, scheduler) -> question.apply(scheduler));
  }

  /** The same, with a question for each of them. */
  public <T> List<Answer<T>> ask(BiFunction<SchedulerProvider, Scheduler, T> question) {
    return time.within(limit, () -> asked(question));
  }

  private <T> List<Answer<T>> asked(BiFunction<SchedulerProvider, Scheduler, T> question) {
    List<Answer<T>> answers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(schedulers.size());
    try {
      Map<SchedulerProvider, Future<T>> asked = new LinkedHashMap<>();
      schedulers.forEach(
          (provider, scheduler) ->
              asked.put(provider, threads.submit(() -> question.apply(provider, scheduler))));
      for (Map.Entry<SchedulerProvider, Future<T>> entry : asked.entrySet()) {
        answers.add(answer(entry.getKey(), entry.getValue()));
      }
    } finally {
      threads.shutdownNow();
    }
    return answers;
  }

  private static <T> Answer<T> answer(SchedulerProvider provider, Future<T> future) {
    try {
      return new Answer<>(provider, Optional.of(future.get()), Optional.empty());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SchedulerException problem) {
        return new Answer<>(provider, Optional.empty(), Optional.of(problem));
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
