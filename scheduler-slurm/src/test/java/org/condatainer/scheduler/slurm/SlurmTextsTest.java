package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmTextsTest {
  @ParameterizedTest
  @CsvSource({
    "PENDING, Priority, PENDING",
    "PENDING, JobHeldUser, HELD",
    "PENDING, JobHeldAdmin, HELD",
    "PENDING, launch failed requeued held, HELD",
    "CONFIGURING, None, STARTING",
    "RUNNING, None, RUNNING",
    "RESIZING, None, RUNNING",
    "SIGNALING, None, RUNNING",
    "SUSPENDED, None, SUSPENDED",
    "STOPPED, None, SUSPENDED",
    "COMPLETING, None, COMPLETING",
    "STAGE_OUT, None, COMPLETING",
    "REQUEUED, None, REQUEUED",
    "REQUEUE_HOLD, None, HELD",
    "SPECIAL_EXIT, None, HELD",
    "RESV_DEL_HOLD, None, HELD",
    "REVOKED, None, UNKNOWN",
    "CANCELLED+, None, UNKNOWN",
    "SOMETHING_NEW, None, UNKNOWN",
    "'', None, UNKNOWN"
  })
  void livingWords(String word, String reason, Phase phase) {
    assertThat(SlurmStates.state(word, reason, "0:0", Optional.empty()))
        .isInstanceOfSatisfying(
            JobState.Alive.class,
            alive -> {
              assertThat(alive.phase()).isEqualTo(phase);
              assertThat(alive.word()).isEqualTo(word);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, 0:0, SUCCEEDED, 0,",
    "FAILED, 3:0, FAILED, 3,",
    "FAILED, 768, FAILED, 3,",
    "FAILED, 0:9, FAILED,, 9",
    "FAILED, 9, FAILED,, 9",
    "FAILED, 0:53, FAILED,,",
    "CANCELLED by 1001, 0:0, CANCELLED,,",
    "CANCELLED, 0:15, CANCELLED,, 15",
    "TIMEOUT, 0:0, TIMED_OUT,,",
    "DEADLINE, 0:0, TIMED_OUT,,",
    "OUT_OF_MEMORY, 0:125, OUT_OF_MEMORY,,",
    "PREEMPTED, 0:0, PREEMPTED,,",
    "NODE_FAIL, 1:0, NODE_FAILED, 1,",
    "BOOT_FAIL, '', NODE_FAILED,,"
  })
  void finalWords(String word, String status, Outcome outcome, Integer code, Integer signal) {
    assertThat(SlurmStates.state(word, "None", status, Optional.empty()))
        .isInstanceOfSatisfying(
            JobState.Ended.class,
            end -> {
              assertThat(end.outcome()).isEqualTo(outcome);
              assertThat(end.exitCode().isPresent() ? end.exitCode().getAsInt() : null)
                  .isEqualTo(code);
              assertThat(end.signal().isPresent() ? end.signal().getAsInt() : null)
                  .isEqualTo(signal);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "'n1', 'n1'",
    "'n[1-3]', 'n1 n2 n3'",
    "'n[01-02,7],login', 'n01 n02 n7 login'",
    "'r[1-2]c[8-9]x', 'r1c8x r1c9x r2c8x r2c9x'",
    "'(null)', ''",
    "'', ''",
    "'n[', 'n['"
  })
  void listsOfHosts(String list, String names) {
    assertThat(String.join(" ", SlurmTexts.hosts(list))).isEqualTo(names);
  }

  @Test
  void timesAreSecondsOrLocal() {
    assertThat(SlurmTexts.time("1795449821")).contains(Instant.ofEpochSecond(1795449821L));
    assertThat(SlurmTexts.time("2026-11-23T04:31:44")).isPresent();
    for (String none : List.of("N/A", "Unknown", "None", "", "0", "2026-99-99T04:31:44")) {
      assertThat(SlurmTexts.time(none)).as(none).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "84_[3-5%2], 84_4, true", "84_[3-5%2], 84_6, false", "'84_[1,7-9:2]', 84_8, false",
    "'84_[1,7-9:2]', 84_9, true", "'84_[1-3,...]', 84_77, true", "85_[3-5], 84_4, false",
    "84_[3-5], 84, false", "84_3, 84_3, false"
  })
  void tasksInAPattern(String pattern, String task, boolean has) {
    assertThat(SlurmIds.contains(pattern, task)).isEqualTo(has);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-rf", "abc", "12.0", "84_", "84_x", "84_[1-2]", "1,2", "5 6"})
  void whatIsNoId(String text) {
    assertThat(SlurmIds.isId(text)).isFalse();
  }

  @Test
  void aTextWithLineFeedsAndBarsStaysOneColumn() {
    Columns columns = new Columns(List.of("JobArrayID", "Name", "JobID"), "\u001fq");
    assertThat(columns.rows("banner\n1\u001fqa|\n2 RUNNING\u001fq1  \n3\u001fqb\u001fq3\n"))
        .containsExactly(
            Map.of("JobArrayID", "1", "Name", "a|\n2 RUNNING", "JobID", "1"),
            Map.of("JobArrayID", "3", "Name", "b", "JobID", "3"));
    assertThatThrownBy(() -> columns.rows("1\u001fqa"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 1 has no end");
  }

  @ParameterizedTest
  @CsvSource({
    "'123\n', 123, ''",
    "'Welcome to Stampede3\n\n123;lab\nBye 7 times\n', 123, lab",
    "'Submitted batch job 5 on cluster x\n', 5, x"
  })
  void idsAmongBanners(String output, String id, String cluster) {
    assertThat(SlurmSubmit.id(output)).contains(new JobId(id, cluster));
  }

  @Test
  void noIdIsNoId() {
    assertThat(SlurmSubmit.id("Stampede3\njob 3 submitted\n")).isEmpty();
  }

  @Test
  void theCommentIsCutAndTheTagNever() {
    String tag = "t".repeat(900);
    Submission submission =
        new Submission(
            Path.of("/s/job.sh"),
            List.of("-N2"),
            JobRequest.empty().toBuilder().comment("é".repeat(500)).build(),
            Path.of("/w"),
            tag);
    assertThat(SlurmSubmit.comment(submission)).isEqualTo("é".repeat(61) + " " + tag);
    assertThat(SlurmSubmit.isCommentCut(submission)).isTrue();
    assertThat(SlurmSubmit.command(submission).words())
        .startsWith("sbatch", "--parsable", "-N2")
        .endsWith("/s/job.sh");
  }

  @ParameterizedTest
  @CsvSource({"'gpu:tesla:2(S:0-1),gpu:4', tesla", "'gpu:tesla:2(IDX:0,1),lustre:1,gpu:4', tesla"})
  void gpusByModel(String gres, String model) {
    assertThat(SlurmCluster.gpus(gres)).isEqualTo(Map.of(model, 2L, "", 4L));
  }

  @Test
  void srunsOwnFailureIsNotItsCommands() {
    assertThat(SlurmStep.isRefused("srun: error: n2: task 0: Exited with exit code 7\n")).isFalse();
    assertThat(SlurmStep.isRefused("srun: error: Unable to confirm allocation for job 9: x\n"))
        .isTrue();
    assertThat(SlurmStep.isRefused("grep: no such file\n")).isFalse();
  }
}
