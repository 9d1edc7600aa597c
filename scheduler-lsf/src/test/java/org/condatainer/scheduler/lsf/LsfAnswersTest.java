package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobState.Ended;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/** What holds of every recorded answer, and of answers that were cut off. */
class LsfAnswersTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");
  private static final Instant NOW = LocalDateTime.of(2026, 11, 23, 6, 0).toInstant(ZoneOffset.UTC);

  @Test
  void everySubmitThatSucceededHasAnIdAndNoOtherHas() {
    int seen = 0;
    for (Recording recording : Recording.all(FOLDER)) {
      if (recording.stdout().contains("> is submitted to")
          || recording.stderr().contains("not submitted")) {
        assertThat(LsfSubmit.id(recording.stdout()).isPresent())
            .as(recording.name())
            .isEqualTo(!recording.stderr().contains("not submitted"));
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(60);
    assertThat(
            LsfSubmit.id(Recording.read(FOLDER.resolve("submit-ok-queue.txt")).stdout())
                .orElseThrow()
                .value())
        .isEqualTo("4");
  }

  @Test
  void noRecordedJobIsEndedWithoutAWordThatSaysSo() {
    int jobs = 0;
    for (Recording recording : Recording.all(FOLDER)) {
      for (LsfJob job : all(recording.stdout())) {
        jobs++;
        assertThat(LsfIds.isId(job.id())).as(recording.name()).isTrue();
        assertThat(job.owner().orElse("cntuser")).as(recording.name()).isEqualTo("cntuser");
        if (job.state() instanceof Ended) {
          assertThat(recording.stdout())
              .as(recording.name())
              .containsPattern("\"(DONE|EXIT)\"|Status <(DONE|EXIT)>|Exited|Done successfully");
        }
      }
    }
    assertThat(jobs).isGreaterThan(300);
  }

  /** Whatever an answer loses at its end, it is not taken for one that has fewer jobs. */
  @Test
  void answerThatIsCutOffIsNoAnswer() {
    int answers = 0;
    for (Recording recording : Recording.all(FOLDER)) {
      String text = recording.stdout();
      if (!recording.command().matches("bjobs.* -UF .*|bhist -l .*") || !text.contains("Job <")) {
        continue;
      }
      answers++;
      assertThat(JobHistory.isWhole(text)).as(recording.name()).isTrue();
      int jobs = JobHistory.jobs(text, NOW).size();
      for (int end = 0; end < text.length(); end += 7) {
        String cut = text.substring(0, end);
        if (JobHistory.isWhole(cut) && cut.contains("Job <")) {
          assertThat(JobHistory.jobs(cut, NOW))
              .as("%s, cut off at %s", recording.name(), end)
              .isEqualTo(JobHistory.jobs(text, NOW).subList(0, JobHistory.jobs(cut, NOW).size()));
          assertThat(jobs > 1 || cut.length() > text.length() / 3).isTrue();
        }
      }
    }
    assertThat(answers).isGreaterThan(100);
  }

  private static List<LsfJob> all(String text) {
    List<LsfJob> jobs = new ArrayList<>(JobHistory.jobs(text, NOW));
    if (text.startsWith("{")) {
      try {
        jobs.addAll(LsfJob.ofJson(text, NOW));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
    return jobs;
  }
}
