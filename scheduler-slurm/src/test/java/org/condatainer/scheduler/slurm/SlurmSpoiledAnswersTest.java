package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.condatainer.job.JobState.Ended;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recorded answers that were cut, mixed up or damaged: an error, or jobs of which none has ended
 * that had not. Separators are those that the adapter asks for. A soak tries more: {@code
 * -Dcondatainer.mutations=100000}.
 */
class SlurmSpoiledAnswersTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings");
  private static final String SEPARATOR = "\u001fqwertyuiopas";
  private static final List<String> ENDINGS =
      List.of("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY");

  /** As squeue's are, by the order of the recording. */
  private static final Columns COLUMNS =
      new Columns(
          List.of(
              "JobArrayID", "JobID", "State", "Reason", "exit_code", "EndTime", "Name", "JobID"),
          SEPARATOR);

  @Test
  void noJobEndsByWhatAnAnswerLostOrGot() {
    List<String> answers = answers();
    Random random = new Random(20_261_124);
    int cases = Integer.getInteger("condatainer.mutations", 5_000);
    int understood = 0;
    for (int i = 0; i < cases; i++) {
      String answer = answers.get(random.nextInt(answers.size()));
      Map<String, String> before = ended(answer);
      String spoiled = spoiled(answer, random);
      try {
        ended(spoiled)
            .forEach(
                (id, word) ->
                    assertThat(before).as("%s in %s", id, spoiled).containsEntry(id, word));
        understood++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("has no end");
      }
    }
    assertThat(understood).isBetween(cases / 3, cases - 1);
  }

  /** The raw id stands last; cut, it would be another job's. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 14, 15})
  void answerThatDoesNotEndWithItsLineIsNone(int less) {
    String answer = row("123", "123", "COMPLETED") + row("124", "124", "COMPLETED");

    assertThatThrownBy(() -> COLUMNS.rows(answer.substring(0, answer.length() - less)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowThatRunsIntoTheNextIsAnError() {
    String answer =
        row("123", "123", "COMPLETED").replaceFirst(SEPARATOR, "qwerty") + row("1", "1", "RUNNING");

    assertThatThrownBy(() -> COLUMNS.rows(answer)).hasMessage("row 1 has no end");
  }

  private static Map<String, String> ended(String answer) {
    Map<String, String> ended = new TreeMap<>();
    for (Map<String, String> row : COLUMNS.rows(answer)) {
      SlurmJob job = SlurmJob.of(row);
      if (job.state() instanceof Ended && job.id().matches("\\d+([_+]\\d+)?")) {
        ended.put(job.id(), job.word());
      }
    }
    return ended;
  }

  private static String spoiled(String answer, Random random) {
    int at = random.nextInt(answer.length());
    List<String> lines = new ArrayList<>(Arrays.asList(answer.split("(?<=\n)")));
    return switch (random.nextInt(7)) {
      case 0 -> answer.substring(0, at);
      case 1 -> answer.substring(0, at) + "BOGUS" + answer.substring(at);
      case 2 -> {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        yield new String(bytes, StandardCharsets.UTF_8);
      }
      case 3 -> {
        Collections.shuffle(lines, random);
        yield String.join("", lines);
      }
      case 4 -> {
        String words = answer;
        for (String word : ENDINGS) {
          words = words.replace(word, "TERMIN\u00c9");
        }
        yield words;
      }
      case 5 -> {
        lines.replaceAll(line -> swapped(line, random.nextInt(7)));
        yield String.join("", lines);
      }
      default -> answer.substring(0, at) + answer.substring(Math.min(at + 20, answer.length()));
    };
  }

  /** The row with its state in another column's place. */
  private static String swapped(String line, int column) {
    List<String> values = new ArrayList<>(List.of(line.split(SEPARATOR, -1)));
    Collections.swap(values, 2, column);
    return String.join(SEPARATOR, values);
  }

  private static String row(String id, String raw, String state) {
    return String.join(SEPARATOR, id, raw, state, "None", "0", "N/A", "a name", raw) + "\n";
  }

  /** Every recorded answer of squeue and sacct with states, with our columns. */
  private static List<String> answers() {
    List<String> answers = new ArrayList<>();
    for (String version : List.of("22.05", "24.11")) {
      Recording recording =
          Recording.read(FOLDER.resolve("slurm-" + version).resolve("squeue-O-all.txt"));
      StringBuilder answer = new StringBuilder();
      Columns columns = new Columns(names(recording.command()), "|");
      for (Map<String, String> row : columns.rows(SlurmRecordingsTest.answer(recording, columns))) {
        answer.append(String.join(SEPARATOR, values(row))).append("\n");
      }
      answers.add(answer.toString());
    }
    return answers;
  }

  private static List<String> values(Map<String, String> row) {
    List<String> values = new ArrayList<>();
    for (String name : COLUMNS.names()) {
      values.add(row.getOrDefault(name, "").strip());
    }
    return values;
  }

  private static List<String> names(String command) {
    int start = command.indexOf("-O '") + 4;
    String format = command.substring(start, command.indexOf('\'', start));
    return List.of(format.replace(":|", "").split(",", -1));
  }
}
