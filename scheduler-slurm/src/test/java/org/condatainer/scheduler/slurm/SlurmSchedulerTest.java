package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.NativeOption;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;

/** Faults that a real Slurm cannot be made to have. */
class SlurmSchedulerTest {
  private static final CommandResult NO_ACCOUNTING =
      new CommandResult(1, "", "Slurm accounting storage is disabled\n");
  private static final CommandResult DOWN =
      new CommandResult(1, "", "slurm_load_jobs error: Unable to contact slurm controller\n");
  private static final CommandResult CONFIG = new CommandResult(0, "MinJobAge = 300 sec\n", "");

  private final List<Command> ran = new ArrayList<>();
  private final List<String> told = new ArrayList<>();

  @Test
  void thousandsOfIdsAreAskedForInOneProcess() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 1; i <= 5000; i++) {
      ids.add(JobId.of("84_" + i));
      ids.add(JobId.of(Integer.toString(i)));
    }
    Map<JobId, JobSnapshot> answers =
        slurm(
                command ->
                    switch (command.program()) {
                      case "squeue" -> row(command, "84_[1-6000]", "84", "PENDING", "None", "");
                      case "sacct" -> NO_ACCOUNTING;
                      default -> CONFIG;
                    })
            .query(ids);
    assertThat(answers.keySet()).isEqualTo(ids);
    assertThat(answers.get(JobId.of("84_7")).state()).isInstanceOf(JobState.Alive.class);
    assertThat(answers.get(JobId.of("7")).state())
        .isInstanceOfSatisfying(
            JobState.Absent.class,
            absent -> assertThat(absent.where()).contains("MinJobAge", "no accounting"));
    assertThat(ran).extracting(Command::program).containsExactly("squeue", "sacct");
  }

  @Test
  void accountingThatIsDownIsNamedAndSqueueStands() {
    JobState state =
        only(
            command ->
                command.program().equals("squeue")
                    ? new CommandResult(0, "", "")
                    : new CommandResult(1, "", "sacct: error: slurmdbd is gone"));
    assertThat(state)
        .isInstanceOfSatisfying(
            JobState.Absent.class,
            absent -> assertThat(absent.where()).contains("squeue", "slurmdbd is gone"));
  }

  @Test
  void whatSqueueForgotSacctRemembers() {
    JobState state =
        only(
            command ->
                command.program().equals("squeue")
                    ? new CommandResult(1, "", "slurm_load_jobs error: Invalid job id specified")
                    : row(command, "5", "5", "FAILED", "3:0", "None"));
    assertThat(state).isInstanceOf(JobState.Ended.class);
  }

  @Test
  void aControllerThatIsDownIsUnavailableAndNothingElseIsAsked() {
    assertThat(only(command -> DOWN)).isInstanceOf(JobState.Unavailable.class);
    assertThat(ran).hasSize(1);
  }

  @Test
  void numberOfAnArrayIsToldFromThatOfATaskWhileTasksLive() {
    SlurmScheduler living =
        slurm(command -> row(command, "84_[2-3]", "84", "PENDING", "0", "None"));
    assertThat(living.taskOfArray(JobId.of("84"))).contains("84_INDEX");
    assertThat(living.taskOfArray(JobId.of("84_2"))).isEmpty();
    assertThat(
            slurm(command -> row(command, "84_1", "85", "RUNNING", "0", "None"))
                .taskOfArray(JobId.of("85")))
        .isEmpty();
    assertThat(
            slurm(command -> row(command, "84_1", "84", "COMPLETED", "0", "None"))
                .taskOfArray(JobId.of("84")))
        .isEmpty();
  }

  @Test
  void garbageIsUnavailable() {
    assertThat(
            only(
                command -> {
                  String separator = separator(command);
                  return new CommandResult(0, "5" + separator + "5" + separator + "RUN", "");
                }))
        .isInstanceOf(JobState.Unavailable.class);
  }

  @Test
  void aTextThatIsNoIdIsNeverGivenToACommand() {
    JobId odd = JobId.of("-rf");
    SlurmScheduler slurm = slurm(command -> DOWN);
    assertThat(slurm.query(Set.of(odd)).get(odd).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> slurm.cancel(Set.of(odd))).isInstanceOf(SchedulerException.class);
    assertThat(ran).isEmpty();
  }

  @Test
  void aSubmitThatLeftNoJobIsTriedOnceMore() {
    SlurmScheduler slurm =
        slurm(
            command -> {
              if (command.program().equals("squeue")) {
                return new CommandResult(0, "", "");
              }
              return submits() == 1
                  ? new CommandResult(1, "", "sbatch: error: Socket timed out on send/recv")
                  : new CommandResult(0, "77\n", "");
            });
    assertThat(slurm.submit(submission())).isEqualTo(JobId.of("77"));
    assertThat(ran)
        .extracting(Command::program)
        .containsExactly("sbatch", "squeue", "squeue", "sbatch");
  }

  @Test
  void aSubmitIsNotTriedAgainWhenTheQueueCannotBeAsked() {
    assertAmbiguous(
        slurm(
            command -> {
              if (command.program().equals("squeue")) {
                return DOWN;
              }
              throw new CommandException(CommandException.Kind.TIMED_OUT, "no answer", null);
            }),
        1);
  }

  @Test
  void aSubmitIsTriedTwiceAtMost() {
    assertAmbiguous(slurm(command -> new CommandResult(0, "", "")), 2);
  }

  @Test
  void aJobOfAnotherRunIsNotTakenForThisOne() {
    assertAmbiguous(
        slurm(
            command ->
                command.program().equals("sbatch")
                    ? new CommandResult(0, "", "")
                    : row(command, "5", "5", "RUNNING", "0:0", "None", "cnt:tag2")),
        2);
  }

  @Test
  void theFailedRecordOfARefusedJobIsNoSuccess() {
    SlurmScheduler slurm =
        slurm(
            command ->
                command.program().equals("sbatch")
                    ? new CommandResult(0, "", "")
                    : row(command, "5", "5", "FAILED", "0:0", "BadConstraints", "own cnt:tag"));
    assertThatThrownBy(() -> slurm.submit(submission()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST));
  }

  /** Real words of scancel, each of which ends with 1. */
  @Test
  void aJobThatIsGoneHidesNoRefusal() {
    SlurmScheduler slurm =
        slurm(
            command ->
                new CommandResult(
                    1,
                    "",
                    "scancel: error: Kill job error on job id 11: Invalid job id specified\n"
                        + "scancel: error: Kill job error on job id 12: Access/permission"
                        + " denied\n"));
    Set<JobId> ids = new LinkedHashSet<>(List.of(JobId.of("11"), JobId.of("12")));
    assertThatThrownBy(() -> slurm.cancel(ids))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.DENIED));
  }

  @Test
  void aJobThatIsGoneKeepsNoOtherFromBeingCancelled() {
    Set<JobId> ids = new LinkedHashSet<>(List.of(new JobId("13", "a"), new JobId("14", "b")));
    cancelling("13", "Invalid job id specified").cancel(ids);
    assertThat(scancels()).containsExactly("scancel -M a 13", "scancel -M b 14");
  }

  @Test
  void aRefusalKeepsNoOtherFromBeingCancelledAndIsTold() {
    Set<JobId> ids = new LinkedHashSet<>(List.of(new JobId("13", "a"), new JobId("14", "b")));
    SlurmScheduler slurm = cancelling("13", "Access/permission denied");
    assertThatThrownBy(() -> slurm.cancel(ids)).hasMessageContaining("denied");
    assertThat(scancels()).containsExactly("scancel -M a 13", "scancel -M b 14");
  }

  /** sbatch --wait ends with the job's own exit code. */
  @Test
  void failedSubmitThatToldAnIdIsNoRefusalAndIsNotMadeAgain() {
    CommandResult failed = new CommandResult(3, "4711\n", "");
    assertThat(
            slurm(
                    command ->
                        command.program().equals("sbatch")
                            ? failed
                            : row(command, "4711", "4711", "FAILED", "3:0", "None", "cnt:tag"))
                .submit(submission()))
        .isEqualTo(JobId.of("4711"));
    ran.clear();
    SlurmScheduler forgetful =
        slurm(
            command -> command.program().equals("sbatch") ? failed : new CommandResult(0, "", ""));
    assertAmbiguous(forgetful, 1);
    assertThat(ran.get(0).unset()).contains("SBATCH_WAIT");
  }

  @Test
  void jobThatWouldWaitForOneThatNeverWasIsNotSubmitted() {
    SlurmScheduler slurm =
        slurm(
            command ->
                command.program().equals("sbatch")
                    ? new CommandResult(0, "7\n", "")
                    : new CommandResult(0, "", ""));
    assertThatThrownBy(() -> slurm.submit(after("5")))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST))
        .hasMessageContaining("wait for 5, which squeue and sacct do not know");
    assertThat(submits()).isZero();
  }

  @Test
  void withoutAccountingAJobThatSqueueForgotIsWaitedForAndThatIsTold() {
    SlurmScheduler slurm =
        slurm(
            command ->
                switch (command.program()) {
                  case "sbatch" -> new CommandResult(0, "7\n", "");
                  case "sacct" -> NO_ACCOUNTING;
                  default -> new CommandResult(0, "", "");
                });
    assertThat(slurm.submit(after("5"))).isEqualTo(JobId.of("7"));
    assertThat(told).anyMatch(line -> line.contains("job 5 is not known to squeue"));
  }

  private static Submission after(String id) {
    Dependency dependency = new Dependency(Dependency.Condition.SUCCEEDED, List.of(JobId.of(id)));
    return new Submission(
        Path.of("/s/job.sh"),
        List.of("--dependency=afterok:" + id),
        JobRequest.empty().toBuilder().dependencies(List.of(dependency)).build(),
        Path.of("/"),
        "cnt:tag");
  }

  @Test
  void jobForAnotherClusterIsKnownByTheScriptAndByTheEnvironment() {
    JobRequest other =
        JobRequest.empty().toBuilder()
            .nativeOptions(List.of(new NativeOption("clusters", Optional.of("other"), 2, 9)))
            .build();
    SlurmScheduler slurm = slurm(command -> DOWN);
    assertThat(slurm.isForAnotherCluster(other)).isTrue();
    assertThat(slurm.isForAnotherCluster(JobRequest.empty())).isFalse();
    for (String name : List.of("SLURM_CLUSTERS", "SBATCH_CLUSTERS")) {
      SlurmScheduler there =
          new SlurmScheduler(
              new SchedulerContext(
                  new HostEnvironment(Map.of(name, "other")),
                  command -> DOWN,
                  Duration.ofSeconds(5),
                  line -> {}));
      assertThat(there.isForAnotherCluster(JobRequest.empty())).as(name).isTrue();
    }
  }

  private SlurmScheduler cancelling(String refused, String why) {
    return slurm(
        command ->
            command.words().contains(refused)
                ? new CommandResult(
                    1, "", "scancel: error: Kill job error on job id " + refused + ": " + why)
                : new CommandResult(0, "ClusterName             = here\n", ""));
  }

  private List<String> scancels() {
    return ran.stream()
        .filter(command -> command.program().equals("scancel"))
        .map(command -> String.join(" ", command.words()))
        .toList();
  }

  private void assertAmbiguous(SlurmScheduler slurm, int submits) {
    assertThatThrownBy(() -> slurm.submit(submission()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
        .hasMessageContaining("grep -F cnt:tag");
    assertThat(submits()).isEqualTo(submits);
  }

  private long submits() {
    return ran.stream().filter(command -> command.program().equals("sbatch")).count();
  }

  private static Submission submission() {
    return new Submission(
        Path.of("/s/job.sh"), List.of(), JobRequest.empty(), Path.of("/"), "cnt:tag");
  }

  private JobState only(CommandRunner runner) {
    JobId id = JobId.of("5");
    return slurm(runner).query(Set.of(id)).get(id).state();
  }

  private static CommandResult row(
      Command command, String id, String raw, String state, String exit, String reason) {
    return row(command, id, raw, state, exit, reason, "");
  }

  /** One row in the columns that the command asks for. */
  private static CommandResult row(
      Command command,
      String id,
      String raw,
      String state,
      String exit,
      String reason,
      String comment) {
    String separator = separator(command);
    boolean queue = command.program().equals("squeue");
    List<String> values =
        queue
            ? List.of(id, raw, state, reason, exit, "", "", "", "", "", "", "", comment, raw)
            : List.of(id, raw, state, exit, reason, "", "", "", "", "", "", "", comment, raw);
    return new CommandResult(0, String.join(separator, values) + "\n", "");
  }

  private static String separator(Command command) {
    for (String word : command.words()) {
      int mark = word.indexOf('\u001f');
      if (mark >= 0) {
        int comma = word.indexOf(',', mark);
        return word.substring(mark, comma < 0 ? word.length() : comma);
      }
    }
    throw new AssertionError("no separator in " + command);
  }

  /** The cluster at hand is asked without a database, and named only if it is another. */
  @Test
  void anotherClusterIsNamedInWhatIsAskedAndInWhatIsToBeTyped() {
    SlurmScheduler slurm =
        slurm(
            command ->
                new CommandResult(
                    0,
                    command.words().contains("-M")
                        ? "ProctrackType = proctrack/cgroup\n"
                        : "ClusterName = here\nProctrackType = proctrack/pgid\n",
                    ""));
    assertThat(slurm.processTracking("here").word()).isEqualTo("proctrack/pgid");
    assertThat(slurm.processTracking("other").word()).isEqualTo("proctrack/cgroup");
    assertThat(slurm.commandOnNode("here", "n1", List.of("x", "a b")))
        .containsExactly("srun", "-w", "n1", "-n", "1", "x", "a b");
    assertThat(slurm.commandOnNode("other", "n1", List.of("x")))
        .startsWith("srun", "-M", "other", "-w", "n1");
  }

  @Test
  void processesThatCannotBeAskedForAreNotTakenForHeldTogether() {
    assertThatThrownBy(() -> slurm(command -> DOWN).processTracking(""))
        .isInstanceOf(SchedulerException.class);
  }

  private static String config(String accounting, String plugins) {
    return "AccountingStorageType = " + accounting + "\nJobSubmitPlugins = " + plugins + "\n";
  }

  private boolean lifts(String config, CommandResult qos, Map<String, String> variables) {
    return slurm(
            variables,
            command ->
                command.program().equals("sacctmgr") ? qos : new CommandResult(0, config, ""))
        .mayLiftQueueLimits(JobRequest.empty());
  }

  @Test
  void limitOfAPartitionHoldsOnlyWhereNothingMayLiftIt() {
    String accounts = config("accounting_storage/slurmdbd", "(null)");
    CommandResult plain = new CommandResult(0, "\nDenyOnLimit,OverPartQOS\n", "");
    CommandResult lifting = new CommandResult(0, "\nDenyOnLimit,PartitionTimeLimit\n", "");
    CommandResult silent = new CommandResult(1, "", "sacctmgr: error: no database\n");

    assertThat(lifts(accounts, plain, Map.of())).isFalse();
    assertThat(lifts(accounts, lifting, Map.of())).as("whoever has it as his default").isTrue();
    assertThat(lifts(accounts, silent, Map.of())).isTrue();
    assertThat(lifts(config("(null)", "(null)"), lifting, Map.of())).as("without QOS").isFalse();
    assertThat(lifts(config("(null)", "lua"), plain, Map.of())).as("another partition").isTrue();
    assertThat(lifts(accounts, plain, Map.of("SBATCH_PARTITION", "long"))).isTrue();
    assertThat(lifts(accounts, plain, Map.of("SBATCH_QOS", "long"))).isTrue();
    assertThat(slurm(command -> DOWN).mayLiftQueueLimits(JobRequest.empty())).isTrue();
  }

  private SlurmScheduler slurm(CommandRunner runner) {
    return slurm(Map.of(), runner);
  }

  private SlurmScheduler slurm(Map<String, String> variables, CommandRunner runner) {
    return new SlurmScheduler(
        new SchedulerContext(
            new HostEnvironment(variables),
            command -> {
              ran.add(command);
              return runner.run(command);
            },
            Duration.ofSeconds(5),
            told::add),
        time -> {});
  }
}
