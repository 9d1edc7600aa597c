package org.condatainer.scheduler.pbs;

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
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of PBS's commands, with what they print taken from recordings. */
final class PbsSchedulerTest {
  private static final CommandResult DOWN =
      new CommandResult(
          255, "", "Connection refused\nqstat: cannot connect to server node1 (errno=15010)\n");

  @TempDir private Path folder;
  private final List<Command> ran = new ArrayList<>();

  @Test
  void knownAndUnknownIdsAreToldApartWhateverTheExitCode() {
    Map<JobId, JobSnapshot> answers =
        pbs(command ->
                new CommandResult(
                    153, job("38.node1", "R", ""), "qstat: Unknown Job Id 4242.node1\n"))
            .query(ids("38", "4242", "38.node1", "39"));

    assertThat(answers.get(JobId.of("38")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("38.node1")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("4242")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(answers.get(JobId.of("39")).state()).isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  void serverThatDoesNotAnswerIsUnavailableAndNeverAnEnd() {
    assertThat(only(command -> DOWN)).isInstanceOf(JobState.Unavailable.class);
    assertThat(
            only(
                command -> {
                  throw new CommandException(
                      CommandException.Kind.TIMED_OUT, "qstat gave no answer in 60 s", null);
                }))
        .isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  void answerThatEndsInTheMiddleOfAJobIsAskedForAgain() {
    String text = job("1.node1", "F", "A=1").replace("queue = workq", "exec_host = node1/0");
    String cut = text.substring(0, text.indexOf("    Variable_List"));
    String whole = text.stripTrailing() + "\n    Exit_status = 0\n\n";

    assertThat(only(command -> new CommandResult(0, ran.size() < 2 ? cut : whole, "")))
        .isInstanceOfSatisfying(
            JobState.Ended.class,
            ended -> assertThat(ended.outcome()).isEqualTo(JobState.Outcome.SUCCEEDED));
    assertThat(only(command -> new CommandResult(0, cut, "")))
        .isInstanceOfSatisfying(
            JobState.Unavailable.class,
            state -> assertThat(state.why()).contains("ends in the middle of a job"));
    assertThatThrownBy(() -> pbs(command -> new CommandResult(0, cut, "")).live(JobFilter.all()))
        .hasMessageContaining("ends in the middle of a job");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qstat: PBS is not configured to maintain job history\n", ""})
  void serverWithoutHistoryIsAskedForItsQueue(String words) {
    JobState state =
        only(
            command ->
                command.words().contains("-x")
                    ? new CommandResult(0, "", words)
                    : new CommandResult(153, "", "qstat: Unknown Job Id 1.node1\n"));

    assertThat(state)
        .isInstanceOfSatisfying(
            JobState.Absent.class,
            absent -> assertThat(absent.where()).contains("keeps no history"));
    assertThat(ran)
        .extracting(Command::words)
        .containsExactly(
            List.of("qstat", "-x", "-f", "-w", "1"),
            List.of("qstat", "-f", "-w", "1"),
            List.of("qstat", "-f", "-w", "1[]"));
  }

  /** It then has the exit status of the array, which is that of another task. */
  @Test
  void endedTaskOfWhichNothingIsKeptIsNotSaidToHaveEndedSoOrSo() {
    String task =
        job("9[2].node1", "X", "A=1")
            .replace("queue = workq", "substate = 70\n    comment = Subjob finished");
    String faked = task.stripTrailing() + "\n    Exit_status = 1\n\n";

    assertThat(
            pbs(command ->
                    command.words().contains("-x")
                        ? new CommandResult(0, "", "PBS is not configured to maintain job history")
                        : new CommandResult(0, faked, ""))
                .query(ids("9[2]"))
                .get(JobId.of("9[2]"))
                .state())
        .isInstanceOfSatisfying(
            JobState.Absent.class,
            absent -> assertThat(absent.where()).contains("keeps no history"));
  }

  @Test
  void tenThousandIdsAreAskedForInFewProcesses() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(JobId.of(i + ".server.example.org"));
    }

    assertThat(pbs(command -> DOWN).query(ids)).hasSize(10_000);
    assertThat(ran).hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void ofManyIdsOnlyThoseThatTheServerListsAreLookedAt() {
    Set<JobId> ids = new LinkedHashSet<>(List.of(JobId.of("7"), JobId.of("9[2].node1")));
    for (int i = 1_000; i < 11_000; i++) {
      ids.add(JobId.of(i + (i % 2 == 0 ? "" : ".node1")));
    }
    Map<JobId, JobSnapshot> answers =
        pbs(command ->
                command.program().equals("qselect")
                    ? new CommandResult(0, "7.node1\n9[].node1\n", "")
                    : new CommandResult(
                        0, job("7.node1", "Q", "A=1") + job("9[2].node1", "R", "A=1"), ""))
            .query(ids);

    assertThat(ran)
        .extracting(Command::words)
        .containsExactly(
            List.of("qselect", "-x"), List.of("qstat", "-x", "-f", "-w", "7", "9[2].node1"));
    assertThat(answers.keySet()).isEqualTo(ids);
    assertThat(answers.get(JobId.of("7")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("9[2].node1")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("10999.node1")).state())
        .isEqualTo(new JobState.Absent("qselect -x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7.node1\n12", "", "7.node2\n"})
  void listThatWasCutOrIsOfAnotherServerProvesNothing(String list) {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 1_000; i < 2_000; i++) {
      ids.add(JobId.of(i + ".node1"));
    }
    Map<JobId, JobSnapshot> answers =
        pbs(command -> command.program().equals("qselect") ? new CommandResult(0, list, "") : DOWN)
            .query(ids);

    assertThat(answers).hasSize(1_000);
    assertThat(answers.values())
        .allSatisfy(job -> assertThat(job.state()).isInstanceOf(JobState.Unavailable.class));
  }

  @Test
  void emptyListIsBelievedWhereQstatSaysTheSame() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 1_000; i < 2_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }
    Map<JobId, JobSnapshot> answers =
        pbs(command ->
                command.program().equals("qselect")
                    ? new CommandResult(0, "", "")
                    : new CommandResult(153, "", "qstat: Unknown Job Id 1000.node1\n"))
            .query(ids);

    assertThat(answers.values())
        .allSatisfy(job -> assertThat(job.state()).isInstanceOf(JobState.Absent.class));
    assertThat(ran).hasSize(2);
  }

  @Test
  void serverThatDoesNotAnswerIsAskedOnceForAllIds() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }

    Map<JobId, JobSnapshot> answers =
        pbs(command -> {
              throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
            })
            .query(ids);

    assertThat(answers).hasSize(10_000);
    assertThat(answers.values())
        .allSatisfy(job -> assertThat(job.state()).isInstanceOf(JobState.Unavailable.class));
    assertThat(ran).hasSize(1);
  }

  @Test
  void unknownStateWordIsAlive() {
    assertThat(only(command -> new CommandResult(0, job("1.node1", "Y", ""), "")))
        .isInstanceOfSatisfying(
            JobState.Alive.class,
            alive -> {
              assertThat(alive.phase()).isEqualTo(JobState.Phase.UNKNOWN);
              assertThat(alive.word()).isEqualTo("Y");
            });
  }

  @Test
  void livingJobsAreFilteredByOwnerAndTagInOneCommand() {
    String text =
        job("1.node1", "R", "CNT_TAG=cnt:a;1r")
            + job("2.node1", "Q", "CNT_TAG=cnt:b;2w")
            + job("3.node1", "F", "CNT_TAG=cnt:b;2w");

    assertThat(pbs(command -> new CommandResult(0, text, "")).live(JobFilter.tagged("2w")))
        .extracting(found -> found.id().value())
        .containsExactly("2.node1");
    assertThat(ran).hasSize(1);
    assertThat(pbs(command -> new CommandResult(0, text, "")).live(JobFilter.ownedBy("else")))
        .isEmpty();
  }

  @Test
  void submitCarriesTheTagBesideTheUsersVariables() throws IOException {
    JobId id =
        pbs(command -> new CommandResult(0, "12.node1\n", ""))
            .submit(submission("#PBS -v A=1,B", JobRequest.empty()));

    assertThat(id).isEqualTo(JobId.of("12.node1"));
    assertThat(ran.get(0).words())
        .containsExactly(
            "qsub", "-N", "my_job.sh", "-v", "A=1,B,CNT_TAG=cnt:r-1", script().toString());
    assertThat(ran.get(0).workingDirectory()).contains(folder);
    // With it, qsub would take the user's prefix for that of directives.
    assertThat(ran.get(0).unset()).contains("PBS_DPREFIX");
  }

  @Test
  void submitWithoutAnAnswerIsLookedUpByItsTag() throws IOException {
    JobId id =
        pbs(command -> {
              if (command.program().equals("qsub")) {
                throw new CommandException(
                    CommandException.Kind.TIMED_OUT, "no answer in 60 s", null);
              }
              return new CommandResult(0, job("12.node1", "Q", "CNT_TAG=cnt:r-1"), "");
            })
            .submit(submission("", JobRequest.empty()));

    assertThat(id).isEqualTo(JobId.of("12.node1"));
    assertThat(ran).extracting(Command::program).containsExactly("qsub", "qstat");
  }

  @Test
  void submitThatNobodyCanTellOfIsAmbiguousAndNotRepeated() {
    assertThatThrownBy(
            () ->
                pbs(command -> {
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
    assertThat(ran).filteredOn(command -> command.program().equals("qsub")).hasSize(1);
  }

  @Test
  void refusalCarriesTheSchedulersOwnWords() {
    assertThatThrownBy(
            () ->
                pbs(command -> new CommandResult(170, "", "qsub: Unknown queue\n"))
                    .submit(submission("", JobRequest.empty())))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> {
              assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST);
              assertThat(problem).hasMessageContaining("qsub: Unknown queue");
            });
    assertThatThrownBy(
            () ->
                pbs(command -> new CommandResult(175, "", "qsub: Bad UID for job execution\n"))
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
                pbs(command -> new CommandResult(153, "", "qstat: Unknown Job Id 4242.node1\n"))
                    .submit(submission("", request)))
        .hasMessageContaining("4242")
        .hasMessageContaining("does not know");
    assertThat(ran).extracting(Command::program).containsExactly("qstat", "qstat");
  }

  @Test
  void arrayIsFoundByItsNumber() {
    Map<JobId, JobSnapshot> answers =
        pbs(PbsSchedulerTest::arrayOfTwentySeven).query(ids("27", "27.node1", "27[]", "28"));

    assertThat(answers.get(JobId.of("27")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("27")).id()).isEqualTo(JobId.of("27"));
    assertThat(answers.get(JobId.of("27.node1")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("27[]")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("28")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(ran).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qdel", "qhold", "qrls"})
  void arrayIsChangedByItsNumber(String program) {
    PbsScheduler pbs = pbs(PbsSchedulerTest::arrayOfTwentySeven);

    switch (program) {
      case "qdel" -> pbs.cancel(ids("27"));
      case "qhold" -> pbs.hold(ids("27"));
      default -> pbs.release(ids("27"));
    }
    assertThat(ran)
        .extracting(Command::words)
        .containsExactly(List.of(program, "27"), List.of(program, "27[]"));
    assertThatThrownBy(() -> pbs.hold(ids("27", "28")))
        .hasMessageContaining("Unknown Job Id 28.node1")
        .matches(problem -> !problem.getMessage().contains("Unknown Job Id 27"));
  }

  /** Answers as a server that has the array 27[] alone. */
  private static CommandResult arrayOfTwentySeven(Command command) {
    StringBuilder errors = new StringBuilder();
    StringBuilder output = new StringBuilder();
    for (String word : command.words()) {
      if (word.startsWith("27[]")) {
        output.append(command.program().equals("qstat") ? job("27[].node1", "B", "A=1") : "");
      } else if (Character.isDigit(word.charAt(0))) {
        // qdel names a job as it was asked.
        boolean server = !word.endsWith(".node1") && !command.program().equals("qdel");
        String id = server ? word + ".node1" : word;
        errors.append(command.program()).append(": Unknown Job Id ").append(id).append('\n');
      }
    }
    return new CommandResult(errors.isEmpty() ? 0 : 153, output.toString(), errors.toString());
  }

  @Test
  void parentThatIsAnArrayIsToBeNamedAsQsubKnowsIt() {
    assertThatThrownBy(
            () ->
                pbs(PbsSchedulerTest::arrayOfTwentySeven)
                    .submit(submission("", after(Dependency.Condition.SUCCEEDED, "27"))))
        .hasMessageContaining("PBS knows it as 27[] alone");
    assertThat(ran).extracting(Command::program).containsExactly("qstat", "qstat");
  }

  @Test
  void nothingIsSubmittedWhileParentsCannotBeAskedFor() {
    assertThatThrownBy(
            () ->
                pbs(command -> DOWN)
                    .submit(submission("", after(Dependency.Condition.SUCCEEDED, "27"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE))
        .hasMessageContaining("nothing was submitted");
    assertThat(ran).extracting(Command::program).containsExactly("qstat");
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
                        0, job("27[].node1", "B", "A=1") + job("5.node1", "R", "A=1"), "");

    pbs(server)
        .submit(
            submission(
                "",
                after(Dependency.Condition.FAILED, "27[]", "5"),
                List.of("-W", "depend=afternotok:27[]:5,afterok:27[]", "-W", "umask=022")));

    assertThat(ran.get(ran.size() - 1).words())
        .containsSubsequence("-W", "depend=" + expected, "-W", "umask=022");
  }

  private static JobRequest after(Dependency.Condition condition, String... parents) {
    return JobRequest.empty().toBuilder()
        .dependencies(List.of(new Dependency(condition, List.copyOf(ids(parents)))))
        .build();
  }

  @Test
  void cancellingWhatHasEndedIsNoError() {
    pbs(command ->
            new CommandResult(
                35, "", "qdel: Unknown Job Id 1.node1\nqdel: Job has finished 2.node1\n"))
        .cancel(ids("1", "2"));
    assertThatThrownBy(
            () ->
                pbs(command ->
                        new CommandResult(222, "", "qdel: Server could not connect to MOM 1\n"))
                    .cancel(ids("1")))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  @Test
  void everyJobIsCancelledByACommandOfItsOwnAndTheFirstRefusalIsTold() {
    assertThatThrownBy(
            () ->
                pbs(command ->
                        command.words().contains("2")
                            ? new CommandResult(159, "", "qdel: Unauthorized Request  2.node1\n")
                            : new CommandResult(0, "", ""))
                    .cancel(ids("1", "2", "3[]")))
        .hasMessageContaining("Unauthorized Request  2.node1");
    assertThat(ran)
        .extracting(Command::words)
        .containsExactly(List.of("qdel", "1"), List.of("qdel", "2"), List.of("qdel", "3[]"));
  }

  @Test
  void serverThatCannotBeReachedIsAskedToCancelOnce() {
    CommandResult down =
        new CommandResult(162, "", "Connection refused\nCouldn't connect to cluster: node1\n");

    assertThatThrownBy(() -> pbs(command -> down).cancel(ids("1", "2", "3")))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThat(ran).hasSize(1);
  }

  private JobState only(CommandRunner answers) {
    return pbs(answers).query(ids("1")).get(JobId.of("1")).state();
  }

  private static Set<JobId> ids(String... texts) {
    Set<JobId> ids = new LinkedHashSet<>();
    for (String text : texts) {
      ids.add(JobId.of(text));
    }
    return ids;
  }

  private static String job(String id, String state, String variables) {
    return "Job Id: "
        + id
        + "\n    Job_Name = x\n    Job_Owner = me@node1\n    job_state = "
        + state
        + "\n    queue = workq\n    Variable_List = PBS_O_HOME=/home/me,"
        + variables
        + ",PBS_O_HOST=node1\n\n";
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

  @Test
  void aNameWithABlankStaysOneWordOnTheNode() {
    assertThat(
            pbs(command -> new CommandResult(0, "", ""))
                .commandOnNode("", "n1", List.of("x", "/a b/env.img")))
        .startsWith("qsub")
        .contains("-lselect=1:host=n1")
        .endsWith("--", "/bin/sh", "-c", "x '/a b/env.img'");
  }

  private PbsScheduler pbs(CommandRunner runner) {
    CommandRunner recorded =
        command -> {
          ran.add(command);
          return runner.run(command);
        };
    return new PbsScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of()), recorded, Duration.ofSeconds(60), text -> {}),
        pause -> {});
  }
}
