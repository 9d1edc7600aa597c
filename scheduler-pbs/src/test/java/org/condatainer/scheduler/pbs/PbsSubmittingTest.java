package org.condatainer.scheduler.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is submitted to PBS, with what its commands print taken from recordings. */
final class PbsSubmittingTest {
  private static final CommandResult DOWN =
      new CommandResult(
          255, "", "Connection refused\nqstat: cannot connect to server node1 (errno=15010)\n");

  @TempDir private Path folder;
  private final AnsweredPbs commands = new AnsweredPbs();

  @ParameterizedTest
  @CsvSource({"work@other, true", "@other, true", "work, false"})
  void queueOfAnotherServerIsNotJudgedByThisOne(String queue, boolean other) {
    JobRequest request = JobRequest.empty().toBuilder().queue(queue).build();
    assertThat(commands.pbs(command -> new CommandResult(0, "", "")).isForAnotherCluster(request))
        .isEqualTo(other);
  }

  @Test
  void submitCarriesTheTagBesideTheUsersVariables() throws IOException {
    JobId id =
        commands
            .pbs(command -> new CommandResult(0, "12.node1\n", ""))
            .submit(submission("#PBS -v A=1,B", JobRequest.empty()));

    assertThat(id).isEqualTo(JobId.of("12.node1"));
    assertThat(commands.ran.get(0).words())
        .containsExactly(
            "qsub", "-N", "my_job.sh", "-v", "A=1,B,CNT_TAG=cnt:r-1", script().toString());
    assertThat(commands.ran.get(0).workingDirectory()).contains(folder);
    // With it, qsub would take the user's prefix for that of directives.
    assertThat(commands.ran.get(0).unset()).contains("PBS_DPREFIX");
  }

  @Test
  void submitWithoutAnAnswerIsLookedUpByItsTag() throws IOException {
    JobId id =
        commands
            .pbs(
                command -> {
                  if (command.program().equals("qsub")) {
                    throw new CommandException(
                        CommandException.Kind.TIMED_OUT, "no answer in 60 s", null);
                  }
                  return new CommandResult(
                      0, AnsweredPbs.job("12.node1", "Q", "CNT_TAG=cnt:r-1"), "");
                })
            .submit(submission("", JobRequest.empty()));

    assertThat(id).isEqualTo(JobId.of("12.node1"));
    assertThat(commands.ran).extracting(Command::program).containsExactly("qsub", "qstat");
  }

  @Test
  void submitThatNobodyCanTellOfIsAmbiguousAndNotRepeated() {
    assertThatThrownBy(
            () ->
                commands
                    .pbs(
                        command -> {
                          if (command.program().equals("qsub")) {
                            throw new CommandException(
                                CommandException.Kind.TIMED_OUT, "no answer", null);
                          }
                          return DOWN;
                        })
                    .submit(submission("", JobRequest.empty())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS));
    assertThat(commands.ran).filteredOn(command -> command.program().equals("qsub")).hasSize(1);
  }

  @Test
  void refusalCarriesTheSchedulersOwnWords() {
    assertThatThrownBy(
            () ->
                commands
                    .pbs(command -> new CommandResult(170, "", "qsub: Unknown queue\n"))
                    .submit(submission("", JobRequest.empty())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> {
              assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST);
              assertThat(problem).hasMessageContaining("qsub: Unknown queue");
            });
    assertThatThrownBy(
            () ->
                commands
                    .pbs(command -> new CommandResult(175, "", "qsub: Bad UID for job execution\n"))
                    .submit(submission("", JobRequest.empty())))
        .hasMessageContaining("submit as a user");
  }

  @Test
  void dependencyOnAnUnknownJobIsRefusedBeforeTheSubmit() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .dependencies(
                List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(JobId.of("4242")))))
            .build();

    assertThatThrownBy(
            () ->
                commands
                    .pbs(
                        command -> new CommandResult(153, "", "qstat: Unknown Job Id 4242.node1\n"))
                    .submit(submission("", request)))
        .hasMessageContaining("4242")
        .hasMessageContaining("does not know");
    assertThat(commands.ran).extracting(Command::program).containsExactly("qstat", "qstat");
  }

  @Test
  void parentThatIsAnArrayIsToBeNamedAsQsubKnowsIt() {
    assertThatThrownBy(
            () ->
                commands
                    .pbs(AnsweredPbs::arrayOfTwentySeven)
                    .submit(submission("", after(Dependency.Condition.SUCCEEDED, "27"))))
        .hasMessageContaining("PBS knows it as 27[] alone");
    assertThat(commands.ran).extracting(Command::program).containsExactly("qstat", "qstat");
  }

  @Test
  void nothingIsSubmittedWhileParentsCannotBeAskedFor() {
    assertThatThrownBy(
            () ->
                commands
                    .pbs(command -> DOWN)
                    .submit(submission("", after(Dependency.Condition.SUCCEEDED, "27"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE))
        .hasMessageContaining("nothing was submitted");
    assertThat(commands.ran).extracting(Command::program).containsExactly("qstat");
  }

  /** Its failure would be judged by its last task: the history lets the job itself look. */
  @ParameterizedTest
  @CsvSource({
    "True, 'afternotok:5,afterany:27[],afterok:27[]'",
    "False, 'afternotok:27[]:5,afterok:27[]'"
  })
  void jobAwaitsTheEndOfAnArrayWhereTheHistoryTellsHowItEnded(String history, String expected)
      throws IOException {
    CommandRunner server =
        command ->
            command.words().contains("-Bf")
                ? new CommandResult(0, "    job_history_enable = " + history + "\n", "")
                : command.program().equals("qsub")
                    ? new CommandResult(0, "30.node1\n", "")
                    : new CommandResult(
                        0,
                        AnsweredPbs.job("27[].node1", "B", "A=1")
                            + AnsweredPbs.job("5.node1", "R", "A=1"),
                        "");

    commands
        .pbs(server)
        .submit(
            submission(
                "",
                after(Dependency.Condition.FAILED, "27[]", "5"),
                List.of("-W", "depend=afternotok:27[]:5,afterok:27[]", "-W", "umask=022")));

    assertThat(commands.ran.get(commands.ran.size() - 1).words())
        .containsSubsequence("-W", "depend=" + expected, "-W", "umask=022");
  }

  private static JobRequest after(Dependency.Condition condition, String... parents) {
    return JobRequest.empty().toBuilder()
        .dependencies(List.of(new Dependency(condition, List.copyOf(AnsweredPbs.ids(parents)))))
        .build();
  }

  private Path script() {
    return folder.resolve("my job.sh");
  }

  private Submission submission(String directive, JobRequest request) throws IOException {
    return submission(directive, request, List.of());
  }

  private Submission submission(String directive, JobRequest request, List<String> options)
      throws IOException {
    Files.writeString(script(), "#!/bin/bash\n" + directive + "\ntrue\n");
    return new Submission(script(), options, request, folder, "cnt:r-1");
  }
}
