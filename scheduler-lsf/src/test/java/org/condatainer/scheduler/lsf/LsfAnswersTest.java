package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.condatainer.job.JobState.Alive;
import org.condatainer.job.JobState.Ended;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/** What holds of every recorded answer, and of answers that were spoiled. */
class LsfAnswersTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");
  private static final Instant NOW =
      LocalDateTime.of(2026, 11, 23, 6, 0).atZone(ZoneId.systemDefault()).toInstant();

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

  /** Every answer that is not understood is an error of one type, or jobs; no end is made up. */
  @Test
  void spoiledAnswersAreNeverAnEndThatWasNotThere() {
    List<Recording> recordings = Recording.all(FOLDER);
    Random random = new Random(20_261_123);
    int cases = 0;
    while (cases < 5_000) {
      String text = recordings.get(random.nextInt(recordings.size())).stdout();
      if (text.isEmpty()) {
        continue;
      }
      cases++;
      String spoiled = spoiled(text, random);
      boolean mayEnd = spoiled.matches("(?s).*(DONE|EXIT|Exited|Done successfully|<exit>).*");
      for (LsfJob job : all(spoiled)) {
        assertThat(LsfIds.isId(job.id())).isTrue();
        if (!mayEnd) {
          assertThat(job.state()).isInstanceOf(Alive.class);
        }
      }
    }
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

  private static String spoiled(String text, Random random) {
    int at = random.nextInt(text.length());
    return switch (random.nextInt(6)) {
      case 0 -> text.substring(0, at);
      case 1 -> text.substring(at);
      case 2 -> text.replace("DONE", "DON3").replace("EXIT", "EXODUS").replace("Exited", "Left");
      case 3 -> text.substring(0, at) + "\uFFFD\u0000" + text.substring(at);
      case 4 -> {
        String[] lines = text.split("\n", -1);
        List<String> mixed = new ArrayList<>(List.of(lines));
        Collections.shuffle(mixed, random);
        yield String.join("\n", mixed);
      }
      default -> text.replace("RUN", "LAUF").replace("PEND", "WARTE").replace("Nov", "Noe");
    };
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
