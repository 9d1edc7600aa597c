package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Ended;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/**
 * Recorded answers, as they are and damaged: an error, or jobs of which none has ended that had
 * not.
 */
final class HtcondorSpoiledAnswersTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/htcondor-23.9");
  private static final int OTHER_CHARACTERS = 2;

  @Test
  void noRecordingBreaksAParserOrInventsAnEnd() {
    List<Recording> all = Recording.all(FOLDER);
    assertThat(all).hasSizeGreaterThan(120);
    for (Recording recording : all) {
      judge(recording.name(), recording.stdout());
      HtcondorSubmitting.id(recording.stdout());
      HtcondorErrors.LOOKING.classify(recording.result());
      JobAdFile.idIn(recording.stdout());
    }
  }

  /**
   * Truncated, with unknown words, with bytes that are not UTF-8, in another order: no job ends by
   * that. Other characters may make another number, which has to be in the text then. A soak tries
   * more: {@code -Dcondatainer.mutations=100000}.
   */
  @Test
  void mutatedAnswersAreTypedErrorsOrTypedAnswers() {
    Random random = new Random(20261123);
    List<String> names = List.of("q-json-attrs", "q-json", "history-json-attrs", "status-json");
    Map<String, String> texts = new TreeMap<>();
    names.forEach(name -> texts.put(name, read(name).stdout()));
    int cases = Integer.getInteger("condatainer.mutations", 5_000);
    int understood = 0;
    for (int i = 0; i < cases; i++) {
      String name = names.get(random.nextInt(names.size()));
      int kind = random.nextInt(5);
      String mutated = mutated(texts.get(name), kind, random);
      String label = "mutation " + i + " of " + name;
      Optional<Map<String, JobState>> answer = judge(label, mutated);
      if (answer.isPresent()) {
        understood++;
        if (kind != OTHER_CHARACTERS) {
          Set<String> before = ended(judge(name, texts.get(name)).orElse(Map.of()));
          assertThat(before).as(label).containsAll(ended(answer.get()));
        }
      }
    }
    assertThat(understood).isBetween(cases / 10, cases - 1);
  }

  private static Set<String> ended(Map<String, JobState> states) {
    Set<String> ended = new TreeSet<>();
    states.forEach(
        (id, state) -> {
          if (state instanceof Ended) {
            ended.add(id);
          }
        });
    return ended;
  }

  private static String mutated(String text, int kind, Random random) {
    StringBuilder mutated = new StringBuilder(text);
    switch (kind) {
      case 0 -> mutated.setLength(random.nextInt(text.length()));
      case 1 -> mutated.insert(random.nextInt(text.length()), "BOGUS");
      case OTHER_CHARACTERS -> {
        for (int i = 0; i < 5; i++) {
          mutated.setCharAt(random.nextInt(mutated.length()), (char) (' ' + random.nextInt(95)));
        }
      }
      case 3 -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        return new String(bytes, StandardCharsets.UTF_8);
      }
      default -> {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int at = random.nextInt(lines.size());
        lines.add(random.nextInt(lines.size()), lines.remove(at));
        return String.join("\n", lines);
      }
    }
    return mutated.toString();
  }

  @Test
  void twoDescriptionsThatRanIntoEachOtherAreNone() {
    assertThatThrownBy(
            () ->
                HtcondorQueries.jobs(
                    "[{\"ClusterId\": 1, \"ProcId\": 0, \"JobStatus\": 2, \"JobStatus\": 4}]",
                    false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'JobStatus' stands there twice");
  }

  /** The states by the processes' own ids; an end needs a status of its own in the text: 3 or 4. */
  private static Optional<Map<String, JobState>> judge(String name, String text) {
    List<HtcondorJob> jobs;
    try {
      jobs = HtcondorQueries.jobs(text, true);
      HtcondorCluster.info(text, text);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).as(name).isNotEmpty();
      return Optional.empty();
    }
    Map<String, JobState> states = new TreeMap<>();
    for (HtcondorJob job : jobs) {
      assertThat(job.id().value()).as(name).matches("\\d+(\\.\\d+)?");
      JobState state = job.snapshot(job.id(), job.state()).state();
      states.put(job.processId(), state);
      if (state instanceof Ended) {
        assertThat(job.text("JobStatus").orElse("")).as(name).isIn("3", "4");
        assertThat(text).containsPattern("JobStatus\": [34]");
      }
    }
    return Optional.of(states);
  }

  private static Recording read(String name) {
    return Recording.read(FOLDER.resolve(name + ".txt"));
  }
}
