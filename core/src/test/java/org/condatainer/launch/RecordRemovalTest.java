package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which records of submitted runs are removed, and what of them. */
final class RecordRemovalTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String OLD = "20261101-100000-abc";
  private static final Instant PLANNED = Instant.parse("2026-11-01T10:00:00Z");
  private static final JobId JOB = JobId.of("7");

  @TempDir private Path runs;
  private final Map<JobId, JobSnapshot> said = new HashMap<>();
  private final List<Set<JobId>> asked = new ArrayList<>();
  private Set<Capability> capabilities = Set.of(Capability.HISTORY);
  private boolean down;
  private final Scheduler scheduler = new Answering();

  /** A scheduler that says what is in the fields. */
  private final class Answering implements Scheduler {
    @Override
    public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
      asked.add(ids);
      return said;
    }

    @Override
    public Set<Capability> capabilities() {
      return capabilities;
    }

    @Override
    public ClusterInfo cluster() {
      if (down) {
        throw new SchedulerException(new Failure(Failure.Kind.UNAVAILABLE, "down", "", ""));
      }
      return RecordRemovalTest.cluster("alpha");
    }

    @Override
    public JobId submit(Submission submission) {
      throw new AssertionError("not wanted");
    }

    @Override
    public List<JobSnapshot> live(JobFilter filter) {
      throw new AssertionError("not wanted");
    }

    @Override
    public void cancel(Set<JobId> ids) {
      throw new AssertionError("not wanted");
    }

    @Override
    public String displayName() {
      return "Slurm";
    }
  }

  private static ClusterInfo cluster(String name) {
    return new ClusterInfo(
        name,
        "1",
        List.of(),
        List.of(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        true,
        OptionalLong.empty());
  }

  private Path record(String runId, String job, String clusterName) throws IOException {
    RunRecord record = RunRecord.create(runs, runId);
    record.writeScript(
        "my job.sh",
        ("#!/bin/bash\n#SBATCH -n 1\n\n# Run " + runId + " of condatainer: runs\n")
            .getBytes(StandardCharsets.UTF_8));
    record.write(RunRecord.SCRIPTS + "/.condatainer.sub", "queue\n");
    record.write(ArrayInputs.FILE, "a\n");
    record.write(Ranks.FILE, "true\n");
    Path description =
        record.write(
            RunRecord.DESCRIPTION,
            """
            {"clusterName" : "%s", "jobId" : "%s", "runId" : "%s", "scheduler" : "slurm",
             "translation" : [ { "jobId" : "no", "scheduler" : "pbs" } ] }
            """
                .formatted(clusterName, job, runId));
    Files.setLastModifiedTime(description, FileTime.from(PLANNED));
    return record.folder();
  }

  private int removed() {
    List<SubmittedRun> runsToAsk = new OldRecords(runs, NOW).toAskFor();
    assertThat(runsToAsk).allSatisfy(run -> assertThat(run.scheduler()).isEqualTo("slurm"));
    return new RecordRemoval(runs, "scientist", NOW).remove(runsToAsk, scheduler);
  }

  private void says(JobState state, String source, Optional<Instant> submitted, String tag) {
    says(state, source, "scientist", submitted, tag);
  }

  private void says(
      JobState state, String source, String owner, Optional<Instant> submitted, String tag) {
    said.put(
        JOB,
        new JobSnapshot(
            JOB,
            state,
            source,
            Optional.empty(),
            Optional.of(owner),
            Optional.empty(),
            List.of(),
            submitted,
            Optional.empty(),
            Optional.of(tag).filter(text -> !text.isEmpty())));
  }

  private static JobState ended(Duration ago) {
    return new JobState.Ended(
        Outcome.SUCCEEDED,
        "COMPLETED",
        OptionalInt.of(0),
        OptionalInt.empty(),
        Optional.of(NOW.minus(ago)));
  }

  @Test
  void recordOfAJobThatEndedLongAgoIsRemovedWithAllThatWasWrittenForIt() throws IOException {
    Path record = record(OLD, "7", "");
    says(ended(Duration.ofDays(20)), "sacct", Optional.of(PLANNED.plusSeconds(2)), "");

    assertThat(removed()).isEqualTo(1);
    assertThat(record).doesNotExist();
  }

  @Test
  void tagTellsTheRunWhateverItsTimeIs() throws IOException {
    Path record = record(OLD, "7", "");
    says(ended(Duration.ofDays(20)), "sacct", Optional.of(NOW), "mine cnt:" + OLD + ";x");
    assertThat(removed()).isEqualTo(1);
    assertThat(record).doesNotExist();
  }

  @Test
  void recordOfAJobThatMayLiveOrEndedLatelyOrIsAnotherStays() throws IOException {
    Path record = record(OLD, "7", "alpha");
    Optional<Instant> then = Optional.of(PLANNED);
    List<Runnable> words = new ArrayList<>();
    for (JobState.Phase phase : JobState.Phase.values()) {
      words.add(() -> says(new JobState.Alive(phase, "X", ""), "squeue", then, ""));
    }
    words.add(() -> says(new JobState.Unavailable("down"), "squeue", Optional.empty(), ""));
    words.add(() -> says(ended(Duration.ofDays(6)), "sacct", then, ""));
    words.add(() -> says(ended(Duration.ofDays(20)), "sacct", "other", then, ""));
    words.add(() -> says(ended(Duration.ofDays(20)), "sacct", Optional.empty(), ""));
    words.add(() -> says(ended(Duration.ofDays(20)), "sacct", Optional.of(NOW), ""));
    words.add(() -> says(ended(Duration.ofDays(20)), "sacct", then, "cnt:20261101-100000-x"));
    words.add(() -> says(new JobState.Absent("squeue"), "squeue", Optional.empty(), ""));
    words.add(said::clear);
    for (Runnable word : words) {
      word.run();
      Files.setLastModifiedTime(record.resolve(RunRecord.DESCRIPTION), FileTime.from(PLANNED));
      assertThat(removed()).as("%s", said).isZero();
      assertThat(record.resolve("job/my job.sh")).as("%s", said).exists();
    }
  }

  @Test
  void jobThatQueueAndHistoryOfItsClusterHaveForgottenIsRemoved() throws IOException {
    Path record = record(OLD, "7", "alpha");
    says(new JobState.Absent("squeue and sacct"), "squeue, sacct", Optional.empty(), "");
    assertThat(removed()).isEqualTo(1);
    assertThat(record).doesNotExist();
  }

  @Test
  void forgottenJobOfAnotherOrAnUnknownClusterOrWithoutHistoryStays() throws IOException {
    says(new JobState.Absent("squeue and sacct"), "squeue, sacct", Optional.empty(), "");
    Path unknown = record(OLD, "7", "");
    Path other = record("20261101-100000-abd", "7", "beta");
    assertThat(removed()).isZero();

    Path alpha = record("20261101-100000-abe", "7", "alpha");
    capabilities = Set.of();
    assertThat(removed()).isZero();
    Files.setLastModifiedTime(alpha.resolve(RunRecord.DESCRIPTION), FileTime.from(PLANNED));
    capabilities = Set.of(Capability.HISTORY);
    down = true;
    assertThat(removed()).isZero();
    assertThat(List.of(unknown, other, alpha)).allSatisfy(one -> assertThat(one).isDirectory());
  }

  @Test
  void allAreAskedForAtOnceAndWhoseEndIsNotProvedOnlyOnceAWeek() throws IOException {
    record(OLD, "7", "");
    record("20261102-100000-abc", "8", "");
    says(new JobState.Absent("squeue"), "squeue", Optional.empty(), "");
    said.put(JobId.of("8"), JobSnapshot.of(JobId.of("8"), new JobState.Absent("squeue"), "squeue"));

    removed();
    assertThat(asked).containsExactly(Set.of(JOB, JobId.of("8")));
    assertThat(new OldRecords(runs, NOW).toAskFor()).isEmpty();
    assertThat(new OldRecords(runs, NOW.plus(Duration.ofDays(8))).toAskFor()).hasSize(2);
  }

  @Test
  void youngRecordsOtherFoldersAndLinksAreNotLookedAt() throws IOException {
    record("20261125-100000-abc", "7", "");
    record("here", "7", "");
    Path elsewhere = record("20261101-100000-x", "7", "");
    Path outside = Files.move(elsewhere, runs.resolve("outside"));
    Files.createSymbolicLink(runs.resolve("20261101-100000-x"), outside);
    Path linked = record("20261101-100000-y", "7", "");
    Files.move(linked.resolve(RunRecord.DESCRIPTION), runs.resolve("description"));
    Files.createSymbolicLink(linked.resolve(RunRecord.DESCRIPTION), runs.resolve("description"));
    Files.createDirectory(runs.resolve("20261101-100000-z"));

    assertThat(new OldRecords(runs, NOW).toAskFor()).isEmpty();
  }

  @Test
  void whatSomebodyElsePutThereStaysAndLinksAreNotFollowed() throws IOException {
    Path record = record(OLD, "7", "");
    Path victim = Files.writeString(runs.resolve("victim"), "precious");
    Files.delete(record.resolve(ArrayInputs.FILE));
    Files.createSymbolicLink(record.resolve(ArrayInputs.FILE), victim);
    Path output = Files.writeString(record.resolve("job/result.txt"), "precious");
    Files.createSymbolicLink(record.resolve("job/.condatainer.log"), victim);
    says(ended(Duration.ofDays(20)), "sacct", Optional.of(PLANNED), "");

    assertThat(removed()).isZero();
    assertThat(victim).hasContent("precious");
    assertThat(output).hasContent("precious");
    assertThat(record.resolve("job/my job.sh")).doesNotExist();
    assertThat(record.resolve(RunRecord.DESCRIPTION)).doesNotExist();
  }

  @Test
  void folderOfScriptsThatIsALinkIsNotEntered() throws IOException {
    Path record = record(OLD, "7", "");
    Path moved = Files.move(record.resolve("job"), runs.resolve("moved"));
    Files.createSymbolicLink(record.resolve("job"), moved);
    says(ended(Duration.ofDays(20)), "sacct", Optional.of(PLANNED), "");

    assertThat(removed()).isZero();
    assertThat(moved.resolve("my job.sh")).exists();
  }

  @Test
  void recordOfAnotherUserIsNotTouched() throws IOException {
    Path record = record(OLD, "7", "");
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a folder away");
    Files.setAttribute(record, "unix:uid", 12_345);
    says(ended(Duration.ofDays(20)), "sacct", Optional.of(PLANNED), "");

    assertThat(removed()).isZero();
    assertThat(record.resolve(RunRecord.DESCRIPTION)).exists();
  }
}
