package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
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
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is asked of LSF, and changed, with answers that volclava gave (or, where it says so, that
 * IBM's would).
 */
class LsfQueriesTest {
  private static final CommandResult IBM =
      new CommandResult(0, "IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2022\n", "");

  @TempDir private Path folder;
  private AnsweredLsf commands;

  @BeforeEach
  void answersNothingYet() {
    commands = new AnsweredLsf(folder);
  }

  @Test
  void thousandsOfIdsAreAskedForInFewProcesses() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 1; i <= 10_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }
    ids.add(JobId.of("43[3]"));
    Map<JobId, JobSnapshot> answers =
        commands.lsf(answers("array-running-bjobs_-o__O__-json_ID", "unknown-bhist-l")).query(ids);
    assertThat(answers.keySet()).isEqualTo(ids);
    assertThat(answers.get(JobId.of("43[3]")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("43")).nodes()).containsExactly("node2");
    assertThat(answers.get(JobId.of("7")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(commands.ran)
        .extracting(Command::program)
        .containsExactly("lsid", "bjobs", "bjobs", "bhist");
  }

  /** LSB_EXEC_CLUSTER, by which a lease names it, is the name that lsid tells. */
  @Test
  void jobOfAnotherClusterIsNeitherAskedForNorChangedHere() {
    JobId here = new JobId("33", "volclava");
    JobId there = new JobId("33", "other");
    LsfScheduler lsf =
        commands.lsf(answers("state-failed-exit3.bjobs-o-json", "state-failed-exit3.bhist-l"));
    Map<JobId, JobSnapshot> answers = lsf.query(Set.of(here, there));
    assertThat(answers.get(here).state()).isInstanceOf(JobState.Ended.class);
    assertThat(answers.get(there).state())
        .isEqualTo(
            new JobState.Unavailable("job 33 is of the cluster other, and here is volclava"));
    int asked = commands.ran.size();
    assertThat(lsf.query(Set.of(there)).get(there).state())
        .isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> lsf.cancel(Set.of(there))).hasMessageContaining("cluster other");
    assertThat(commands.ran).hasSize(asked);
  }

  @Test
  void exitCodeIsLookedUpInTheHistory() {
    JobId id = JobId.of("33");
    JobSnapshot job =
        commands
            .lsf(answers("state-failed-exit3.bjobs-o-json", "state-failed-exit3.bhist-l"))
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
        commands
            .lsf(
                command ->
                    switch (command.program()) {
                      case "lsid" -> AnsweredLsf.read("help-lsid");
                      case "bhist" -> AnsweredLsf.read("unknown-bhist-l");
                      default ->
                          AnsweredLsf.read(
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
        commands
            .lsf(answers("bjobs-json-nojobs", "state-failed-exit3.bhist-l"))
            .query(Set.of(id))
            .get(id);
    assertThat(job.source()).isEqualTo("bhist");
    assertThat(job.state()).isInstanceOf(JobState.Ended.class);
  }

  /** IBM's bjobs before 10.1.0.2 (not recorded), or one without a field (volclava's words). */
  @Test
  void formThatBjobsDoesNotKnowIsReplacedByTheLongOne() {
    assertThat(LsfErrors.isUnknownForm(AnsweredLsf.read("bjobs-o-badfield"))).isTrue();
    assertThat(LsfErrors.isUnknownForm(AnsweredLsf.read("many-all-unknown-json"))).isFalse();
    JobId id = JobId.of("33");
    LsfScheduler lsf =
        commands.lsf(
            command -> {
              if (command.program().equals("lsid")) {
                return IBM;
              }
              if (command.program().equals("bhist")) {
                return AnsweredLsf.read("state-failed-exit3.bhist-l");
              }
              return command.words().contains("-json")
                  ? new CommandResult(255, "", "bjobs: illegal option -- j\nUsage: bjobs [-h]\n")
                  : AnsweredLsf.read("state-failed-exit3.bjobs-UF");
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
            return AnsweredLsf.read("help-lsid");
          }
          throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
        };
    assertThat(commands.lsf(hung).query(Set.of(id)).get(id).state())
        .isInstanceOf(JobState.Unavailable.class);
    assertThat(commands.ran).hasSize(2);
    assertThat(commands.lsf(command -> AnsweredLsf.read("limdown-lsid")).capabilities())
        .doesNotContain(Capability.RUN_ON_NODE);
  }

  /** mbatchd was frozen and went on (seen live): the words of waiting are no failure. */
  @Test
  void answerThatCameLateIsAnAnswer() {
    String waiting = "batch system daemon not responding ... still trying\n".repeat(2);
    LsfScheduler none =
        commands.lsf(
            command ->
                command.program().equals("lsid")
                    ? AnsweredLsf.read("help-lsid")
                    : new CommandResult(254, "", waiting + "No unfinished job found\n"));
    assertThat(none.live(JobFilter.all())).isEmpty();
    LsfScheduler silent =
        commands.lsf(
            command ->
                command.program().equals("lsid")
                    ? AnsweredLsf.read("help-lsid")
                    : new CommandResult(255, "", waiting));
    assertThatThrownBy(() -> silent.live(JobFilter.all()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  /** lsid gives up by itself; with LIM down every other command waits for ever. */
  @Test
  void withoutLimNothingElseIsAsked() {
    LsfScheduler lsf = commands.lsf(command -> AnsweredLsf.read("limdown-lsid"));
    JobId id = JobId.of("33");
    assertThat(lsf.query(Set.of(id)).get(id).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(lsf::cluster).isInstanceOf(SchedulerException.class);
    assertThat(commands.ran).extracting(Command::program).containsOnly("lsid");
  }

  @Test
  void garbageIsUnavailable() {
    JobId id = JobId.of("33");
    assertThat(
            commands
                .lsf(
                    command ->
                        command.program().equals("lsid")
                            ? AnsweredLsf.read("help-lsid")
                            : new CommandResult(0, "{\"COMMAND\": \"bjobs\", \"JOBS\": 1", ""))
                .query(Set.of(id))
                .get(id)
                .state())
        .isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  void textThatIsNoIdIsNeverGivenToACommand() {
    JobId odd = JobId.of("-rf");
    LsfScheduler lsf = commands.lsf(command -> AnsweredLsf.read("help-lsid"));
    assertThat(lsf.query(Set.of(odd)).get(odd).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> lsf.cancel(Set.of(odd))).isInstanceOf(SchedulerException.class);
    assertThat(commands.ran).isEmpty();
  }

  @Test
  void livingJobsAreFoundByTheirTagInOneCommand() {
    LsfScheduler lsf =
        commands.lsf(
            command ->
                AnsweredLsf.read(
                    command.program().equals("lsid") ? "help-lsid" : "name-Jd.bjobs-UF"));
    assertThat(lsf.live(JobFilter.tagged("cnt:run-1"))).hasSize(1);
    assertThat(lsf.live(JobFilter.tagged("cnt:run-2"))).isEmpty();
    assertThat(lsf.live(JobFilter.ownedBy("somebody"))).isEmpty();
    assertThat(commands.ran)
        .extracting(Command::program)
        .containsExactly("lsid", "bjobs", "bjobs", "bjobs");
  }

  @Test
  void cancellingJobsThatAreGoneIsNoError() {
    LsfScheduler lsf = commands.lsf(command -> AnsweredLsf.read("bkill-many-some-unknown"));
    lsf.cancel(Set.of(JobId.of("4242"), JobId.of("26")));
    commands.lsf(command -> AnsweredLsf.read("bkill-finished")).cancel(Set.of(JobId.of("24")));
    commands.lsf(command -> AnsweredLsf.read("array-bkill-all")).cancel(Set.of(JobId.of("45")));
    assertThatThrownBy(
            () ->
                commands
                    .lsf(command -> AnsweredLsf.read("mbddown-bkill"))
                    .cancel(Set.of(JobId.of("1"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
  }

  @Test
  void aNameWithABlankStaysOneWordOnTheNode() {
    assertThat(
            commands
                .lsf(command -> new CommandResult(0, "", ""))
                .commandOnNode("", "n1", List.of("x", "/a b/env.img")))
        .containsExactly("bsub", "-I", "-m", "n1", "x '/a b/env.img'");
  }

  private static CommandRunner answers(String bjobs, String bhist) {
    return command ->
        switch (command.program()) {
          case "lsid" -> AnsweredLsf.read("help-lsid");
          case "bhist" -> AnsweredLsf.read(bhist);
          default -> AnsweredLsf.read(bjobs);
        };
  }
}
