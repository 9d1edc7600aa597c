package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;

/**
 * Recorded answers that were cut, mixed up or damaged: every job that was asked for gets an answer,
 * and none has ended, nor is it unknown, of which the whole answer does not say so. A soak tries
 * more: {@code -Dcondatainer.mutations=100000}.
 */
final class PbsSpoiledAnswersTest {
  private static final Pattern ID = Pattern.compile("\\d+(\\[\\d*])?\\.node1");

  @Test
  void noJobEndsAndNoneIsUnknownByWhatAnAnswerLostOrGot() {
    List<CommandResult> answers = answers();
    Map<CommandResult, Map<JobId, JobSnapshot>> wholes = new HashMap<>();
    Random random = new Random(20_261_128);
    int cases = Integer.getInteger("condatainer.mutations", 5_000);
    int ended = 0;
    int silent = 0;
    for (int i = 0; i < cases; i++) {
      CommandResult answer = answers.get(random.nextInt(answers.size()));
      boolean words = answer.output().isEmpty() || (!answer.errors().isEmpty() && i % 3 == 0);
      CommandResult spoiled =
          words
              ? new CommandResult(
                  answer.exitCode(), answer.output(), spoiled(answer.errors(), random))
              : new CommandResult(
                  answer.exitCode(), spoiled(answer.output(), random), answer.errors());
      Set<JobId> ids = ids(answer);
      Map<JobId, JobSnapshot> whole = wholes.computeIfAbsent(answer, any -> query(any, ids));
      Map<JobId, JobSnapshot> told = query(spoiled, ids);
      assertThat(told.keySet()).isEqualTo(ids);
      for (JobId id : ids) {
        JobState state = told.get(id).state();
        JobState before = whole.get(id).state();
        if (state instanceof JobState.Ended || state instanceof JobState.Absent) {
          assertThat(before).as("%s in %s", id, spoiled).isInstanceOf(state.getClass());
          ended++;
        } else if (state instanceof JobState.Unavailable) {
          silent++;
        }
      }
    }
    assertThat(ended).isGreaterThan(cases / 3);
    assertThat(silent).isGreaterThan(cases / 10);
  }

  @Test
  void answersOfTheClusterAreReadWhateverHappenedToThem() {
    String server = recording("cluster-qstat_-Bf");
    String queues = recording("cluster-qstat_-Qf");
    String nodes = recording("cluster-pbsnodes_-av");
    Random random = new Random(20_261_129);
    for (int i = 0; i < 1_000; i++) {
      assertThatCode(
              () ->
                  PbsCluster.info(
                      spoiled(server, random), spoiled(queues, random), spoiled(nodes, random)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void numberThatWasCutIsNotAnotherJobsAbsence() {
    JobId cut = JobId.of("42.node1");
    JobId whole = JobId.of("4242.node1");
    CommandResult answer = new CommandResult(153, "", "qstat: Unknown Job Id 4242.node1\n");

    assertThat(query(answer, Set.of(whole)).get(whole).state()).isInstanceOf(JobState.Absent.class);
    assertThat(
            query(
                    new CommandResult(153, "", answer.errors().replace("42.node1\n", "")),
                    Set.of(cut))
                .get(cut)
                .state())
        .isInstanceOf(JobState.Unavailable.class);
  }

  /** What stands under a heading that was lost would be taken for the job before it. */
  @Test
  void jobWhoseNextHeadingIsLostIsNotTold() {
    String deleted = text("1", "F", "    substate = 91\n");
    String next = text("2", "F", "    substate = 92\n    Exit_status = 0\n");

    assertThat(states(deleted + next)).hasSize(2);
    assertThat(states(deleted + next.replace("Job Id:", "Job \ufffdd:"))).isEmpty();
    assertThat(states(deleted + next.substring(next.indexOf('\n') + 1))).isEmpty();
  }

  @Test
  void headingThatRanIntoAnAttributeNamesNoJob() {
    String spoiled = text("17", "F", "").replace("\n    Job_Name = x", " ctime = Nov 23 2026");

    assertThat(states(spoiled)).isEmpty();
  }

  /**
   * An answer may end anywhere: at a line, or in the middle of one. Every line of every recording
   * and some places beside are tried.
   */
  @Test
  void cutAnswerTellsOfNoEndThatTheWholeOneDoesNot() {
    Random random = new Random(7);
    int cuts = 0;
    for (Recording recording : PbsRecordingsTest.ofJobs()) {
      String text = recording.stdout();
      Map<String, JobState> whole = states(text);
      List<Integer> places = new ArrayList<>();
      for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
        places.add(at);
        places.add(at + 1);
      }
      for (int i = 0; i < 40; i++) {
        places.add(random.nextInt(text.length()));
      }
      for (int at : places) {
        states(text.substring(0, at))
            .forEach(
                (id, state) ->
                    assertThat(state)
                        .as("%s of %s cut at %d", id, recording.name(), at)
                        .isEqualTo(whole.get(id)));
        cuts++;
      }
    }
    assertThat(cuts).isGreaterThan(5_000);
  }

  @Test
  void jobIsToldOfOnlyWhenTheEmptyLineBehindItIsThere() {
    String text = recording("momdown-qstat-xf3");

    assertThat(states(text)).hasSize(1);
    assertThat(states(text.substring(0, text.length() - 1))).isEmpty();
    assertThat(PbsJob.isCut(text)).isFalse();
    assertThat(PbsJob.isCut(text.substring(0, text.length() - 1))).isTrue();
    // The second job's heading follows without the line that ends the first.
    assertThat(states(text.stripTrailing() + "\n" + text.replace("Id: ", "Id: 9"))).hasSize(1);
  }

  private static Map<String, JobState> states(String text) {
    Map<String, JobState> states = new LinkedHashMap<>();
    for (PbsJob job : PbsJob.of(text)) {
      states.put(job.id(), job.state());
    }
    return states;
  }

  private static String text(String number, String state, String more) {
    return "Job Id: "
        + number
        + ".node1\n    Job_Name = x\n    Job_Owner = me@node1\n    job_state = "
        + state
        + "\n"
        + more
        + "\n";
  }

  private static Map<JobId, JobSnapshot> query(CommandResult answer, Set<JobId> ids) {
    return new PbsScheduler(
            new SchedulerContext(
                new HostEnvironment(Map.of()),
                command -> answer,
                Duration.ofSeconds(60),
                text -> {}),
            pause -> {})
        .query(ids);
  }

  /** The jobs of which an answer tells anything. */
  private static Set<JobId> ids(CommandResult answer) {
    Set<JobId> ids = new TreeSet<>();
    for (String line : (answer.output() + answer.errors()).split("\n", -1)) {
      Matcher id = ID.matcher(line);
      if ((line.startsWith("Job Id: ") || line.contains("Unknown Job Id ")) && id.find()) {
        ids.add(JobId.of(id.group()));
      }
    }
    return ids;
  }

  /** What qstat recorded, each by itself, and several jobs as one answer. */
  private static List<CommandResult> answers() {
    List<CommandResult> answers = new ArrayList<>();
    StringBuilder together = new StringBuilder();
    Set<JobId> in = new TreeSet<>();
    for (Recording recording : PbsRecordingsTest.ALL) {
      boolean asked = recording.command().contains("qstat");
      Set<JobId> ids = ids(recording.result());
      if (!asked || ids.isEmpty()) {
        continue;
      }
      answers.add(recording.result());
      if (recording.stdout().startsWith("Job Id: ") && Collections.disjoint(in, ids)) {
        in.addAll(ids);
        together.append(recording.stdout());
      }
      if (in.size() >= 5) {
        answers.add(new CommandResult(0, together.toString(), ""));
        in.clear();
        together.setLength(0);
      }
    }
    return answers;
  }

  private static String spoiled(String text, Random random) {
    int at = random.nextInt(text.length());
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("(?<=\n)", -1)));
    return switch (random.nextInt(9)) {
      case 0 -> text.substring(0, at);
      case 1 -> text.substring(0, at) + "BOGUS" + text.substring(at);
      case 2 -> {
        byte[] bytes = text.getBytes(UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        yield new String(bytes, UTF_8);
      }
      case 3 -> text.replaceAll("(job_state =) \\S+", "$1 TERMIN\u00c9");
      case 4 -> text.replace("Unknown Job Id", "Unbekannter Auftrag").replace(" = ", " : ");
      case 5 -> text.substring(0, at) + text.substring(Math.min(at + 20, text.length()));
      case 6 -> {
        lines.add(random.nextInt(lines.size()), lines.remove(random.nextInt(lines.size())));
        yield String.join("", lines);
      }
      case 7 -> {
        lines.remove(random.nextInt(lines.size()));
        yield String.join("", lines);
      }
      default -> reordered(text, random);
    };
  }

  /** Every job's attributes in another order. */
  private static String reordered(String text, Random random) {
    StringBuilder reordered = new StringBuilder();
    for (String job : text.split("(?<=\n\n)", -1)) {
      List<String> lines =
          new ArrayList<>(Arrays.asList(job.stripTrailing().split("\n(?!\t)", -1)));
      Collections.shuffle(lines.subList(Math.min(1, lines.size()), lines.size()), random);
      reordered.append(String.join("\n", lines)).append("\n\n");
    }
    return reordered.toString();
  }

  private static String recording(String name) {
    return PbsRecordingsTest.ALL.stream()
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow()
        .stdout();
  }
}
