package org.condatainer.scheduler.testkit.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.condatainer.scheduler.testkit.simulator.SimulatedJob.Phase;

/**
 * The jobs of a simulated scheduler: which may start, a few at a time on nodes that have names
 * only, and what becomes of them. What a job gets told is the scheduler's own affair ({@link
 * Words}); its processes are the {@link SimulatedMachine}'s. Every call holds the lock of this
 * object.
 */
final class SimulatedCluster implements AutoCloseable {
  /** What differs from scheduler to scheduler when a job starts. */
  interface Words {
    /** The variables that the scheduler sets for a job. */
    Map<String, String> variables(SimulatedJob job);

    /** The name of an output file with the placeholders filled in. */
    String fileName(SimulatedJob job, String written);

    /**
     * What is put before the output of a job that has ended; empty for a scheduler that writes the
     * output itself, while the job runs.
     */
    default Optional<String> report(SimulatedJob job, int exitCode) {
      return Optional.empty();
    }

    /** Whether the task of an array that ended last says how the array ended. */
    default boolean lastTaskDecides() {
      return false;
    }
  }

  private static final int SLOTS = 8;
  private static final Duration BETWEEN_TERM_AND_KILL = Duration.ofSeconds(2);

  private final Words words;
  private final SimulatedMachine machine;
  private final List<SimulatedJob> jobs = new ArrayList<>();
  private final List<Thread> waiters = new ArrayList<>();
  private final Timer clock = new Timer("simulated clock", true);
  private int nextNumber;
  private boolean closed;

  SimulatedCluster(Path spool, int firstNumber, Words words) {
    this.words = words;
    this.machine = new SimulatedMachine(spool, words);
    this.nextNumber = firstNumber;
  }

  /** Takes a job, or all tasks of an array, and returns its base number. */
  synchronized int submit(JobOrder order) {
    int base = nextNumber++;
    int left = order.indexes.size();
    if (left == 0) {
      jobs.add(new SimulatedJob(order, base, base, OptionalInt.empty()));
    }
    for (int index : order.indexes) {
      int number = --left == 0 ? base : nextNumber++;
      jobs.add(new SimulatedJob(order, base, number, OptionalInt.of(index)));
    }
    long wait = Duration.between(Instant.now(), order.begin).toMillis();
    if (wait > 0) {
      later(this::startWhatCan, wait + 1);
    }
    startWhatCan();
    return base;
  }

  /** The jobs and tasks that fit, in the order of their submits. */
  synchronized List<SimulatedJob> jobs(Predicate<SimulatedJob> fits) {
    return jobs.stream().filter(fits).toList();
  }

  /** Ends jobs, as their scheduler would: TERM, and KILL a little later. */
  synchronized void cancel(List<SimulatedJob> some) {
    for (SimulatedJob job : some) {
      if (job.isAlive()) {
        job.cancelled = true;
        end(job);
      }
    }
    startWhatCan();
  }

  synchronized void hold(List<SimulatedJob> some, boolean held) {
    some.forEach(job -> job.held = held);
    startWhatCan();
  }

  /** Stops running jobs, or lets them go on. */
  synchronized void suspend(List<SimulatedJob> some, boolean suspended) {
    for (SimulatedJob job : some) {
      if (job.phase == (suspended ? Phase.RUNNING : Phase.SUSPENDED)) {
        SimulatedMachine.signal(job, suspended ? "-STOP" : "-CONT");
        job.phase = suspended ? Phase.SUSPENDED : Phase.RUNNING;
      }
    }
  }

  /** Whether what a job waits for cannot happen any more. */
  synchronized boolean waitsForEver(SimulatedJob job) {
    return job.order.conditions.stream()
        .anyMatch(
            condition -> {
              boolean any = condition.kind() == JobOrder.Condition.Kind.NOT_ALL_SUCCEEDED;
              return any
                  ? others(condition).allMatch(SimulatedJob::succeeded)
                  : others(condition)
                      .anyMatch(other -> !other.isAlive() && !holds(condition.kind(), other));
            });
  }

  synchronized boolean waitsForOthers(SimulatedJob job) {
    return job.order.conditions.stream().anyMatch(condition -> !isMet(condition));
  }

  private boolean isMet(JobOrder.Condition condition) {
    return others(condition).allMatch(other -> holds(condition.kind(), other))
        && (condition.kind() != JobOrder.Condition.Kind.NOT_ALL_SUCCEEDED
            || others(condition).anyMatch(other -> !other.succeeded()));
  }

  private Stream<SimulatedJob> others(JobOrder.Condition condition) {
    return condition.bases().stream().flatMap(base -> deciding(base).stream());
  }

  /** The job of this number, or the tasks of the array by which it is judged. */
  private List<SimulatedJob> deciding(int base) {
    List<SimulatedJob> all = jobs(other -> other.base == base);
    boolean ended = all.stream().noneMatch(SimulatedJob::isAlive);
    return words.lastTaskDecides() && ended
        ? all.stream().max(Comparator.comparing(job -> job.ended)).stream().toList()
        : all;
  }

  /** Ends all jobs, and returns when nothing writes to their folders any more. */
  @Override
  public void close() {
    List<Thread> left;
    synchronized (this) {
      closed = true;
      clock.cancel();
      for (SimulatedJob job : jobs) {
        if (job.process != null) {
          SimulatedMachine.tree(job).forEach(ProcessHandle::destroyForcibly);
        }
      }
      left = List.copyOf(waiters);
    }
    try {
      for (Thread waiter : left) {
        waiter.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean holds(JobOrder.Condition.Kind kind, SimulatedJob other) {
    return switch (kind) {
      case STARTED -> other.started != null || !other.isAlive();
      case SUCCEEDED -> other.succeeded();
      case FAILED -> !other.isAlive() && !other.succeeded();
      case ENDED, NOT_ALL_SUCCEEDED -> !other.isAlive();
    };
  }

  private synchronized void startWhatCan() {
    for (SimulatedJob job : jobs) {
      if (!closed && canStart(job)) {
        start(job);
      }
    }
  }

  private boolean canStart(SimulatedJob job) {
    return job.phase == Phase.WAITING
        && !job.held
        && !Instant.now().isBefore(job.order.begin)
        && !waitsForOthers(job)
        && (job.order.beside || running(other -> !other.order.beside) < SLOTS)
        && running(other -> other.base == job.base) < job.order.tasksAtOnce;
  }

  private long running(Predicate<SimulatedJob> fits) {
    return jobs.stream().filter(fits).filter(job -> job.process != null && job.isAlive()).count();
  }

  private void start(SimulatedJob job) {
    job.phase = Phase.RUNNING;
    job.started = Instant.now();
    job.node = job.number % 2 == 0 ? "n2" : "n1";
    try {
      job.process = machine.start(job);
      Thread waiter = new Thread(() -> awaitEnd(job), "simulated job");
      waiter.setDaemon(true);
      waiter.start();
      waiters.add(waiter);
      if (job.order.walltimeSeconds.isPresent()) {
        later(() -> timeIsOver(job), job.order.walltimeSeconds.getAsLong() * 1000);
      }
    } catch (IOException e) {
      hasEnded(job, 1);
    }
  }

  private void awaitEnd(SimulatedJob job) {
    try {
      int exitCode = job.process.waitFor();
      machine.deliver(job, exitCode);
      hasEnded(job, exitCode);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      hasEnded(job, 1);
    }
  }

  private synchronized void hasEnded(SimulatedJob job, int exitCode) {
    job.exitCode = exitCode;
    job.ended = Instant.now();
    job.phase = Phase.ENDED;
    startWhatCan();
  }

  private synchronized void timeIsOver(SimulatedJob job) {
    if (job.isAlive()) {
      job.timedOut = true;
      end(job);
    }
  }

  private void later(Runnable task, long milliseconds) {
    if (closed) {
      return;
    }
    clock.schedule(
        new TimerTask() {
          @Override
          public void run() {
            task.run();
          }
        },
        milliseconds);
  }

  private void end(SimulatedJob job) {
    if (job.process == null) {
      job.ended = Instant.now();
      job.phase = Phase.ENDED;
      return;
    }
    if (job.phase == Phase.SUSPENDED) {
      SimulatedMachine.signal(job, "-CONT");
    }
    List<ProcessHandle> processes = SimulatedMachine.tree(job);
    processes.forEach(ProcessHandle::destroy);
    later(
        () -> processes.forEach(ProcessHandle::destroyForcibly), BETWEEN_TERM_AND_KILL.toMillis());
  }
}
