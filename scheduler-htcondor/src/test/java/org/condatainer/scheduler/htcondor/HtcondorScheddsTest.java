package org.condatainer.scheduler.htcondor;

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
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool may have several schedds, each of which counts its jobs from 1. */
final class HtcondorScheddsTest {
  private static final String OWN = "own@host.pool";
  private static final String OTHER = "other@host.pool";

  @TempDir private Path folder;
  private final List<List<String>> started = new ArrayList<>();
  private String settings = "";

  @BeforeEach
  void anOwnSchedd() throws IOException {
    Path ad = folder.resolve(".schedd_classad");
    Files.writeString(ad, "MyType = \"Scheduler\"\nName = \"" + OWN + "\"\n");
    settings = "# Parameters:\nSCHEDD_DAEMON_AD_FILE = " + ad + "\n";
  }

  @Test
  void theOwnScheddIsAskedAsItAlwaysIs() {
    JobSnapshot job = query(new JobId("12", OWN));

    assertThat(started).extracting(words -> words.get(0)).contains("condor_q", "condor_history");
    assertThat(started).noneMatch(words -> words.contains("-name"));
    assertThat(job.state()).isInstanceOf(JobState.Absent.class);
    assertThat(job.source()).isEqualTo("condor_q, condor_history");
  }

  @Test
  void anotherScheddIsAskedByItsName() {
    JobId id = new JobId("12", OTHER);
    JobSnapshot job = query(id);
    condor().cancel(Set.of(id));

    assertThat(asked("condor_q")).startsWith("condor_q", "-name", OTHER);
    assertThat(asked("condor_history")).startsWith("condor_history", "-name", OTHER);
    assertThat(asked("condor_rm")).startsWith("condor_rm", "-name", OTHER);
    assertThat(job.id()).isEqualTo(id);
    assertThat(job.source()).isEqualTo("condor_q, condor_history");
  }

  /** Both sources of this schedd say nothing about a job that may be another's. */
  @Test
  void theAbsenceOfAJobOfAnUnknownScheddHasOneSource() {
    JobSnapshot job = query(JobId.of("12"));

    assertThat(asked("condor_history")).doesNotContain("-name");
    assertThat(job.state()).isInstanceOf(JobState.Absent.class);
    assertThat(job.source()).isEqualTo("condor_q");
  }

  @Test
  void whereCommandsAskAScheddElsewhereEachIsAskedByItsName() {
    settings += "SCHEDD_HOST = elsewhere\n";
    query(new JobId("12", OWN));
    assertThat(asked("condor_q")).startsWith("condor_q", "-name", OWN);
  }

  @Test
  void whereTheOwnScheddIsNotKnownEachIsAskedByItsName() throws IOException {
    Files.delete(folder.resolve(".schedd_classad"));
    query(new JobId("12", OWN));
    assertThat(asked("condor_q")).startsWith("condor_q", "-name", OWN);
  }

  @Test
  void jobsOfSeveralScheddsAreAskedForSideBySide() {
    JobId own = new JobId("12", OWN);
    JobId other = new JobId("12", OTHER);

    Map<JobId, JobSnapshot> jobs = condor().query(Set.of(own, other));

    assertThat(jobs).containsOnlyKeys(own, other);
    assertThat(started).hasSize(5);
  }

  @Test
  void aScheddThatRefusesKeepsNoOtherFromBeingAsked() {
    Set<JobId> ids = new LinkedHashSet<>(List.of(new JobId("12", OTHER), new JobId("13", OWN)));
    HtcondorScheduler condor =
        new HtcondorScheduler(
            new SchedulerContext(
                new HostEnvironment(Map.of()),
                command ->
                    command.program().equals("condor_rm") && command.words().contains(OTHER)
                        ? refused(command)
                        : answer(command),
                Duration.ofSeconds(9),
                told -> {}),
            "alice");
    assertThatThrownBy(() -> condor.cancel(ids)).hasMessageContaining("PERMISSION DENIED");
    assertThat(started).filteredOn(words -> words.get(0).equals("condor_rm")).hasSize(2);
  }

  private CommandResult refused(Command command) {
    started.add(command.words());
    return new CommandResult(1, "", "PERMISSION DENIED");
  }

  @Test
  void aJobAmongOthersThatIsNotInTheQueueIsNamedWhenItIsReleased() {
    assertThatThrownBy(() -> condor().release(Set.of(JobId.of("7"), JobId.of("8"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.NOT_FOUND))
        .hasMessageEndingWith("8");
    assertThat(asked("condor_release").get(2)).contains("ClusterId == 7", "ClusterId == 8");
  }

  /** Tried with HTCondor 25.14, whose DAGMan would wait five minutes more. */
  @Test
  void aReleasedChainDoesNotCoolDown() {
    condor().release(Set.of(JobId.of("7")));

    assertThat(asked("condor_qedit")).endsWith("JobCoolDownExpiration", "0");
    assertThat(asked("condor_qedit").get(2)).contains("ClusterId == 7", "JobUniverse == 7");
  }

  private List<String> asked(String program) {
    return started.stream().filter(words -> words.get(0).equals(program)).findFirst().orElseThrow();
  }

  private JobSnapshot query(JobId id) {
    return condor().query(Set.of(id)).get(id);
  }

  @Test
  void aNameWithABlankStaysOneWordOnTheNode() {
    assertThat(condor().commandOnNode("", "n1", List.of("x", "/a b/env.img")))
        .containsExactly(
            "condor_run", "-a", "requirements = TARGET.Machine == \"n1\"", "x '/a b/env.img'");
  }

  private HtcondorScheduler condor() {
    return new HtcondorScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of()), this::answer, Duration.ofSeconds(9), told -> {}),
        "alice");
  }

  /** One job, 7, is held. */
  private CommandResult answer(Command command) {
    started.add(command.words());
    return switch (command.program()) {
      case "condor_config_val" -> new CommandResult(0, settings, "");
      case "condor_q" ->
          new CommandResult(
              0, "[{\"ClusterId\": 7, \"ProcId\": 0, \"JobStatus\": 5, \"Owner\": \"alice\"}]", "");
      case "condor_history" -> new CommandResult(0, "[\n]\n", "");
      default -> new CommandResult(0, "", "");
    };
  }
}
