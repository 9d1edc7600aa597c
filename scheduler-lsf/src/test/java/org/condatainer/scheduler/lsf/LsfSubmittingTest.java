package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Resources;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is submitted to LSF, with answers that volclava gave (or, where it says so, that IBM's
 * would).
 */
class LsfSubmittingTest {
  private static final CommandResult IBM =
      new CommandResult(0, "IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2022\n", "");
  private static final CommandResult SUBMITTED =
      new CommandResult(0, "Job <77> is submitted to default queue <normal>.\n", "");

  @TempDir private Path folder;
  private AnsweredLsf commands;
  private Path script;

  @BeforeEach
  void writesAScript() throws IOException {
    commands = new AnsweredLsf(folder);
    script = folder.resolve("job.sh");
    write("#!/bin/bash\n#BSUB -n 4\n\n# Run x\necho hello\n");
  }

  private void write(String text) throws IOException {
    Files.write(script, text.getBytes(UTF_8));
  }

  /** mbatchd is frozen, and LIM is not. */
  @Test
  void withoutLimNothingIsSubmitted() {
    LsfScheduler lsf = commands.lsf(command -> AnsweredLsf.read("limdown-lsid"));
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThat(commands.ran).extracting(Command::program).containsOnly("lsid");
  }

  @Test
  void nothingIsSubmittedToADaemonThatDoesNotAnswer() {
    LsfScheduler lsf =
        commands.lsf(
            command -> {
              if (command.program().equals("lsid")) {
                return AnsweredLsf.read("help-lsid");
              }
              throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
            });
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThat(commands.ran).extracting(Command::program).doesNotContain("bsub");
  }

  @Test
  void siteThatHidesItsParametersTakesJobs() {
    LsfScheduler lsf =
        commands.lsf(
            command ->
                switch (command.program()) {
                  case "lsid" -> AnsweredLsf.read("help-lsid");
                  case "bparams" -> new CommandResult(255, "", "Permission denied\n");
                  default -> SUBMITTED;
                });
    assertThat(lsf.submit(submission(List.of())).value()).isEqualTo("77");
  }

  @Test
  void scriptIsReadFromStandardInputWithItsTag() {
    assertThat(
            commands.lsf(submitting(SUBMITTED)).submit(submission(List.of("-q", "short"))).value())
        .isEqualTo("77");
    Command bsub = commands.ran.get(commands.ran.size() - 1);
    assertThat(bsub.words()).containsExactly("bsub", "-q", "short", "-Jd", "cnt:tag");
    assertThat(bsub.input()).isEqualTo("#!/bin/bash\n#BSUB -n 4\n\n# Run x\necho hello\n");
    assertThat(bsub.unset()).contains("BSUB_QUIET");
  }

  @Test
  void submitWithoutAnAnswerIsLookedUpByItsTag() {
    LsfScheduler lsf =
        commands.lsf(
            command -> {
              if (command.program().equals("bsub")) {
                throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
              }
              return command.program().equals("bjobs")
                  ? AnsweredLsf.read("name-Jd.bjobs-UF").errors().isEmpty()
                      ? tagged("cnt:tag")
                      : SUBMITTED
                  : AnsweredLsf.read("help-lsid");
            });
    assertThat(lsf.submit(submission(List.of())).value()).isEqualTo("81");
    assertThat(commands.ran.stream().filter(one -> one.program().equals("bsub"))).hasSize(1);
  }

  private static CommandResult tagged(String tag) {
    CommandResult told = AnsweredLsf.read("name-Jd.bjobs-UF");
    return new CommandResult(
        0,
        told.output().replaceAll("Job Description <[^>]*>", "Job Description <own " + tag + ">"),
        "");
  }

  @Test
  void variablesThatHideTheIdOrSubmitNothingAreKeptFromBsub() {
    commands.lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    assertThat(commands.ran.get(commands.ran.size() - 1).unset())
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
        commands.lsf(
            command ->
                switch (command.program()) {
                  case "bsub" -> new CommandResult(0, "", "");
                  case "bjobs" -> tagged("cnt:tag2");
                  default -> AnsweredLsf.read("help-lsid");
                });
    assertThatThrownBy(() -> lsf.submit(submission(List.of())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
        .hasMessageContaining("grep -F cnt:tag");
    assertThat(commands.ran.stream().filter(one -> one.program().equals("bsub"))).hasSize(2);
  }

  @Test
  void refusedSubmitHasItsWords() {
    assertThatThrownBy(
            () ->
                commands
                    .lsf(submitting(AnsweredLsf.read("submit-bad-queue")))
                    .submit(submission(List.of())))
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
    commands.lsf(submitting(SUBMITTED)).submit(submission(List.of("-b", "2026:11:24:10:00")));
    Command bsub = commands.ran.get(commands.ran.size() - 1);
    assertThat(bsub.words()).containsExactly("bsub", "-b", "11:24:10:00", "-Jd", "cnt:tag");
    assertThat(bsub.input().split("\n", -1))
        .startsWith(
            "#!/bin/bash",
            "#BSUB -n 4 -M 1024",
            "#BSUB -R \"span[ptile=2] rusage[mem=8192]\"",
            "#BSUB -o out",
            "#BSUB -q a",
            "#BSUB -J  'x  y' # as it is");
    assertThat(commands.told).containsExactly("LSF: -oo is -o here: out is continued");
  }

  /** Submitted on hold, it would not wait for the other job once it is released (seen live). */
  @Test
  void jobThatIsHeldAndWaitsIsHeldWhenVolclavaHasLookedAtIt() {
    List<String> reasons =
        new ArrayList<>(
            List.of("New job is waiting for scheduling", "Job dependency condition not satisfied"));
    LsfScheduler lsf = heldLater(reasons, new CommandResult(0, "", ""));

    assertThat(lsf.submit(submission(List.of("-H", "-w", "done(1)"))).value()).isEqualTo("77");
    assertThat(
            commands.ran.stream()
                .filter(one -> one.program().equals("bsub"))
                .findFirst()
                .orElseThrow())
        .satisfies(bsub -> assertThat(bsub.words()).doesNotContain("-H").contains("-w", "-b"));
    assertThat(commands.ran.get(commands.ran.size() - 1).words()).containsExactly("bstop", "77");
    assertThat(reasons).isEmpty();
  }

  private LsfScheduler heldLater(List<String> reasons, CommandResult bstop) {
    return commands.lsf(
        command ->
            switch (command.program()) {
              case "lsid" -> AnsweredLsf.read("help-lsid");
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
              default -> bstop;
            });
  }

  @Test
  void jobThatCouldNotBeHeldIsThereAllTheSame() {
    List<String> reasons = new ArrayList<>(List.of("Job dependency condition not satisfied"));
    LsfScheduler lsf =
        heldLater(reasons, new CommandResult(255, "", "Job <77>: Batch daemon is shutting down\n"));

    assertThatThrownBy(() -> lsf.submit(submission(List.of("-H", "-w", "done(1)"))))
        .isInstanceOfSatisfying(
            SchedulerException.class, e -> assertThat(e.submitted()).contains(JobId.of("77")))
        .hasMessageContaining("could not be held");
  }

  @Test
  void optionThatVolclavaWouldTakeForAnotherIsRefused() throws IOException {
    for (String option : List.of("-app foo", "-gpu num=1", "-cwd /tmp", "-G g", "-ext x")) {
      write("#!/bin/bash\n#BSUB " + option + "\ntrue\n");
      assertThatThrownBy(() -> commands.lsf(submitting(SUBMITTED)).submit(submission(List.of())))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNSUPPORTED))
          .hasMessageContaining(option.substring(0, option.indexOf(' ')));
    }
    assertThat(commands.ran).extracting(Command::program).doesNotContain("bsub");
  }

  @Test
  void ibmIsGivenEverythingAsItIs() throws IOException {
    write("#!/bin/bash\n#BSUB -app foo -M 1G -gpu num=1\n\ntrue\n");
    commands
        .lsf(command -> command.program().equals("lsid") ? IBM : SUBMITTED)
        .submit(submission(List.of("-R", "rusage[mem=1GB/task]")));
    Command bsub = commands.ran.get(commands.ran.size() - 1);
    assertThat(bsub.words()).contains("rusage[mem=1GB/task]");
    assertThat(bsub.input()).contains("#BSUB -app foo -M 1G -gpu num=1\n");
  }

  @Test
  void directivesInsideTheScriptAreNotReadAgain() throws Exception {
    String inner =
        "#!/bin/sh\n"
            + "#BSUB -W 99\n"
            + "  # BSUB -W 98\n"
            + "# BSUB remark \\\n"
            + ": <<X\n"
            + "|x\n"
            + "X\n"
            + "echo \"$1\" $cnt_cpus\n";
    write("#!/bin/bash\n#BSUB -W 5\n\ncat <<'E' >inner\n" + inner + "E\nsh inner one; exit 3\n");
    commands
        .lsf(submitting(SUBMITTED))
        .submit(
            new Submission(
                script,
                List.of(),
                JobRequest.empty().toBuilder()
                    .resources(Resources.none().withCpusPerTask(8))
                    .build(),
                folder,
                "cnt:tag"));
    String text = commands.ran.get(commands.ran.size() - 1).input();
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
    commands.lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    String text = commands.ran.get(commands.ran.size() - 1).input();
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
    commands.lsf(submitting(SUBMITTED)).submit(submission(List.of()));
    Path job = folder.resolve("spooled");
    String text = commands.ran.get(commands.ran.size() - 1).input();
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
          case "bparams" -> AnsweredLsf.read("cluster-bparams_-l");
          default -> AnsweredLsf.read("help-lsid");
        };
  }
}
