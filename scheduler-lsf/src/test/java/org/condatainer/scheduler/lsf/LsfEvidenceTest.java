package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing but LSF's own word makes an end: what one job is said to be, on a simulated volclava. */
class LsfEvidenceTest {
  @TempDir private Path folder;

  private SimulatedLaboratory laboratory;
  private Scheduler lsf;
  private JobId job;

  @BeforeEach
  void open() throws IOException {
    laboratory =
        SimulatedLaboratory.lsf(
            new LsfProvider(), Files.createDirectory(folder.resolve("laboratory")));
    lsf =
        laboratory
            .provider()
            .open(
                new SchedulerContext(
                    new HostEnvironment(laboratory.variables()),
                    laboratory.runner(laboratory.variables()),
                    Duration.ofSeconds(4),
                    line -> {}));
    job = submit("sleep 300");
    await(job, Phase.RUNNING);
  }

  @AfterEach
  void close() throws IOException {
    laboratory.close();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "RUN, RUNNING",
    "USUSP, SUSPENDED",
    "SSUSP, SUSPENDED",
    "PSUSP, HELD",
    "PEND, PENDING",
    "WAIT, PENDING",
    "PROV, STARTING",
    "UNKWN, UNKNOWN",
    "ZOMBI, UNKNOWN",
    "EXODUS, UNKNOWN",
    "DONE_WITH_IT, UNKNOWN",
  })
  void wordThatIsNoEndIsAlive(String word, Phase phase) {
    laboratory.show(job, word);
    assertThat(state(job))
        .isInstanceOfSatisfying(
            JobState.Alive.class,
            alive -> {
              assertThat(alive.phase()).isEqualTo(phase);
              assertThat(alive.word()).isEqualTo(word);
            });
    assertThat(lsf.live(JobFilter.all())).extracting(JobSnapshot::id).contains(job);
  }

  @Test
  void jobWhoseHostComesBackGoesOnAndEndsByItsOwnWord() {
    for (String word : List.of("UNKWN", "RUN", "USUSP", "UNKWN", "ZOMBI")) {
      laboratory.show(job, word);
      assertThat(state(job)).as(word).isInstanceOf(JobState.Alive.class);
    }
    laboratory.mend();
    lsf.hold(Set.of(job));
    await(job, Phase.SUSPENDED);
    lsf.release(Set.of(job));
    await(job, Phase.RUNNING);
    lsf.cancel(Set.of(job));
    JobState.Ended end = (JobState.Ended) awaitEnd(job);
    assertThat(end.outcome()).isEqualTo(JobState.Outcome.CANCELLED);
    assertThat(end.word()).isEqualTo("EXIT");
  }

  @Test
  void jobThatBjobsForgotLivesWhileItsHistoryHasNoEnd() {
    laboratory.make(Fault.FORGOTTEN, job);
    JobSnapshot snapshot = lsf.query(Set.of(job)).get(job);
    assertThat(snapshot.source()).isEqualTo("bhist");
    assertThat(snapshot.state())
        .isInstanceOfSatisfying(
            JobState.Alive.class, alive -> assertThat(alive.phase()).isEqualTo(Phase.UNKNOWN));
  }

  @Test
  void jobKilledWhileItsHostIsSilentMayStillRunThere() {
    laboratory.show(job, "UNKWN");
    lsf.cancel(Set.of(job));
    assertThat(outcome(job)).isEqualTo(JobState.Outcome.NODE_FAILED);
    assertThat(lsf.live(JobFilter.all())).isEmpty();

    laboratory.make(Fault.HISTORY_STOPPED);
    assertThat(outcome(job)).as("by bjobs alone").isEqualTo(JobState.Outcome.NODE_FAILED);
    laboratory.make(Fault.FORGOTTEN, job);
    assertThat(state(job)).isInstanceOf(JobState.Absent.class);
  }

  private JobState.Outcome outcome(JobId id) {
    assertThat(state(id)).isInstanceOf(JobState.Ended.class);
    return ((JobState.Ended) state(id)).outcome();
  }

  @Test
  void jobThatNobodyCanTellOfIsNotEnded() {
    laboratory.make(Fault.FORGOTTEN, job);
    laboratory.make(Fault.HISTORY_STOPPED);
    assertThat(state(job))
        .isInstanceOfSatisfying(
            JobState.Absent.class,
            absent -> assertThat(absent.where()).contains("bhist could not be asked"));
    assertThat(lsf.query(Set.of(job)).get(job).source()).isEqualTo("bjobs");
    for (Fault fault : List.of(Fault.GARBAGE, Fault.BUSY, Fault.STOPPED, Fault.HANGING)) {
      laboratory.mend();
      laboratory.make(fault);
      assertThat(state(job)).as(fault.toString()).isNotInstanceOf(JobState.Ended.class);
    }
  }

  @Test
  void halfAHistoryIsNoEndAndNoAbsence() {
    JobId failed = submit("exit 3");
    awaitEnd(failed);
    laboratory.make(Fault.FORGOTTEN, failed);
    laboratory.make(Fault.GARBAGE);
    assertThat(state(failed)).isInstanceOf(JobState.Unavailable.class);
    laboratory.mend();
    assertThat(state(failed))
        .isInstanceOfSatisfying(
            JobState.Ended.class, end -> assertThat(end.exitCode()).hasValue(3));
  }

  private JobId submit(String command) {
    Path script = folder.resolve("job.sh");
    try {
      Files.writeString(script, "#!/bin/sh\n#BSUB -o /dev/null\n" + command + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lsf.submit(
        new Submission(script, List.of(), JobRequest.empty(), folder, "cnt:" + command.length()));
  }

  private JobState state(JobId id) {
    return lsf.query(Set.of(id)).get(id).state();
  }

  private void await(JobId id, Phase phase) {
    await(id, state -> state instanceof JobState.Alive alive && alive.phase() == phase);
  }

  private JobState awaitEnd(JobId id) {
    return await(id, state -> state instanceof JobState.Ended);
  }

  private JobState await(JobId id, Predicate<JobState> condition) {
    for (int look = 0; look < 300; look++) {
      JobState state = state(id);
      if (condition.test(state)) {
        return state;
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    throw new AssertionError("still " + state(id));
  }
}
