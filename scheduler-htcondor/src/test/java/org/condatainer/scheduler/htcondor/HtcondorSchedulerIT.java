package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.job.Walltime;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Against the HTCondor that {@code CONDOR_CONFIG} names, as an ordinary user. */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorSchedulerIT {
  private static final String ROOT = "root";

  @TempDir Path parent;

  private final Set<JobId> submitted = new LinkedHashSet<>();
  private final List<String> told = new ArrayList<>();
  private final AtomicInteger submissions = new AtomicInteger();
  private final HtcondorScheduler condor = scheduler(Duration.ofSeconds(60), runner());

  @AfterEach
  void cancelAll() {
    if (!submitted.isEmpty()) {
      condor.cancel(submitted);
    }
  }

  @Test
  void aHeldJobIsReleasedRunsAndSucceeds() throws Exception {
    JobId id =
        submit("#CONDOR batch_name = my job\n", "sleep 3", Overrides.builder().held(true).build());
    JobSnapshot held = await(id, phase(Phase.HELD));
    assertThat(held.owner()).contains(user());
    assertThat(held.name()).contains("my job");
    assertThat(held.submitted().orElseThrow()).isBefore(Instant.now().plusSeconds(5));
    assertThat(((JobState.Alive) held.state()).reason()).contains("submitted on hold");
    condor.release(Set.of(id));
    JobSnapshot running = await(id, phase(Phase.RUNNING));
    assertThat(running.nodes()).singleElement().asString().containsPattern("^n[12]@");
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
  void aWaitingJobIsHeldAndReleased() throws Exception {
    JobId id = submit("#CONDOR request_cpus = 99\n", "true", Overrides.none());
    await(id, phase(Phase.PENDING));
    condor.hold(Set.of(id));
    await(id, phase(Phase.HELD));
    condor.release(Set.of(id));
    await(id, phase(Phase.PENDING));
  }

  @Test
  void aRunningJobIsNotHeldSinceThatWouldEndIt() throws Exception {
    JobId id = submit("", "sleep 300", Overrides.none());
    await(id, phase(Phase.RUNNING));
    assertThatThrownBy(() -> condor.hold(Set.of(id))).hasMessageContaining("is Running");
    assertThat(query(id).state()).matches(phase(Phase.RUNNING));
  }

  @Test
  void tellsExitCodesAndSignals() throws Exception {
    JobId failing = submit("", "exit 3", Overrides.none());
    JobId killed = submit("", "kill -9 $$", Overrides.none());
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
              assertThat(end.exitCode()).isEmpty();
              assertThat(end.signal()).hasValue(9);
            });
  }

  @Test
  void aJobThatCannotStartIsHeldWithTheReasonAndHasNotEnded() throws Exception {
    JobId id = submit("#CONDOR output = /nonexistent/dir/o\n", "true", Overrides.none());
    JobSnapshot held = await(id, phase(Phase.HELD));
    assertThat(((JobState.Alive) held.state()).reason())
        .contains("/nonexistent/dir/o")
        .contains("HoldReasonCode 7");
  }

  @Test
  void aJobBeyondItsWalltimeIsRemovedAndTimedOut() throws Exception {
    JobId plain = submit("#CONDOR allowed_execute_duration = 3\n", "sleep 300", Overrides.none());
    JobId transferred =
        submit(
            "#CONDOR should_transfer_files = Yes\n#CONDOR periodic_remove = NumJobStarts > 5\n",
            "sleep 300",
            Overrides.builder().walltime(new Walltime.Limit(Duration.ofSeconds(3))).build());
    for (JobId id : List.of(plain, transferred)) {
      JobState.Ended end = ended(id);
      assertThat(end.outcome()).isEqualTo(Outcome.TIMED_OUT);
      assertThat(end.word()).isEqualTo("Removed");
    }
  }

  @Test
  void aJobThatIsCancelledBeforeItsWalltimeIsCancelled() throws Exception {
    JobId id = submit("#CONDOR allowed_execute_duration = 600\n", "sleep 300", Overrides.none());
    await(id, phase(Phase.RUNNING));
    condor.cancel(Set.of(id));
    assertThat(ended(id).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void cancelsARunningJobOnceAndTwice() throws Exception {
    JobId id = submit("", "sleep 300", Overrides.none());
    await(id, phase(Phase.RUNNING));
    condor.cancel(Set.of(id));
    assertThat(ended(id).outcome()).isEqualTo(Outcome.CANCELLED);
    condor.cancel(Set.of(id));
  }

  @Test
  void theScriptRunsWhereItWasSubmittedWithPathHomeAndWhatItWasGranted() throws Exception {
    Path folder = folder();
    JobId id =
        submit(
            folder,
            "#CONDOR request_cpus = 2\n#CONDOR request_memory = 2 * 100\n"
                + "#CONDOR arguments = \"one 'two words' $(Process)\"\n",
            "pwd; echo $HOME; command -v ls; echo $NCPUS $MEM $CNT_JOB_ID.;"
                + " printf '<%s>' \"$@\"; echo; echo wrong >&2",
            Overrides.none());
    ended(id);
    List<String> lines = Files.readAllLines(folder.resolve("job 'a|b.sh_" + id + ".out"), UTF_8);
    assertThat(lines)
        .hasSize(6)
        .startsWith(folder.toString())
        .contains("2 256 " + id + ".", "<one><two words><0>", "wrong");
    assertThat(lines.get(1)).startsWith("/");
    assertThat(lines.get(2)).endsWith("/ls");
  }

  @Test
  void everyTaskOfAnArrayHasItsIndexItsFileAndItsAnswer() throws Exception {
    Path folder = folder();
    JobId array =
        submit(
            folder,
            "",
            "echo $CNT_ARRAY_INDEX $CNT_JOB_ID; [ $CNT_ARRAY_INDEX != 5 ] || sleep 300; exit 4",
            Overrides.builder()
                .array(new ArraySpec(List.of(new ArraySpec.Range(1, 5, 2)), none()))
                .output("x_$(Cluster)_$(cnt_index).out")
                .build());
    JobId first = JobId.of(array + ".0");
    JobId third = JobId.of(array + ".2");
    assertThat(ended(first).exitCode()).hasValue(4);
    await(third, phase(Phase.RUNNING));
    assertThat(query(array).state()).isInstanceOf(JobState.Alive.class);
    assertThat(query(JobId.of(array + ".9")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(condor.live(JobFilter.ownedBy(user())))
        .extracting(JobSnapshot::id)
        .contains(third)
        .doesNotContain(first);
    assertThatThrownBy(() -> condor.cancel(Set.of(JobId.of("no id")))).isNotNull();
    condor.cancel(Set.of(third));
    ended(third);
    assertThat(ended(array).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(folder.resolve("x_" + array + "_3.out")).hasContent("3 " + array + ".1");
    assertThat(folder.resolve("x_" + array + "_5.out")).hasContent("5 " + array + ".2");
  }

  @Test
  void anArrayWithALimitLivesUntilItsLastTaskEnds() throws Exception {
    Path folder = folder();
    JobId array =
        submit(
            folder,
            "#CONDOR max_materialize = 2\n#CONDOR arguments = $(name)\n"
                + "#CONDOR output = $(name).txt\n#CONDOR queue name in (a b c d e)\n"
                + "#CONDOR request_cpus = 99\n",
            "echo $CNT_ARRAY_INDEX $1",
            Overrides.none());
    assertThat(ended(array).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(folder.resolve("a.txt")).hasContent("0 a");
    assertThat(folder.resolve("e.txt")).hasContent("4 e");
  }

  @Test
  void anUnknownIdIsAbsentAloneAndAmongOthers() throws Exception {
    JobId unknown = JobId.of("99999999");
    JobId id = submit("", "true", Overrides.builder().held(true).build());
    assertThat(query(unknown).state())
        .isInstanceOfSatisfying(
            JobState.Absent.class, absent -> assertThat(absent.where()).contains("history"));
    Map<JobId, JobSnapshot> both = condor.query(Set.of(unknown, id));
    assertThat(both.get(unknown).state()).isInstanceOf(JobState.Absent.class);
    assertThat(both.get(id).state()).isInstanceOf(JobState.Alive.class);
    condor.cancel(Set.of(unknown));
    assertThatThrownBy(() -> condor.release(Set.of(unknown)))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.NOT_FOUND));
  }

  @Test
  void listsLivingJobsByOwnerAndTag() throws Exception {
    String tag = freshTag();
    JobId id =
        submit(
            submission(
                folder(),
                "#CONDOR description = the user's own\n",
                "true",
                Overrides.builder().held(true).build(),
                tag));
    assertThat(condor.live(JobFilter.tagged(tag)))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.id()).isEqualTo(id);
              assertThat(job.tag()).contains("the user's own " + tag);
            });
    assertThat(condor.live(JobFilter.ownedBy("nobody"))).isEmpty();
  }

  @Test
  void aChainGoesOnByHowItsParentsEnded() throws Exception {
    Path gate = folder().resolve("gate");
    JobId good = submit("", "until [ -e '" + gate + "' ]; do sleep 0.2; done", Overrides.none());
    JobId bad = submit("", "exit 5", Overrides.none());
    ended(bad);
    Path folder = folder();
    JobId afterBoth =
        submit(
            folder,
            "",
            "echo $CNT_JOB_ID; exit 6",
            after(Dependency.Condition.SUCCEEDED, good, Dependency.Condition.FAILED, bad));
    JobId never =
        submit(
            folder(),
            "",
            "true",
            Overrides.builder()
                .dependencies(List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(bad))))
                .build());
    // Before its DAG runs, the job waits as any other does.
    await(
        afterBoth,
        state ->
            state instanceof JobState.Alive alive
                && alive.phase() == Phase.PENDING
                && alive.reason().equals("Dependency"));
    assertThat(condor.live(JobFilter.ownedBy(user())))
        .extracting(JobSnapshot::id)
        .contains(afterBoth);
    JobId last =
        submit(
            folder(),
            "",
            "exit 7",
            Overrides.builder()
                .dependencies(
                    List.of(new Dependency(Dependency.Condition.ENDED, List.of(afterBoth))))
                .build());
    Files.createFile(gate);
    JobState.Ended end = ended(afterBoth);
    assertThat(query(good).state()).isInstanceOf(JobState.Ended.class);
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.exitCode()).hasValue(6);
    assertThat(folder.resolve("job 'a|b.sh_" + afterBoth + ".out")).hasContent("" + afterBoth);
    assertThat(ended(never))
        .satisfies(
            state -> {
              assertThat(state.outcome()).isEqualTo(Outcome.CANCELLED);
              assertThat(state.word()).contains("dependency");
            });
    assertThat(ended(last).exitCode()).hasValue(7);
  }

  @Test
  void theTasksOfAWaitingArrayAreIndependent() throws Exception {
    JobId parent = submit(folder(), "#CONDOR queue 3\n", "exit 0", Overrides.none());
    Path folder = folder();
    JobId array =
        submit(
            folder,
            "#CONDOR output = t$(Process)-$(cnt_index)-$(Cluster).txt\n",
            "echo $CNT_JOB_ID $CNT_ARRAY_INDEX; [ $CNT_ARRAY_INDEX != 7 ]",
            Overrides.builder()
                .array(new ArraySpec(List.of(new ArraySpec.Range(7, 9, 1)), none()))
                .dependencies(
                    List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(parent))))
                .build());
    assertThat(ended(array).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(ended(JobId.of(array + ".0")).exitCode()).hasValue(1);
    assertThat(ended(JobId.of(array + ".2")).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(folder.resolve("t2-9-" + array + ".txt")).hasContent(array + ".2 9");
  }

  @Test
  void aWaitingChainIsCancelledWhole() throws Exception {
    JobId parent = submit("", "sleep 300", Overrides.none());
    JobId child =
        submit(
            folder(),
            "",
            "true",
            Overrides.builder()
                .dependencies(List.of(new Dependency(Dependency.Condition.ENDED, List.of(parent))))
                .build());
    await(child, phase(Phase.PENDING));
    condor.cancel(Set.of(child));
    assertThat(ended(child).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void describesThePool() {
    ClusterInfo info = condor.cluster();
    assertThat(info.version()).matches("\\d+\\.\\d+.*");
    assertThat(info.nodes()).hasSize(2).allMatch(node -> node.cpus() == 4);
    assertThat(info.nodes()).allMatch(node -> node.memoryBytes() == 4000L << 20);
    assertThat(info.nodes()).allMatch(node -> node.gpus().equals(Map.of("", 2L)));
  }

  @Test
  void runsACommandOnTheNodeOfARunningJob() throws Exception {
    JobId id = submit("", "sleep 300", Overrides.none());
    await(id, phase(Phase.RUNNING));
    List<String> words = List.of("a  b", " \t", "*", "it's \"", "\\n\n", "$HOME;", "üñ", "");
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "printf '<%s>' $_CONDOR_SLOT_NAME \"$@\"; exit 7", ""));
    command.addAll(words);
    CommandResult result = condor.runOnNode(id, command);
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.output()).startsWith("<slot").endsWith("><" + String.join("><", words) + ">");
  }

  @Test
  void aRefusedJobCarriesHTCondorsWords() throws Exception {
    assertThatThrownBy(
            () -> submit("#CONDOR initialdir = /nonexistent/dir\n", "true", Overrides.none()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST);
              assertThat(e.failure().words()).contains("/nonexistent/dir");
            });
  }

  @Test
  void aSubmitThatLosesItsAnswerIsFoundByItsTag() throws Exception {
    CommandRunner real = runner();
    HtcondorScheduler losing =
        scheduler(
            Duration.ofSeconds(60),
            command -> {
              CommandResult result = real.run(command);
              return command.program().equals("condor_submit")
                  ? new CommandResult(0, "", "")
                  : result;
            });
    Submission submission =
        submission(folder(), "", "true", Overrides.builder().held(true).build(), freshTag());
    JobId id = losing.submit(submission);
    submitted.add(id);
    assertThat(condor.live(JobFilter.tagged(submission.tag())))
        .extracting(JobSnapshot::id)
        .containsExactly(id);
    assertThat(submissions).hasValue(1);
    assertThat(told).anyMatch(line -> line.contains("looking for the job by its tag"));
  }

  /** Only with a property that names a schedd's process which may be stopped for a while. */
  @Test
  @EnabledIfSystemProperty(named = "condatainer.it.htcondor.schedd", matches = "[0-9]+")
  void aFrozenScheddIsUnavailable() throws Exception {
    JobId id = submit("", "true", Overrides.builder().held(true).build());
    String pid = System.getProperty("condatainer.it.htcondor.schedd");
    HtcondorScheduler hasty = scheduler(Duration.ofSeconds(3), runner());
    Submission submission =
        submission(folder(), "", "true", Overrides.builder().held(true).build(), freshTag());
    assertThat(run("kill", "-STOP", pid).exitCode()).isZero();
    try {
      assertThat(hasty.query(Set.of(id, JobId.of("99999999"))).values())
          .hasSize(2)
          .allSatisfy(
              answer -> assertThat(answer.state()).isInstanceOf(JobState.Unavailable.class));
      assertThatThrownBy(() -> hasty.cancel(Set.of(id)))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
      assertThatThrownBy(() -> hasty.submit(submission))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
          .hasMessageContaining(submission.tag());
    } finally {
      run("kill", "-CONT", pid);
    }
    assertThat(query(id).state()).matches(phase(Phase.HELD));
  }

  private static OptionalInt none() {
    return OptionalInt.empty();
  }

  private static Overrides after(
      Dependency.Condition one, JobId first, Dependency.Condition other, JobId second) {
    return Overrides.builder()
        .dependencies(
            List.of(new Dependency(one, List.of(first)), new Dependency(other, List.of(second))))
        .build();
  }

  private static Predicate<JobState> phase(Phase phase) {
    return state -> state instanceof JobState.Alive alive && alive.phase() == phase;
  }

  private JobState.Ended ended(JobId id) throws InterruptedException {
    return (JobState.Ended) await(id, state -> state instanceof JobState.Ended).state();
  }

  private JobSnapshot await(JobId id, Predicate<JobState> condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(150);
    JobSnapshot last = query(id);
    while (!condition.test(last.state())) {
      assertThat(Instant.now()).as("still %s", last).isBefore(end);
      assertThat(last.state()).as("of %s", id).isNotInstanceOf(JobState.Unavailable.class);
      Thread.sleep(300);
      last = query(id);
    }
    return last;
  }

  private JobSnapshot query(JobId id) {
    return condor.query(Set.of(id)).get(id);
  }

  private Path folder() throws IOException {
    return Files.createTempDirectory(parent, "w");
  }

  private JobId submit(String directives, String body, Overrides overrides) throws IOException {
    return submit(folder(), directives, body, overrides);
  }

  private JobId submit(Path folder, String directives, String body, Overrides overrides)
      throws IOException {
    return submit(submission(folder, directives, body, overrides, freshTag()));
  }

  private JobId submit(Submission submission) {
    JobId id = condor.submit(submission);
    submitted.add(id);
    return id;
  }

  /** As core makes it: the amended directives in the head, what was granted, then the job. */
  private static Submission submission(
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

  private static String freshTag() {
    return "cnt:" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  private static String user() {
    return isRoot() ? System.getProperty("condatainer.it.user") : System.getProperty("user.name");
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals(ROOT);
  }

  private CommandResult run(String... words) throws Exception {
    return new ProcessRunner(System.getenv()).run(Command.of(words));
  }

  /** Runs the commands as the ordinary user, who gets the files. */
  private CommandRunner runner() {
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

  private HtcondorScheduler scheduler(Duration timeout, CommandRunner runner) {
    return new HtcondorScheduler(
        new SchedulerContext(new HostEnvironment(System.getenv()), runner, timeout, told::add),
        user());
  }
}
