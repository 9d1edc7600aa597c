package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Against the Slurm that {@code SLURM_CONF} names. */
@EnabledIfSystemProperty(named = "condatainer.it.slurm", matches = "true")
class SlurmSchedulerIT {
  @TempDir Path folder;

  private final Set<JobId> submitted = new LinkedHashSet<>();
  private final List<String> told = new ArrayList<>();
  private final SlurmScheduler slurm = scheduler(System.getenv(), Duration.ofSeconds(60));

  @AfterEach
  void cancelAll() {
    slurm.cancel(submitted);
  }

  @Test
  void aHeldJobIsReleasedRunsAndSucceeds() throws Exception {
    JobId id = submit("sleep 2", "--hold");
    JobSnapshot held = await(id, phase(Phase.HELD));
    assertThat(held.owner()).contains(System.getProperty("user.name"));
    assertThat(held.name()).contains("job 'a\n|b.sh");
    assertThat(held.submitted().orElseThrow()).isBefore(Instant.now().plusSeconds(5));
    assertThat(held.started()).isEmpty();
    slurm.release(Set.of(id));
    JobSnapshot running = await(id, phase(Phase.RUNNING));
    assertThat(running.nodes()).hasSize(1);
    assertThat(running.started()).isPresent();
    assertThat(ended(id))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.SUCCEEDED);
              assertThat(end.exitCode()).hasValue(0);
              assertThat(end.endTime()).isPresent();
            });
  }

  @Test
  void tellsExitCodesAndSignals() throws Exception {
    JobId failing = submit("exit 3");
    JobId killed = submit("kill -9 $$");
    assertThat(ended(failing))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).hasValue(3);
              assertThat(end.signal()).isEmpty();
            });
    assertThat(ended(killed))
        .satisfies(
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).isEqualTo(OptionalInt.empty());
              assertThat(end.signal()).hasValue(9);
            });
  }

  @Test
  void cancelsARunningJobOnceAndTwice() throws Exception {
    JobId id = submit("sleep 300");
    await(id, phase(Phase.RUNNING));
    slurm.cancel(Set.of(id));
    assertThat(ended(id).outcome()).isEqualTo(Outcome.CANCELLED);
    slurm.cancel(Set.of(id));
  }

  @Test
  @DisabledIfEnvironmentVariable(named = "USER", matches = "(?!root$).*")
  void seesASuspendedJob() throws Exception {
    JobId id = submit("sleep 300");
    await(id, phase(Phase.RUNNING));
    assertThat(run("scontrol", "suspend", id.value()).exitCode()).isZero();
    await(id, phase(Phase.SUSPENDED));
    assertThat(run("scontrol", "resume", id.value()).exitCode()).isZero();
    await(id, phase(Phase.RUNNING));
  }

  @Test
  void answersForAnArrayAndForEachTask() throws Exception {
    JobId array = submit("[ $SLURM_ARRAY_TASK_ID = 2 ] && sleep 300; exit 4", "--array=1-3");
    JobId first = JobId.of(array.value() + "_1");
    JobId second = JobId.of(array.value() + "_2");
    assertThat(ended(first).exitCode()).hasValue(4);
    await(second, phase(Phase.RUNNING));
    assertThat(query(array).state()).isInstanceOf(JobState.Alive.class);
    assertThat(query(JobId.of(array.value() + "_9")).state()).isInstanceOf(JobState.Absent.class);
    String raw = run("squeue", "-h", "-r", "-o", "%A", "-j", second.value()).output();
    assertThat(slurm.runOnNode(second, List.of("sh", "-c", "echo $SLURM_JOB_ID")))
        .isEqualTo(new CommandResult(0, raw, ""));
    assertThatThrownBy(() -> slurm.runOnNode(array, List.of("true")))
        .hasMessageContaining("name one of its tasks");
    slurm.cancel(Set.of(second));
    ended(second);
    assertThat(ended(array).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void anUnknownIdIsAbsentAloneAndAmongOthers() throws Exception {
    JobId unknown = JobId.of("99999999");
    JobId id = submit("true", "--hold");
    assertThat(query(unknown).state())
        .isInstanceOfSatisfying(
            JobState.Absent.class, absent -> assertThat(absent.where()).contains("squeue"));
    Map<JobId, JobSnapshot> both = slurm.query(Set.of(unknown, id));
    assertThat(both.get(unknown).state()).isInstanceOf(JobState.Absent.class);
    assertThat(both.get(id).state()).isInstanceOf(JobState.Alive.class);
  }

  @Test
  void listsLivingJobsByOwnerAndTag() throws Exception {
    String tag = freshTag();
    JobId id = submit(submission("true", tag, "--hold"));
    submit("true", "--hold");
    assertThat(slurm.live(JobFilter.tagged(tag)))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.id()).isEqualTo(id);
              assertThat(job.tag()).contains("the user's own " + tag);
            });
    assertThat(slurm.live(JobFilter.ownedBy(System.getProperty("user.name"))))
        .extracting(JobSnapshot::id)
        .contains(id);
    assertThat(slurm.live(new JobFilter(Optional.of("nobody"), Optional.of(tag)))).isEmpty();
  }

  @Test
  void holdAndReleaseReportAnUnknownJob() {
    for (String action : List.of("hold", "release")) {
      Set<JobId> unknown = Set.of(JobId.of("99999999"));
      assertThatThrownBy(
              () -> {
                if (action.equals("hold")) {
                  slurm.hold(unknown);
                } else {
                  slurm.release(unknown);
                }
              })
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.NOT_FOUND))
          .hasMessageContaining("99999999");
    }
  }

  @Test
  void describesTheCluster() {
    ClusterInfo info = slurm.cluster();
    assertThat(info.version()).matches("\\d+\\.\\d+.*");
    assertThat(info.queues()).anyMatch(ClusterInfo.Queue::isDefault);
    assertThat(info.nodes()).allMatch(node -> node.cpus() > 0 && node.memoryBytes() > 0);
    assertThat(info.highestArrayIndex()).isPresent();
    assertThat(info.endedJobsSeconds()).isPresent();
  }

  @Test
  void runsACommandOnTheFirstNodeOfARunningJob() throws Exception {
    JobId id = submit("sleep 300", "-N2", "--mem=100");
    JobSnapshot running = await(id, phase(Phase.RUNNING));
    assertThat(
            slurm.runOnNode(
                id, List.of("sh", "-c", "echo \"$SLURMD_NODENAME\"; echo e >&2; exit 7")))
        .isEqualTo(new CommandResult(7, running.nodes().get(0) + "\n", "e\n"));
    assertThat(slurm.runOnNode(id, List.of("sh", "-c", "kill -9 $$")).exitCode()).isEqualTo(137);
    slurm.cancel(Set.of(id));
    ended(id);
    assertThatThrownBy(() -> slurm.runOnNode(id, List.of("true")))
        .hasMessageContaining("CANCELLED");
  }

  @Test
  void aRefusedJobCarriesSlurmsWords() {
    assertThatThrownBy(() -> submit("true", "--mem=900T"))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST);
              assertThat(e.failure().words()).contains("Memory specification");
            });
  }

  @Test
  void aSubmitThatLosesItsAnswerIsFoundByItsTag() throws Exception {
    String real = new HostEnvironment(System.getenv()).program("sbatch").orElseThrow().toString();
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path wrapper = bin.resolve("sbatch");
    Files.writeString(
        wrapper,
        "#!/bin/sh\necho x >> '"
            + folder
            + "/calls'\n'"
            + real
            + "' \"$@\" >/dev/null\nsleep 60\n");
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PATH", bin + ":" + environment.get("PATH"));
    Submission submission = submission("true", freshTag(), "--hold");
    JobId id = scheduler(environment, Duration.ofSeconds(5), wrapper).submit(submission);
    submitted.add(id);
    assertThat(slurm.live(JobFilter.tagged(submission.tag())))
        .extracting(JobSnapshot::id)
        .containsExactly(id);
    assertThat(folder.resolve("calls")).hasContent("x");
    assertThat(told).anyMatch(line -> line.contains("looking for the job by its tag"));
  }

  /** Only with a property that names a slurmctld's process which may be stopped for a while. */
  @Test
  @EnabledIfSystemProperty(named = "condatainer.it.slurmctld", matches = "[0-9]+")
  void aFrozenControllerIsUnavailable() throws Exception {
    JobId id = submit("true", "--hold");
    String pid = System.getProperty("condatainer.it.slurmctld");
    SlurmScheduler hasty = scheduler(System.getenv(), Duration.ofSeconds(3));
    assertThat(run("kill", "-STOP", pid).exitCode()).isZero();
    try {
      Map<JobId, JobSnapshot> answers = hasty.query(Set.of(id, JobId.of("99999999")));
      assertThat(answers.values())
          .hasSize(2)
          .allSatisfy(
              answer -> assertThat(answer.state()).isInstanceOf(JobState.Unavailable.class));
      assertThatThrownBy(() -> hasty.cancel(Set.of(id)))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
      assertThatThrownBy(() -> hasty.submit(submission("true", freshTag(), "--hold")))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
          .hasMessageContaining("grep -F");
    } finally {
      run("kill", "-CONT", pid);
    }
  }

  private static Predicate<JobState> phase(Phase phase) {
    return state -> state instanceof JobState.Alive alive && alive.phase() == phase;
  }

  private JobState.Ended ended(JobId id) throws InterruptedException {
    return (JobState.Ended) await(id, state -> state instanceof JobState.Ended).state();
  }

  private JobSnapshot await(JobId id, Predicate<JobState> condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(120);
    JobSnapshot last = query(id);
    while (!condition.test(last.state())) {
      assertThat(Instant.now()).as("still %s", last).isBefore(end);
      Thread.sleep(300);
      last = query(id);
    }
    return last;
  }

  private JobSnapshot query(JobId id) {
    return slurm.query(Set.of(id)).get(id);
  }

  private JobId submit(String script, String... options) throws IOException {
    return submit(submission(script, freshTag(), options));
  }

  private JobId submit(Submission submission) {
    JobId id = slurm.submit(submission);
    submitted.add(id);
    return id;
  }

  private Submission submission(String script, String tag, String... options) throws IOException {
    Path file = folder.resolve("job 'a\n|b.sh");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--output=/dev/null");
    return new Submission(
        file, all, JobRequest.empty().toBuilder().comment("the user's own").build(), folder, tag);
  }

  private static String freshTag() {
    return "cnt:" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  private CommandResult run(String... words) throws Exception {
    return new ProcessRunner(System.getenv()).run(Command.of(words));
  }

  private SlurmScheduler scheduler(Map<String, String> environment, Duration timeout) {
    return new SlurmScheduler(
        new SchedulerContext(
            new HostEnvironment(environment), new ProcessRunner(environment), timeout, told::add));
  }

  /**
   * One whose {@code sbatch} is another program: PATH of this process finds a program, not theirs.
   */
  private SlurmScheduler scheduler(Map<String, String> environment, Duration timeout, Path sbatch) {
    ProcessRunner runner = new ProcessRunner(environment);
    return new SlurmScheduler(
        new SchedulerContext(
            new HostEnvironment(environment),
            command -> {
              if (!command.program().equals("sbatch")) {
                return runner.run(command);
              }
              List<String> words = new ArrayList<>(command.words());
              words.set(0, sbatch.toString());
              return runner.run(
                  new Command(
                      words,
                      command.input(),
                      command.variables(),
                      command.unset(),
                      command.workingDirectory(),
                      command.timeout()));
            },
            timeout,
            told::add));
  }
}
