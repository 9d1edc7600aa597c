package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Alive;
import org.condatainer.job.JobState.Ended;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/**
 * Recorded answers that were cut, mixed up, damaged or in another language: an error of one type,
 * or jobs of which none has ended that had not, each looked at by itself. A soak tries more: {@code
 * -Dcondatainer.mutations=100000}.
 */
class LsfSpoiledAnswersTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");
  private static final Instant NOW = LocalDateTime.of(2026, 11, 23, 6, 0).toInstant(ZoneOffset.UTC);

  @Test
  void noJobEndsByWhatAnAnswerLostOrGot() {
    List<String> answers = answers();
    Random random = new Random(20_261_128);
    int cases = Integer.getInteger("condatainer.mutations", 5_000);
    int understood = 0;
    int ends = 0;
    for (int i = 0; i < cases; i++) {
      String answer = answers.get(random.nextInt(answers.size()));
      List<LsfJob> before = jobs(answer);
      Map<String, String> ended = ended(before);
      String spoiled = spoiled(answer, random);
      try {
        List<LsfJob> after = jobs(spoiled);
        for (LsfJob job : before) {
          String word = ended(after).get(job.id());
          if (word != null) {
            assertThat(ended).as("%s in%n%s", job.id(), spoiled).containsEntry(job.id(), word);
            ends++;
          }
        }
        if (answer.startsWith("{")) {
          wholesHaveNotEnded(before, after, spoiled);
        }
        understood++;
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
    assertThat(understood).isBetween(cases / 3, cases - 1);
    assertThat(ends).as("ends that were seen").isGreaterThan(cases / 10);
  }

  /** Without this, what a second job did would be the first one's. */
  @Test
  void jobWhoseHeadIsLostIsNoPartOfTheJobBefore() {
    String answer =
        """

        Job <1>, Job Name <a>, User <u>, Project <default>, Command <x>
        Mon Nov 23 05:00:00: Submitted from host <h>, to Queue <q>, CWD <$HOME>;
        ------------------------------------------------------------------------------

        Job <2>, Job Name <b>, User <u>, Project <default>, Command <x>
        Mon Nov 23 05:00:00: Submitted from host <h>, to Queue <q>, CWD <$HOME>;
        Mon Nov 23 05:01:00: Done successfully. The CPU time used is 0.0 seconds;
        """;
    assertThat(JobHistory.jobs(answer.replace("Job <2>", "Job 2>"), NOW))
        .singleElement()
        .extracting(LsfJob::state)
        .isEqualTo(new Alive(Phase.UNKNOWN, "no end is recorded", ""));
  }

  @Test
  void recordsThatRanIntoEachOtherAreAnError() {
    String answer =
        "{\"JOBS\":1,\"RECORDS\":[{\"JOBID\":\"1\",\"STAT\":\"RUN\",\"JOBID\":\"2\",\"STAT\":\"DONE\"}]}";

    assertThatThrownBy(() -> LsfJob.ofJson(answer, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
  }

  private static List<String> answers() {
    List<String> answers = new ArrayList<>();
    for (Recording recording : Recording.all(FOLDER)) {
      String text = recording.stdout();
      boolean asked = text.startsWith("{") && text.contains("JOB_NAME");
      if (asked || text.startsWith("\nJob <") || text.startsWith("Job <")) {
        answers.add(text);
      }
    }
    return answers;
  }

  /** An answer of bjobs -json announces its length, so none of an array's elements is lost. */
  private static void wholesHaveNotEnded(List<LsfJob> before, List<LsfJob> after, String spoiled) {
    for (LsfJob job : before) {
      JobId whole = JobId.of(LsfIds.base(job.id()));
      if (state(before, whole) instanceof Alive) {
        assertThat(state(after, whole)).as("%s in%n%s", whole, spoiled).isInstanceOf(Alive.class);
      }
    }
  }

  private static JobState state(List<LsfJob> jobs, JobId id) {
    return new LsfAnswers(jobs)
        .find(id, "")
        .map(JobSnapshot::state)
        .orElse(new Alive(Phase.UNKNOWN, "not there", ""));
  }

  private static List<LsfJob> jobs(String answer) {
    return answer.startsWith("{") ? LsfJob.ofJson(answer, NOW) : JobHistory.jobs(answer, NOW);
  }

  /** The word of each job that has ended, by its id. */
  private static Map<String, String> ended(List<LsfJob> jobs) {
    Map<String, String> ended = new TreeMap<>();
    for (LsfJob job : jobs) {
      assertThat(LsfIds.isId(job.id())).as(job.id()).isTrue();
      if (job.state() instanceof Ended end) {
        ended.put(job.id(), end.word());
      }
    }
    return ended;
  }

  private static String spoiled(String answer, Random random) {
    int at = random.nextInt(answer.length());
    List<String> lines = new ArrayList<>(Arrays.asList(answer.split("(?<=\n)", -1)));
    int line = random.nextInt(lines.size());
    return switch (random.nextInt(9)) {
      case 0 -> answer.substring(0, at);
      case 1 -> answer.substring(0, at) + "B\uFFFDG\u0000S" + answer.substring(at);
      case 2 -> {
        byte[] bytes = answer.getBytes(UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        yield new String(bytes, UTF_8);
      }
      case 3 -> {
        lines.remove(line);
        yield String.join("", lines);
      }
      case 4 -> {
        lines.add(line, lines.get(line));
        yield String.join("", lines);
      }
      case 5 ->
          answer
              .replace("DONE", "FERTIG")
              .replace("EXIT", "BEENDET")
              .replace("Exited", "Beendet")
              .replace("Done successfully", "Erfolgreich beendet");
      case 6 -> answer.replace("RUN", "LAUF").replace("PEND", "WARTE").replace("Nov", "nov.");
      case 7 -> reordered(answer, random);
      default -> answer.substring(0, at) + answer.substring(Math.min(at + 20, answer.length()));
    };
  }

  /** Jobs in another order; of JSON, the fields of a record too. */
  private static String reordered(String answer, Random random) {
    if (!answer.startsWith("{")) {
      List<String> jobs = new ArrayList<>(Arrays.asList(answer.split("(?=\nJob <)", -1)));
      Collections.shuffle(jobs, random);
      return String.join("", jobs);
    }
    int open = answer.indexOf("[{");
    int close = answer.lastIndexOf("}]");
    if (open < 0 || close < open) {
      return answer;
    }
    List<String> records =
        new ArrayList<>(Arrays.asList(answer.substring(open + 2, close).split("\\}, \\{", -1)));
    records.replaceAll(
        record -> {
          List<String> fields = new ArrayList<>(Arrays.asList(record.split(",(?=\n)", -1)));
          Collections.shuffle(fields, random);
          return String.join(",", fields);
        });
    Collections.shuffle(records, random);
    return answer.substring(0, open + 2) + String.join("}, {", records) + answer.substring(close);
  }
}
