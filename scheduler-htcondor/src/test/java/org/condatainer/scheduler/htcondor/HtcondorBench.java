package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Phase;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Jobs on the HTCondor that {@code CONDOR_CONFIG} names, as an ordinary user; those of a test end
 * with it, and their folders go.
 */
final class HtcondorBench implements BeforeEachCallback, AfterEachCallback {
  private static final String ROOT = "root";

  private final Set<JobId> submitted = new LinkedHashSet<>();
  private final List<String> told = new ArrayList<>();
  private final AtomicInteger submissions = new AtomicInteger();
  private Path parent = Path.of("/nonexistent");
  private final HtcondorScheduler condor = scheduler(Duration.ofSeconds(60), runner());

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    parent = Files.createTempDirectory("htcondor");
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    cancelAll();
    try (Stream<Path> files = Files.walk(parent)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  HtcondorScheduler condor() {
    return condor;
  }

  /** What the user was told. */
  List<String> told() {
    return told;
  }

  /** How often condor_submit was started. */
  int submissions() {
    return submissions.get();
  }

  /** Adds a job to those that are cancelled at the end. */
  void add(JobId id) {
    submitted.add(id);
  }

  /** Ends all jobs, and waits for it: until then HTCondor writes into their folders. */
  private void cancelAll() throws InterruptedException {
    if (!submitted.isEmpty()) {
      condor.cancel(submitted);
    }
    for (JobId id : submitted) {
      await(id, state -> !(state instanceof JobState.Alive));
    }
  }

  static Predicate<JobState> phase(Phase phase) {
    return state -> state instanceof JobState.Alive alive && alive.phase() == phase;
  }

  JobState.Ended ended(JobId id) throws InterruptedException {
    return (JobState.Ended) await(id, state -> state instanceof JobState.Ended).state();
  }

  JobSnapshot await(JobId id, Predicate<JobState> condition) throws InterruptedException {
    return awaitJob(id, job -> condition.test(job.state()));
  }

  private JobSnapshot awaitJob(JobId id, Predicate<JobSnapshot> condition)
      throws InterruptedException {
    Instant end = Instant.now().plusSeconds(150);
    JobSnapshot last = query(id);
    while (!condition.test(last)) {
      assertThat(Instant.now()).as("still %s", last).isBefore(end);
      assertThat(last.state()).as("of %s", id).isNotInstanceOf(JobState.Unavailable.class);
      Thread.sleep(300);
      last = query(id);
    }
    return last;
  }

  /** Waits until it runs, and until HTCondor tells where: 25 does so a moment later. */
  JobSnapshot running(JobId id) throws InterruptedException {
    return awaitJob(id, job -> phase(Phase.RUNNING).test(job.state()) && !job.nodes().isEmpty());
  }

  JobSnapshot query(JobId id) {
    return condor.query(Set.of(id)).get(id);
  }

  Path folder() throws IOException {
    return Files.createTempDirectory(parent, "w");
  }

  JobId submit(String directives, String body, Overrides overrides) throws IOException {
    return submit(folder(), directives, body, overrides);
  }

  JobId submit(Path folder, String directives, String body, Overrides overrides)
      throws IOException {
    return submit(submission(folder, directives, body, overrides, freshTag()));
  }

  JobId submit(Submission submission) {
    JobId id = condor.submit(submission);
    submitted.add(id);
    return id;
  }

  /** As core makes it: the amended directives in the head, what was granted, then the job. */
  static Submission submission(
      Path folder, String directives, String body, Overrides overrides, String tag)
      throws IOException {
    HtcondorDialect dialect = new HtcondorDialect();
    JobScript script =
        JobScript.parse("job.sh", ("#!/bin/bash\n" + directives + body + "\n").getBytes(UTF_8));
    Amendment amendment = dialect.amend(script, overrides);
    Path record = Files.createDirectory(folder.resolve("record of it"));
    Path file = record.resolve("job 'a|b.sh");
    Files.writeString(
        file,
        "#!/bin/bash\n"
            + String.join("\n", amendment.directiveLines())
            + "\n\nset -u\n"
            + dialect.grantedResources()
            + body
            + "\n");
    assertThat(file.toFile().setExecutable(true, false)).isTrue();
    return new Submission(file, amendment.options(), amendment.request(), folder, tag);
  }

  static String freshTag() {
    return "cnt:" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  static String user() {
    return isRoot() ? System.getProperty("condatainer.it.user") : System.getProperty("user.name");
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals(ROOT);
  }

  static CommandResult run(String... words) throws Exception {
    return new ProcessRunner(System.getenv()).run(Command.of(words));
  }

  /** Runs the commands as the ordinary user, who gets the files. */
  CommandRunner runner() {
    ProcessRunner runner = new ProcessRunner(System.getenv());
    return command -> {
      if (command.program().equals("condor_submit")) {
        submissions.incrementAndGet();
      }
      if (!isRoot()) {
        return runner.run(command);
      }
      runner.run(Command.of("chown", "-R", user(), parent.toString()));
      List<String> words = new ArrayList<>(List.of("runuser", "-u", user(), "--"));
      words.addAll(command.words());
      return runner.run(
          new Command(
              words,
              command.input(),
              command.variables(),
              command.unset(),
              command.workingDirectory(),
              command.timeout()));
    };
  }

  HtcondorScheduler scheduler(Duration timeout, CommandRunner runner) {
    return new HtcondorScheduler(
        new SchedulerContext(new HostEnvironment(System.getenv()), runner, timeout, told::add),
        user());
  }
}
