package org.condatainer.scheduler.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of PBS, and changed, with what its commands print taken from recordings. */
final class PbsQueriesTest {
  private static final CommandResult DOWN =
      new CommandResult(
          255, "", "Connection refused\nqstat: cannot connect to server node1 (errno=15010)\n");

  private final AnsweredPbs commands = new AnsweredPbs();

  @Test
  void knownAndUnknownIdsAreToldApartWhateverTheExitCode() {
    Map<JobId, JobSnapshot> answers =
        commands
            .pbs(
                command ->
                    new CommandResult(
                        153,
                        AnsweredPbs.job("38.node1", "R", ""),
                        "qstat: Unknown Job Id 4242.node1\n"))
            .query(AnsweredPbs.ids("38", "4242", "38.node1", "39"));

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
    String text =
        AnsweredPbs.job("1.node1", "F", "A=1").replace("queue = workq", "exec_host = node1/0");
    String cut = text.substring(0, text.indexOf("    Variable_List"));
    String whole = text.stripTrailing() + "\n    Exit_status = 0\n\n";

    assertThat(only(command -> new CommandResult(0, commands.ran.size() < 2 ? cut : whole, "")))
        .isInstanceOfSatisfying(
            JobState.Ended.class,
            ended -> assertThat(ended.outcome()).isEqualTo(JobState.Outcome.SUCCEEDED));
    assertThat(only(command -> new CommandResult(0, cut, "")))
        .isInstanceOfSatisfying(
            JobState.Unavailable.class,
            state -> assertThat(state.why()).contains("ends in the middle of a job"));
    assertThatThrownBy(
            () -> commands.pbs(command -> new CommandResult(0, cut, "")).live(JobFilter.all()))
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
    assertThat(commands.ran)
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
        AnsweredPbs.job("9[2].node1", "X", "A=1")
            .replace("queue = workq", "substate = 70\n    comment = Subjob finished");
    String faked = task.stripTrailing() + "\n    Exit_status = 1\n\n";

    assertThat(
            commands
                .pbs(
                    command ->
                        command.words().contains("-x")
                            ? new CommandResult(
                                0, "", "PBS is not configured to maintain job history")
                            : new CommandResult(0, faked, ""))
                .query(AnsweredPbs.ids("9[2]"))
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

    assertThat(commands.pbs(command -> DOWN).query(ids)).hasSize(10_000);
    assertThat(commands.ran).hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void ofManyIdsOnlyThoseThatTheServerListsAreLookedAt() {
    Set<JobId> ids = new LinkedHashSet<>(List.of(JobId.of("7"), JobId.of("9[2].node1")));
    for (int i = 1_000; i < 11_000; i++) {
      ids.add(JobId.of(i + (i % 2 == 0 ? "" : ".node1")));
    }
    Map<JobId, JobSnapshot> answers =
        commands
            .pbs(
                command ->
                    command.program().equals("qselect")
                        ? new CommandResult(0, "7.node1\n9[].node1\n", "")
                        : new CommandResult(
                            0,
                            AnsweredPbs.job("7.node1", "Q", "A=1")
                                + AnsweredPbs.job("9[2].node1", "R", "A=1"),
                            ""))
            .query(ids);

    assertThat(commands.ran)
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
        commands
            .pbs(
                command ->
                    command.program().equals("qselect") ? new CommandResult(0, list, "") : DOWN)
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
        commands
            .pbs(
                command ->
                    command.program().equals("qselect")
                        ? new CommandResult(0, "", "")
                        : new CommandResult(153, "", "qstat: Unknown Job Id 1000.node1\n"))
            .query(ids);

    assertThat(answers.values())
        .allSatisfy(job -> assertThat(job.state()).isInstanceOf(JobState.Absent.class));
    assertThat(commands.ran).hasSize(2);
  }

  @Test
  void serverThatDoesNotAnswerIsAskedOnceForAllIds() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }

    Map<JobId, JobSnapshot> answers =
        commands
            .pbs(
                command -> {
                  throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
                })
            .query(ids);

    assertThat(answers).hasSize(10_000);
    assertThat(answers.values())
        .allSatisfy(job -> assertThat(job.state()).isInstanceOf(JobState.Unavailable.class));
    assertThat(commands.ran).hasSize(1);
  }

  @Test
  void unknownStateWordIsAlive() {
    assertThat(only(command -> new CommandResult(0, AnsweredPbs.job("1.node1", "Y", ""), "")))
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
        AnsweredPbs.job("1.node1", "R", "CNT_TAG=cnt:a;1r")
            + AnsweredPbs.job("2.node1", "Q", "CNT_TAG=cnt:b;2w")
            + AnsweredPbs.job("3.node1", "F", "CNT_TAG=cnt:b;2w");

    assertThat(commands.pbs(command -> new CommandResult(0, text, "")).live(JobFilter.tagged("2w")))
        .extracting(found -> found.id().value())
        .containsExactly("2.node1");
    assertThat(commands.ran).hasSize(1);
    assertThat(
            commands.pbs(command -> new CommandResult(0, text, "")).live(JobFilter.ownedBy("else")))
        .isEmpty();
  }

  @Test
  void arrayIsFoundByItsNumber() {
    Map<JobId, JobSnapshot> answers =
        commands
            .pbs(AnsweredPbs::arrayOfTwentySeven)
            .query(AnsweredPbs.ids("27", "27.node1", "27[]", "28"));

    assertThat(answers.get(JobId.of("27")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("27")).id()).isEqualTo(JobId.of("27"));
    assertThat(answers.get(JobId.of("27.node1")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("27[]")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("28")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(commands.ran).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qdel", "qhold", "qrls"})
  void arrayIsChangedByItsNumber(String program) {
    PbsScheduler pbs = commands.pbs(AnsweredPbs::arrayOfTwentySeven);

    switch (program) {
      case "qdel" -> pbs.cancel(AnsweredPbs.ids("27"));
      case "qhold" -> pbs.hold(AnsweredPbs.ids("27"));
      default -> pbs.release(AnsweredPbs.ids("27"));
    }
    assertThat(commands.ran)
        .extracting(Command::words)
        .containsExactly(List.of(program, "27"), List.of(program, "27[]"));
    assertThatThrownBy(() -> pbs.hold(AnsweredPbs.ids("27", "28")))
        .hasMessageContaining("Unknown Job Id 28.node1")
        .matches(problem -> !problem.getMessage().contains("Unknown Job Id 27"));
  }

  /** Answers as a server that has the array 27[] alone. */
  @Test
  void cancellingWhatHasEndedIsNoError() {
    commands
        .pbs(
            command ->
                new CommandResult(
                    35, "", "qdel: Unknown Job Id 1.node1\nqdel: Job has finished 2.node1\n"))
        .cancel(AnsweredPbs.ids("1", "2"));
    assertThatThrownBy(
            () ->
                commands
                    .pbs(
                        command ->
                            new CommandResult(222, "", "qdel: Server could not connect to MOM 1\n"))
                    .cancel(AnsweredPbs.ids("1")))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  @Test
  void everyJobIsCancelledByACommandOfItsOwnAndTheFirstRefusalIsTold() {
    assertThatThrownBy(
            () ->
                commands
                    .pbs(
                        command ->
                            command.words().contains("2")
                                ? new CommandResult(
                                    159, "", "qdel: Unauthorized Request  2.node1\n")
                                : new CommandResult(0, "", ""))
                    .cancel(AnsweredPbs.ids("1", "2", "3[]")))
        .hasMessageContaining("Unauthorized Request  2.node1");
    assertThat(commands.ran)
        .extracting(Command::words)
        .containsExactly(List.of("qdel", "1"), List.of("qdel", "2"), List.of("qdel", "3[]"));
  }

  @Test
  void serverThatCannotBeReachedIsAskedToCancelOnce() {
    CommandResult down =
        new CommandResult(162, "", "Connection refused\nCouldn't connect to cluster: node1\n");

    assertThatThrownBy(() -> commands.pbs(command -> down).cancel(AnsweredPbs.ids("1", "2", "3")))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            problem -> assertThat(problem.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    assertThat(commands.ran).hasSize(1);
  }

  @Test
  void aNameWithABlankStaysOneWordOnTheNode() {
    assertThat(
            commands
                .pbs(command -> new CommandResult(0, "", ""))
                .commandOnNode("", "n1", List.of("x", "/a b/env.img")))
        .startsWith("qsub")
        .contains("-lselect=1:host=n1")
        .endsWith("--", "/bin/sh", "-c", "x '/a b/env.img'");
  }

  private JobState only(CommandRunner answers) {
    return commands.pbs(answers).query(AnsweredPbs.ids("1")).get(JobId.of("1")).state();
  }
}
