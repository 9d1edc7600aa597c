package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.OutputName;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.opentest4j.TestAbortedException;

/** One test's scheduler in its laboratory: submits, asks, waits, counts, and cleans up. */
final class Bench {
  /** Long enough for a command on a machine with much to do, short enough to wait for. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(25);

  private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Laboratory laboratory;
  private final Path folder;
  private final Scheduler scheduler;
  private final Set<JobId> submitted = new LinkedHashSet<>();
  private final List<Command> ran = Collections.synchronizedList(new ArrayList<>());
  private final List<CommandResult> printed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private int files;

  Bench(Laboratory laboratory, Path folder) {
    this.laboratory = laboratory;
    this.folder = folder;
    this.scheduler = open(Map.of(), COMMAND_TIMEOUT);
  }

  Laboratory laboratory() {
    return laboratory;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Dialect dialect() {
    return laboratory.provider().dialect();
  }

  /** The commands that were started. */
  List<Command> ran() {
    return ran;
  }

  /** What they printed. */
  List<CommandResult> printed() {
    return printed;
  }

  /** What the adapter told the user. */
  List<String> told() {
    return told;
  }

  /** A second adapter whose commands have little time. */
  Scheduler hasty() {
    return open(Map.of(), SHORT_TIMEOUT);
  }

  /** A second adapter, with variables of the user's beside the laboratory's. */
  Scheduler openWith(Map<String, String> more) {
    return open(more, COMMAND_TIMEOUT);
  }

  private Scheduler open(Map<String, String> more, Duration timeout) {
    Map<String, String> variables = new HashMap<>(laboratory.variables());
    variables.putAll(more);
    CommandRunner runner = laboratory.runner(variables);
    return laboratory
        .provider()
        .open(
            new SchedulerContext(
                new HostEnvironment(variables),
                command -> counted(runner, command),
                timeout,
                told::add));
  }

  private CommandResult counted(CommandRunner runner, Command command) throws CommandException {
    ran.add(command);
    CommandResult result = runner.run(command);
    printed.add(result);
    return result;
  }

  /** Makes a fault, or ends the test with the reason why it cannot be tried here. */
  void make(Fault fault) {
    need(fault);
    laboratory.make(fault);
  }

  void make(Fault fault, JobId job) {
    need(fault);
    laboratory.make(fault, job);
  }

  void need(Fault fault) {
    if (!laboratory.faults().contains(fault)) {
      throw new TestAbortedException(
          "not tried: " + laboratory.name() + " cannot be made to have this fault: " + fault);
    }
  }

  /** A request whose output goes to a file of its own. */
  JobRequest request() {
    OutputName name = new OutputName(List.of(new OutputName.Piece.Text(newFile("out").toString())));
    return JobRequest.empty().toBuilder()
        .files(OutputFiles.defaults().withOutput(dialect().outputText(name).text()))
        .build();
  }

  /** Where the output of a job with this request goes. */
  Path output(JobRequest request) {
    return Path.of(request.files().output().orElseThrow());
  }

  Path newFile(String name) {
    return folder.resolve(name + files++);
  }

  static String freshTag() {
    return "cnt:" + UUID.randomUUID();
  }

  Submission submission(JobRequest request, String tag, String... commands) {
    List<String> lines = new ArrayList<>(List.of("#!/bin/sh"));
    lines.addAll(dialect().render(request).directiveLines());
    lines.addAll(List.of(commands));
    try {
      Path script = Files.createDirectory(newFile("run")).resolve("job.sh");
      Files.writeString(script, String.join("\n", lines) + "\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return new Submission(script, List.of(), request, folder, tag);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JobId submit(String... commands) {
    return submit(request(), commands);
  }

  JobId submit(JobRequest request, String... commands) {
    return submit(scheduler, submission(request, freshTag(), commands));
  }

  JobId submit(Scheduler by, Submission submission) {
    JobId id = by.submit(submission);
    submitted.add(id);
    return id;
  }

  /** Commands of a job that runs until a file is there, or for five minutes. */
  String[] until(Path gate) {
    return new String[] {
      "i=0; while [ ! -e '" + gate + "' ] && [ $i -lt 3000 ]; do sleep 0.1; i=$((i+1)); done"
    };
  }

  void open(Path gate) {
    try {
      Files.createFile(gate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A job that runs, and goes on running. */
  JobId submitRunning() {
    JobId id = submit(until(newFile("gate")));
    awaitPhase(id, JobState.Phase.RUNNING);
    return id;
  }

  /** Whether the scheduler can hold jobs, which makes them sure to wait. */
  boolean holds() {
    return scheduler.capabilities().contains(Capability.HOLD);
  }

  /**
   * A job that lives until it is ended: a held one, or one that runs where the scheduler holds
   * none.
   */
  JobId submitLasting() {
    return holds() ? submit(scheduler, lasting(request(), freshTag())) : submitRunning();
  }

  /** The submission of such a job; without holding it may wait or run. */
  Submission lasting(JobRequest request, String tag) {
    return holds()
        ? submission(request.toBuilder().held(true).build(), tag, "true")
        : submission(request, tag, until(newFile("gate")));
  }

  JobSnapshot query(JobId id) {
    return scheduler.query(Set.of(id)).get(id);
  }

  JobState state(JobId id) {
    return query(id).state();
  }

  JobSnapshot await(JobId id, String what, Predicate<JobState> condition) {
    Instant end = Instant.now().plus(laboratory.patience());
    while (true) {
      JobSnapshot last = query(id);
      if (condition.test(last.state())) {
        return last;
      }
      assertThat(Instant.now()).as("waiting for %s, still %s", what, last).isBefore(end);
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  JobSnapshot awaitPhase(JobId id, JobState.Phase phase) {
    return await(
        id,
        phase.toString(),
        state -> {
          assertThat(state)
              .as("state of a job that has to be %s", phase)
              .isNotInstanceOf(JobState.Ended.class);
          return state instanceof JobState.Alive alive && alive.phase() == phase;
        });
  }

  JobState.Ended awaitEnd(JobId id) {
    return (JobState.Ended) await(id, "its end", state -> state instanceof JobState.Ended).state();
  }

  /** Waits until a file has text, and returns it. */
  String awaitText(Path file) {
    Instant end = Instant.now().plus(laboratory.patience());
    while (true) {
      try {
        String text = Files.exists(file) ? Files.readString(file) : "";
        if (!text.isEmpty()) {
          return text;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assertThat(Instant.now()).as("waiting for the output %s", file).isBefore(end);
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  /** What goes wrong with a call, which must be this kind of failure. */
  Failure failure(ThrowingCallable call) {
    SchedulerException e = catchThrowableOfType(SchedulerException.class, call);
    assertThat(e).as("a SchedulerException").isNotNull();
    return e.failure();
  }

  /** Ends every job of this test. */
  void clean() {
    laboratory.mend();
    submitted.removeIf(id -> !(state(id) instanceof JobState.Alive));
    if (submitted.isEmpty()) {
      return;
    }
    try {
      scheduler.cancel(submitted);
    } catch (SchedulerException e) {
      // A job that a test gave to another user ends with its laboratory.
      assertThat(e.failure().kind()).isEqualTo(Failure.Kind.DENIED);
      return;
    }
    awaitGone();
  }

  /** A scheduler may write into a job's folder, which is about to be deleted, until its end. */
  private void awaitGone() {
    Instant end = Instant.now().plus(laboratory.patience());
    while (scheduler.query(submitted).values().stream()
            .anyMatch(job -> job.state() instanceof JobState.Alive)
        && Instant.now().isBefore(end)) {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }
}
