package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.Resources;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sequences of commands, with answers that volclava gave (or, where it says so, that IBM's would).
 */
class LsfSchedulerTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");
  private static final CommandResult IBM =
      new CommandResult(0, "IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2022\n", "");
  private static final CommandResult SUBMITTED =
      new CommandResult(0, "Job <77> is submitted to default queue <normal>.\n", "");

  @TempDir private Path folder;
  private final List<Command> ran = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private Path script;

  @BeforeEach
  void writeScript() throws IOException {
    script = folder.resolve("job.sh");
    write("#!/bin/bash\n#BSUB -n 4\n\n# Run x\necho hello\n");
  }

  private void write(String text) throws IOException {
    Files.write(script, text.getBytes(UTF_8));
  }

  @Test
  void thousandsOfIdsAreAskedForInFewProcesses() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 1; i <= 10_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }
    ids.add(JobId.of("43[3]"));
    Map<JobId, JobSnapshot> answers =
        lsf(answers("array-running-bjobs_-o__O__-json_ID", "unknown-bhist-l")).query(ids);
    assertThat(answers.keySet()).isEqualTo(ids);
    assertThat(answers.get(JobId.of("43[3]")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("43")).nodes()).containsExactly("node2");
    assertThat(answers.get(JobId.of("7")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(ran).extracting(Command::program).containsExactly("lsid", "bjobs", "bjobs", "bhist");
  }

  /** LSB_EXEC_CLUSTER, by which a lease names it, is the name that lsid tells. */
  @Test
  void jobOfAnotherClusterIsNeitherAskedForNorChangedHere() {
    JobId here = new JobId("33", "volclava");
    JobId there = new JobId("33", "other");
    LsfScheduler lsf =
        lsf(answers("state-failed-exit3.bjobs-o-json", "state-failed-exit3.bhist-l"));
    Map<JobId, JobSnapshot> answers = lsf.query(Set.of(here, there));
    assertThat(answers.get(here).state()).isInstanceOf(JobState.Ended.class);
    assertThat(answers.get(there).state())
        .isEqualTo(
            new JobState.Unavailable("job 33 is of the cluster other, and here is volclava"));
    int asked = ran.size();
    assertThat(lsf.query(Set.of(there)).get(there).state())
        .isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> lsf.cancel(Set.of(there))).hasMessageContaining("cluster other");
    assertThat(ran).hasSize(asked);
  }

  @Test
  void exitCodeIsLookedUpInTheHistory() {
    JobId id = JobId.of("33");
    JobSnapshot job =
        lsf(answers("state-failed-exit3.bjobs-o-json", "state-failed-exit3.bhist-l"))
            .query(Set.of(id))
            .get(id);
    assertThat(job.source()).isEqualTo("bjobs, bhist");
    assertThat(job.state())
        .isInstanceOfSatisfying(
            JobState.Ended.class, end -> assertThat(end.exitCode()).hasValue(3));
  }

  @Test
  void exitCodeThatTheHistoryDoesNotHaveIsInTheLongForm() {
    JobId id = JobId.of("33");
    JobSnapshot job =
        lsf(command ->
                switch (command.program()) {
                  case "lsid" -> read("help-lsid");
                  case "bhist" -> read("unknown-bhist-l");
                  default ->
                      read(
                          command.words().contains("-json")
                              ? "state-failed-exit3.bjobs-o-json"
                              : "state-failed-exit3.bjobs-UF");
                })
            .query(Set.of(id))
            .get(id);
    assertThat(job.state())
        .isInstanceOfSatisfying(
            JobState.Ended.class, end -> assertThat(end.exitCode()).hasValue(3));
  }

  @Test
  void jobThatTheQueueForgotIsInTheHistory() {
    JobId id = JobId.of("33");
    JobSnapshot job =
        lsf(answers("bjobs-json-nojobs", "state-failed-exit3.bhist-l")).query(Set.of(id)).get(id);
    assertThat(job.source()).isEqualTo("bhist");
    assertThat(job.state()).isInstanceOf(JobState.Ended.class);
  }

  /** IBM's bjobs before 10.1.0.2 (not recorded), or one without a field (volclava's words). */
  @Test
  void formThatBjobsDoesNotKnowIsReplacedByTheLongOne() {
    assertThat(LsfErrors.isUnknownForm(read("bjobs-o-badfield"))).isTrue();
    assertThat(LsfErrors.isUnknownForm(read("many-all-unknown-json"))).isFalse();
    JobId id = JobId.of("33");
    LsfScheduler lsf =
        lsf(
            command -> {
              if (command.program().equals("lsid")) {
                return IBM;
              }
              if (command.program().equals("bhist")) {
                return read("state-failed-exit3.bhist-l");
              }
              return command.words().contains("-json")
                  ? new CommandResult(255, "", "bjobs: illegal option -- j\nUsage: bjobs [-h]\n")
                  : read("state-failed-exit3.bjobs-UF");
            });
    assertThat(lsf.query(Set.of(id)).get(id).state())
        .isInstanceOfSatisfying(
            JobState.Ended.class, end -> assertThat(end.exitCode()).hasValue(3));
  }

  @Test
  void daemonThatIsDownIsUnavailableAndNothingElseIsAsked() {
    JobId id = JobId.of("33");
    CommandRunner hung =
        command -> {
          if (command.program().equals("lsid")) {
            return read("help-lsid");
          }
          throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
        };
    assertThat(lsf(hung).query(Set.of(id)).get(id).state())
        .isInstanceOf(JobState.Unavailable.class);
    assertThat(ran).hasSize(2);
    assertThat(lsf(command -> read("limdown-lsid")).capabilities())
        .doesNotContain(Capability.RUN_ON_NODE);
  }

  /** mbatchd was frozen and went on (seen live): the words of waiting are no failure. */
  @Test
  void answerThatCameLateIsAnAnswer() {
    String waiting = "batch system daemon not responding ... still trying\n".repeat(2);
    LsfScheduler none =
        lsf(
            command ->
                command.program().equals("lsid")
                    ? read("help-lsid")
                    : new CommandResult(254, "", waiting + "No unfinished job found\n"));
    assertThat(none.live(JobFilter.all())).isEmpty();
    LsfScheduler silent =
        lsf(
            command ->
                command.program().equals("lsid")
                    ? read("help-lsid")
                    : new CommandResult(255, "", waiting));
    assertThatThrownBy(() -> silent.live(JobFilter.all()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  /** lsid gives up by itself; with LIM down every other command waits for ever. */
  @Test
  void withoutLimNothingElseIsAsked() {
    LsfScheduler lsf = lsf(command -> read("limdown-lsid"));
    JobId id = JobId.of("33");
    assertThat(lsf.query(Set.of(id)).get(id).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThatThrownBy(lsf::cluster).isInstanceOf(SchedulerException.class);
    assertThat(ran).extracting(Command::program).containsOnly("lsid");
  }

  /** mbatchd is frozen, and LIM is not. */
  @Test
  void nothingIsSubmittedToADaemonThatDoesNotAnswer() {
    LsfScheduler lsf =
        lsf(
            command -> {
              if (command.program().equals("lsid")) {
                return read("help-lsid");
              }
              throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
            });
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThat(ran).extracting(Command::program).doesNotContain("bsub");
  }

  @Test
  void siteThatHidesItsParametersTakesJobs() {
    LsfScheduler lsf =
        lsf(
            command ->
                switch (command.program()) {
                  case "lsid" -> read("help-lsid");
                  case "bparams" -> new CommandResult(255, "", "Permission denied\n");
                  default -> SUBMITTED;
                });
    assertThat(lsf.submit(submission(List.of())).value()).isEqualTo("77");
  }

  @Test
  void garbageIsUnavailable() {
    JobId id = JobId.of("33");
    assertThat(
            lsf(command ->
                    command.program().equals("lsid")
                        ? read("help-lsid")
                        : new CommandResult(0, "{\"COMMAND\": \"bjobs\", \"JOBS\": 1", ""))
                .query(Set.of(id))
                .get(id)
                .state())
        .isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  void textThatIsNoIdIsNeverGivenToACommand() {
    JobId odd = JobId.of("-rf");
    LsfScheduler lsf = lsf(command -> read("help-lsid"));
    assertThat(lsf.query(Set.of(odd)).get(odd).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> lsf.cancel(Set.of(odd))).isInstanceOf(SchedulerException.class);
    assertThat(ran).isEmpty();
  }

  @Test
  void livingJobsAreFoundByTheirTagInOneCommand() {
    LsfScheduler lsf =
        lsf(command -> read(command.program().equals("lsid") ? "help-lsid" : "name-Jd.bjobs-UF"));
    assertThat(lsf.live(JobFilter.tagged("cnt:run-1"))).hasSize(1);
    assertThat(lsf.live(JobFilter.tagged("cnt:run-2"))).isEmpty();
    assertThat(lsf.live(JobFilter.ownedBy("somebody"))).isEmpty();
    assertThat(ran).extracting(Command::program).containsExactly("lsid", "bjobs", "bjobs", "bjobs");
  }

  @Test
  void cancellingJobsThatAreGoneIsNoError() {
    LsfScheduler lsf = lsf(command -> read("bkill-many-some-unknown"));
    lsf.cancel(Set.of(JobId.of("4242"), JobId.of("26")));
    lsf(command -> read("bkill-finished")).cancel(Set.of(JobId.of("24")));
    lsf(command -> read("array-bkill-all")).cancel(Set.of(JobId.of("45")));
    assertThatThrownBy(() -> lsf(command -> read("mbddown-bkill")).cancel(Set.of(JobId.of("1"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  @Test
  void scriptIsReadFromStandardInputWithItsTag() {
    assertThat(lsf(submitting(SUBMITTED)).submit(submission(List.of("-q", "short"))).value())
        .isEqualTo("77");
    Command bsub = ran.get(ran.size() - 1);
    assertThat(bsub.words()).containsExactly("bsub", "-q", "short", "-Jd", "cnt:tag");
    assertThat(bsub.input()).isEqualTo("#!/bin/bash\n#BSUB -n 4\n\n# Run x\necho hello\n");
    assertThat(bsub.unset()).contains("BSUB_QUIET");
  }

  @Test
  void submitWithoutAnAnswerIsLookedUpByItsTag() {
    LsfScheduler lsf =
        lsf(
            command -> {
              if (command.program().equals("bsub")) {
                throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
              }
              return command.program().equals("bjobs")
                  ? read("name-Jd.bjobs-UF").errors().isEmpty() ? tagged("cnt:tag") : SUBMITTED
                  : read("help-lsid");
            });
    assertThat(lsf.submit(submission(List.of())).value()).isEqualTo("81");
    assertThat(ran.stream().filter(one -> one.program().equals("bsub"))).hasSize(1);
  }

  private static CommandResult tagged(String tag) {
    CommandResult told = read("name-Jd.bjobs-UF");
    return new CommandResult(
        0,
        told.output().replaceAll("Job Description <[^>]*>", "Job Description <own " + tag + ">"),
        "");
  }

  @Test
  void variablesThatHideTheIdOrSubmitNothingAreKeptFromBsub() {
    lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    assertThat(ran.get(ran.size() - 1).unset())
        .contains("BSUB_QUIET", "BSUB_STDERR", "BSUB_CHK_RESREQ");
  }

  @Test
  void tagIsWholeBehindTheLongestComment() {
    String comment = "\uD83D\uDE00é".repeat(2_000);
    JobRequest request = JobRequest.empty().toBuilder().comment(comment).build();
    String description =
        LsfSubmit.description(new Submission(script, List.of(), request, folder, "cnt:tag"));
    assertThat(description).endsWith("\u00e9 cnt:tag");
    assertThat(description.getBytes(UTF_8).length).isBetween(3_990, 4_000);
  }

  @Test
  void submitIsTriedTwiceAtMostAndAnotherRunsJobIsNotTaken() {
    LsfScheduler lsf =
        lsf(
            command ->
                switch (command.program()) {
                  case "bsub" -> new CommandResult(0, "", "");
                  case "bjobs" -> tagged("cnt:tag2");
                  default -> read("help-lsid");
                });
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
        .hasMessageContaining("grep -F cnt:tag");
    assertThat(ran.stream().filter(one -> one.program().equals("bsub"))).hasSize(2);
  }

  @Test
  void refusedSubmitHasItsWords() {
    assertThatThrownBy(
            () -> lsf(submitting(read("submit-bad-queue"))).submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST))
        .hasMessageContaining("nosuch: No such queue. Job not submitted.");
  }

  @Test
  void volclavaIsGivenItsOwnForms() throws IOException {
    write(
        "#!/bin/bash\n#BSUB -n 4 -M 1G\n#BSUB -R \"span[ptile=2]\"\n#BSUB -oo out -rn\n"
            + "#BSUB -R \"rusage[mem=2GB/task]\" -q a\n#BSUB -J  'x  y' # as it is\n\ntrue\n");
    lsf(submitting(SUBMITTED)).submit(submission(List.of("-b", "2026:11:24:10:00")));
    Command bsub = ran.get(ran.size() - 1);
    assertThat(bsub.words()).containsExactly("bsub", "-b", "11:24:10:00", "-Jd", "cnt:tag");
    assertThat(bsub.input().split("\n", -1))
        .startsWith(
            "#!/bin/bash",
            "#BSUB -n 4 -M 1024",
            "#BSUB -R \"span[ptile=2] rusage[mem=8192]\"",
            "#BSUB -o out",
            "#BSUB -q a",
            "#BSUB -J  'x  y' # as it is");
    assertThat(told).containsExactly("LSF: -oo is -o here: out is continued");
  }

  /** Submitted on hold, it would not wait for the other job once it is released (seen live). */
  @Test
  void jobThatIsHeldAndWaitsIsHeldWhenVolclavaHasLookedAtIt() {
    List<String> reasons =
        new ArrayList<>(
            List.of("New job is waiting for scheduling", "Job dependency condition not satisfied"));
    LsfScheduler lsf =
        lsf(
            command ->
                switch (command.program()) {
                  case "lsid" -> read("help-lsid");
                  case "bsub" -> SUBMITTED;
                  case "bjobs" ->
                      command.words().contains("-json")
                          ? new CommandResult(
                              0,
                              "{\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"77\",\"STAT\":\"PEND\",\"JOB_NAME\":\"x\"}]}",
                              "")
                          : new CommandResult(
                              0,
                              "Job <77>, Job Name <x>, User <u>, Project <p>, Status <PEND>, Queue"
                                  + " <q>\n PENDING REASONS:\n "
                                  + reasons.remove(0)
                                  + ": 1 host;\n\n SCHEDULING PARAMETERS:\n",
                              "");
                  default -> new CommandResult(0, "", "");
                });

    assertThat(lsf.submit(submission(List.of("-H", "-w", "done(1)"))).value()).isEqualTo("77");
    assertThat(ran.stream().filter(one -> one.program().equals("bsub")).findFirst().orElseThrow())
        .satisfies(bsub -> assertThat(bsub.words()).doesNotContain("-H").contains("-w", "-b"));
    assertThat(ran.get(ran.size() - 1).words()).containsExactly("bstop", "77");
    assertThat(reasons).isEmpty();
  }

  @Test
  void optionThatVolclavaWouldTakeForAnotherIsRefused() throws IOException {
    for (String option : List.of("-app foo", "-gpu num=1", "-cwd /tmp", "-G g", "-ext x")) {
      write("#!/bin/bash\n#BSUB " + option + "\ntrue\n");
      assertThatThrownBy(() -> lsf(submitting(SUBMITTED)).submit(submission(List.of())))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNSUPPORTED))
          .hasMessageContaining(option.substring(0, option.indexOf(' ')));
    }
    assertThat(ran).extracting(Command::program).doesNotContain("bsub");
  }

  @Test
  void ibmIsGivenEverythingAsItIs() throws IOException {
    write("#!/bin/bash\n#BSUB -app foo -M 1G -gpu num=1\n\ntrue\n");
    lsf(command -> command.program().equals("lsid") ? IBM : SUBMITTED)
        .submit(submission(List.of("-R", "rusage[mem=1GB/task]")));
    Command bsub = ran.get(ran.size() - 1);
    assertThat(bsub.words()).contains("rusage[mem=1GB/task]");
    assertThat(bsub.input()).contains("#BSUB -app foo -M 1G -gpu num=1\n");
  }

  @Test
  void directivesInsideTheScriptAreNotReadAgain() throws Exception {
    String inner =
        "#!/bin/sh\n#BSUB -W 99\n  # BSUB -W 98\n# BSUB remark \\\n: <<X\n|x\nX\necho \"$1\" $cnt_cpus\n";
    write("#!/bin/bash\n#BSUB -W 5\n\ncat <<'E' >inner\n" + inner + "E\nsh inner one; exit 3\n");
    lsf(submitting(SUBMITTED))
        .submit(
            new Submission(
                script,
                List.of(),
                JobRequest.empty().toBuilder()
                    .resources(Resources.none().withCpusPerTask(8))
                    .build(),
                folder,
                "cnt:tag"));
    String text = ran.get(ran.size() - 1).input();
    assertThat(text.lines().filter(line -> line.matches("\\s*#.*BSUB.*")))
        .containsExactly("#BSUB -W 5");
    assertThat(text).contains("cnt_cpus=8 cnt_slots_of_task=8\n");
    Path job = folder.resolve("spooled");
    Files.write(job, text.getBytes(UTF_8));
    Process process =
        new ProcessBuilder("bash", job.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains("one");
    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("inner"))).isEqualTo(inner);
  }

  @Test
  void whatCarriesADirectiveOnIsNotRun() throws Exception {
    write(
        "#!/bin/bash\n#BSUB -W 5\n\ncat <<'E' >inner\n#!/bin/sh\n#BSUB -W \\\n  98 \\\n-n 4\n"
            + "# BSUB remark \\\necho run\nE\n");
    lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    String text = ran.get(ran.size() - 1).input();
    assertThat(text.lines().filter(BsubDirective::isDirective)).containsExactly("#BSUB -W 5");
    Path job = folder.resolve("spooled");
    Files.writeString(job, text);
    Process process =
        new ProcessBuilder("bash", job.toString()).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(folder.resolve("inner")))
        .isEqualTo("#!/bin/sh\n#BSUB -W   98 -n 4\n# BSUB remark \\\necho run\n");
  }

  @Test
  void scriptThatIsNotUtf8KeepsItsBytes() throws Exception {
    Files.write(
        script,
        "#!/bin/bash\n#BSUB -W 5\n\nprintf '%s' 'ü' >bytes\n#BSUB -W 6\n".getBytes(ISO_8859_1));
    lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    Path job = folder.resolve("spooled");
    String text = ran.get(ran.size() - 1).input();
    assertThat(text.lines().filter(BsubDirective::isDirective)).containsExactly("#BSUB -W 5");
    Files.write(job, text.getBytes(UTF_8));
    Process process =
        new ProcessBuilder("bash", job.toString()).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readAllBytes(folder.resolve("bytes"))).containsExactly(0xfc);
  }

  private Submission submission(List<String> options) {
    return new Submission(script, options, JobRequest.empty(), folder, "cnt:tag");
  }

  private static CommandRunner submitting(CommandResult answer) {
    return command ->
        switch (command.program()) {
          case "bsub" -> answer;
          case "bparams" -> read("cluster-bparams_-l");
          default -> read("help-lsid");
        };
  }

  private static CommandRunner answers(String bjobs, String bhist) {
    return command ->
        switch (command.program()) {
          case "lsid" -> read("help-lsid");
          case "bhist" -> read(bhist);
          default -> read(bjobs);
        };
  }

  private static CommandResult read(String name) {
    return Recording.read(FOLDER.resolve(name + ".txt")).result();
  }

  private LsfScheduler lsf(CommandRunner runner) {
    return new LsfScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of("LSF_ENVDIR", folder.toString())),
            command -> {
              ran.add(command);
              return runner.run(command);
            },
            Duration.ofSeconds(5),
            told::add),
        time -> {});
  }
}
