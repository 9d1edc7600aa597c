package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobState;
import org.condatainer.lock.Answer;
import org.condatainer.lock.Evidence;
import org.condatainer.lock.EvidenceGathering;
import org.condatainer.lock.HolderJob;
import org.condatainer.lock.ImageLock;
import org.condatainer.lock.Lease;
import org.condatainer.lock.LeaseFile;
import org.condatainer.lock.Rule;
import org.condatainer.lock.SchedulerInquiry;
import org.condatainer.lock.SharedLocks;
import org.condatainer.lock.Verdict;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.lsf.LsfProvider;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the word of LSF on the job of a lease is worth, while another machine has the image's lock:
 * the adapter and the judgement together, on a simulated volclava.
 */
final class LocksOnLsfTest {
  @TempDir private Path folder;
  private SimulatedLaboratory laboratory;
  private Scheduler lsf;
  private JobId job;
  private Path image;

  @BeforeEach
  void aJobThatHoldsAnImage() throws IOException {
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
                    Duration.ofSeconds(3),
                    line -> {}));
    image = Files.write(folder.resolve("env.img"), new byte[4096]);
    job = submit("sleep 300");
    lease(job);
    Installed.await("it runs", () -> verdict().proof().toString().contains("(RUN)"));
  }

  @AfterEach
  void close() throws IOException {
    laboratory.close();
  }

  @Test
  void everyWordThatIsNoEndHolds() {
    String[] words = {
      "RUN", "USUSP", "SSUSP", "PSUSP", "PEND", "WAIT", "PROV", "UNKWN", "ZOMBI", "NEW"
    };
    for (String word : words) {
      laboratory.show(job, word);

      expect(Verdict.State.IN_USE, Rule.JOB_NOT_ENDED, "(" + word + ")");
    }
  }

  @Test
  void endInOrderProves() {
    JobId done = submit("true");
    JobId failed = submit("exit 3");
    lsf.cancel(Set.of(job));
    for (JobId ended : List.of(done, failed, job)) {
      lease(ended);
      Installed.await(ended + " ends", () -> state(ended) instanceof JobState.Ended);

      expect(Verdict.State.STALE, Rule.JOB_ENDED, ended.equals(done) ? "(DONE" : "(EXIT");

      laboratory.make(Fault.FORGOTTEN, ended);
      expect(Verdict.State.STALE, Rule.JOB_ENDED, "lsf job " + ended);
    }
  }

  @Test
  void killWhileTheHostIsSilentProvesNothing() {
    laboratory.show(job, "UNKWN");
    lsf.cancel(Set.of(job));

    expect(Verdict.State.UNKNOWN, Rule.NODE_LOST, "(EXIT");
    laboratory.make(Fault.HISTORY_STOPPED);
    expect(Verdict.State.UNKNOWN, Rule.NODE_LOST, "(EXIT");
  }

  @Test
  void runningJobThatBjobsForgotHolds() {
    laboratory.make(Fault.FORGOTTEN, job);

    expect(Verdict.State.IN_USE, Rule.JOB_NOT_ENDED, "no end is recorded");
  }

  @Test
  void jobThatNobodyKnowsIsAbsentOnlyWhereTheHistoryWasAsked() {
    lease(laboratory.unknownJob(1));

    expect(Verdict.State.STALE, Rule.JOB_ABSENT, "bjobs and bhist");
    laboratory.make(Fault.HISTORY_STOPPED);
    expect(Verdict.State.UNKNOWN, Rule.ABSENT_UNPROVEN, "bhist could not be asked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"STOPPED", "HANGING", "BUSY", "GARBAGE"})
  void serverThatDoesNotAnswerProvesNothing(Fault fault) {
    lsf.cancel(Set.of(job));
    Installed.await("it ends", () -> state(job) instanceof JobState.Ended);
    laboratory.make(fault);

    expect(Verdict.State.UNKNOWN, Rule.NOT_AVAILABLE, "lsf job " + job);
  }

  @Test
  void jobOfAnotherUserOrTimeIsNotTheLeases() {
    lsf.cancel(Set.of(job));
    Installed.await("it ends", () -> state(job) instanceof JobState.Ended);
    lease(job, Instant.now().plus(Duration.ofHours(2)));
    expect(Verdict.State.UNKNOWN, Rule.OTHER_JOB, "lsf job " + job);

    lease(job);
    laboratory.make(Fault.OF_ANOTHER_USER, job);
    expect(Verdict.State.UNKNOWN, Rule.OTHER_JOB, "lsf job " + job);
  }

  private void expect(Verdict.State state, Rule rule, String detail) {
    Verdict verdict = verdict();
    assertThat(verdict.state()).as(verdict.toString()).isEqualTo(state);
    assertThat(verdict.proof())
        .as(verdict.toString())
        .anyMatch(fired -> fired.rule() == rule && fired.detail().contains(detail));
  }

  /** As it is seen from a machine that does not have the lock. */
  private Verdict verdict() {
    Evidence seen =
        new EvidenceGathering(
                new SchedulerInquiry(Map.of("lsf", lsf)),
                Optional.empty(),
                SharedLocks.NONE,
                EvidenceGathering.DEFAULT_LIMIT)
            .of(List.of(image))
            .get(0);
    ImageLock elsewhere =
        new ImageLock(ImageLock.State.HELD_FOR_WRITING, ImageLock.Place.ELSEWHERE, "");
    return Verdict.of(
        new Evidence(
            image,
            seen.asker(),
            new Answer.Said<>(elsewhere),
            seen.host(),
            seen.lease(),
            seen.file(),
            seen.job(),
            seen.tagged(),
            seen.node(),
            seen.tracking(),
            seen.there()));
  }

  private JobState state(JobId id) {
    return lsf.query(Set.of(id)).get(id).state();
  }

  private JobId submit(String command) {
    try {
      Path script = folder.resolve("job.sh");
      Files.writeString(script, "#!/bin/sh\n#BSUB -o /dev/null\n" + command + "\n");
      return lsf.submit(
          new Submission(script, List.of(), JobRequest.empty(), folder, "cnt:" + command));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void lease(JobId id) {
    lease(id, Instant.now());
  }

  private void lease(JobId id, Instant since) {
    try {
      Files.deleteIfExists(LeaseFile.of(image));
      LeaseFile.write(
          image,
          new Lease(
              System.getProperty("user.name"),
              "n77",
              "m77",
              "b77",
              "pid:[77]",
              42,
              99,
              Optional.of(new HolderJob("lsf", id)),
              "run",
              since,
              OptionalInt.empty(),
              Optional.empty()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
