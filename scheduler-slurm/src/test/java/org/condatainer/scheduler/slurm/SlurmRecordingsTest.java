package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Ended;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;
import org.condatainer.scheduler.testkit.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Slurm 22.05 and 24.11 printed, and what it means. */
class SlurmRecordingsTest {
  private static final Path FOLDER = Path.of("src/test/resources/recordings");

  @Test
  void squeueOf2205() {
    Map<String, JobState> states = states("slurm-22.05", "squeue-O-all");
    assertThat(states)
        .containsEntry("3", ended(Outcome.SUCCEEDED, OptionalInt.of(0), none(), "31:44"))
        .containsEntry("90", ended(Outcome.CANCELLED, none(), none(), "34:14"))
        .containsEntry("28", ended(Outcome.CANCELLED, none(), OptionalInt.of(15), "33:48"))
        .containsEntry("75", ended(Outcome.FAILED, OptionalInt.of(3), none(), "34:13"))
        .containsEntry("76", ended(Outcome.FAILED, none(), OptionalInt.of(9), "34:13"))
        .containsEntry("74", new JobState.Alive(Phase.RUNNING, "RUNNING", ""))
        .containsEntry("86+1", new JobState.Alive(Phase.PENDING, "PENDING", "Resources"))
        .containsEntry("80", new JobState.Alive(Phase.PENDING, "PENDING", "Dependency"));
  }

  @Test
  void squeueOf2411() {
    Map<String, JobState> states = states("slurm-24.11", "squeue-O-all");
    assertThat(states.get("51_0")).isInstanceOf(Ended.class);
    assertThat(states.get("39"))
        .isInstanceOfSatisfying(
            Ended.class,
            end -> {
              assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(end.exitCode()).hasValue(3);
            });
    assertThat(states.get("40"))
        .isInstanceOfSatisfying(Ended.class, end -> assertThat(end.signal()).hasValue(9));
    assertThat(states)
        .containsEntry("38", new JobState.Alive(Phase.RUNNING, "RUNNING", ""))
        .containsEntry("44", new JobState.Alive(Phase.PENDING, "PENDING", "Dependency"))
        .containsEntry("52+0", new JobState.Alive(Phase.PENDING, "PENDING", "Resources"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"22.05", "24.11"})
  void sacctSaysHowJobsEnded(String version) {
    List<SlurmJob> jobs = accounted("slurm-" + version + "-accounting", "sacct-P-steps");
    assertThat(state("5", jobs))
        .isEqualTo(
            new Ended(Outcome.FAILED, "FAILED", OptionalInt.of(3), none(), Optional.empty()));
    assertThat(state("6", jobs))
        .isEqualTo(
            new Ended(Outcome.FAILED, "FAILED", none(), OptionalInt.of(9), Optional.empty()));
    assertThat(state("17", jobs))
        .isEqualTo(
            new Ended(Outcome.CANCELLED, "CANCELLED by 1001", none(), none(), Optional.empty()));
    assertThat(state("12", jobs)).isEqualTo(new JobState.Alive(Phase.PENDING, "PENDING", ""));
    assertThat(state("10", jobs)).isInstanceOf(Ended.class);
    assertThat(state("9_1", jobs)).isEqualTo(new JobState.Alive(Phase.RUNNING, "RUNNING", ""));
    assertThat(state("9_7", jobs)).isEqualTo(new JobState.Alive(Phase.PENDING, "PENDING", ""));
    assertThat(state("8_4", jobs))
        .isEqualTo(
            new Ended(Outcome.FAILED, "FAILED", OptionalInt.of(3), none(), Optional.empty()));
    assertThat(state("9", jobs)).isEqualTo(new JobState.Alive(Phase.RUNNING, "RUNNING", ""));
    assertThat(state("8", jobs))
        .isInstanceOfSatisfying(
            Ended.class, end -> assertThat(end.outcome()).isEqualTo(Outcome.FAILED));
    assertThat(SlurmAnswers.find(JobId.of("9_41"), jobs, "sacct")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"22.05", "24.11"})
  void scontrolDescribesTheCluster(String version) {
    String folder = "slurm-" + version;
    ClusterInfo info =
        SlurmCluster.info(
            SlurmCluster.settings(read(folder, "scontrol-config").stdout()),
            read(folder, "scontrol-partition").stdout(),
            read(folder, "scontrol-node").stdout());
    assertThat(info.name()).isEqualTo("lab");
    assertThat(info.version()).startsWith(version);
    assertThat(info.highestArrayIndex()).isEqualTo(OptionalLong.of(10_000));
    assertThat(info.endedJobsSeconds()).isEqualTo(OptionalLong.of(300));
    assertThat(info.accounting()).isFalse();
    assertThat(info.queues().get(0))
        .isEqualTo(
            new ClusterInfo.Queue(
                "main",
                true,
                true,
                Optional.of(new Walltime.Limit(Duration.ofDays(1))),
                Optional.of(new Walltime.Limit(Duration.ofMinutes(30))),
                OptionalLong.empty(),
                List.of("n1", "n2")));
    assertThat(info.nodes().get(0))
        .isEqualTo(new ClusterInfo.Node("n1", "ALLOCATED", 4, 2000L << 20, Map.of("tesla", 2L)));
    assertThat(SlurmCluster.nodeStates(read(folder, "scontrol-node").stdout()))
        .containsOnlyKeys("n1", "n2")
        .allSatisfy((name, state) -> assertThat(state.answers()).isTrue())
        .allSatisfy((name, state) -> assertThat(state.booted()).isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "proctrack/cgroup, WHOLE",
    "proctrack/linuxproc, PARTIAL",
    "proctrack/pgid, PARTIAL",
    "proctrack/of_later, PARTIAL"
  })
  void onlyAControlGroupHoldsProcessesTogether(String word, ProcessTracking.Kind kind) {
    String config = "ProctrackType           = " + word + "\n";
    assertThat(SlurmCluster.processTracking(SlurmCluster.settings(config)))
        .isEqualTo(new ProcessTracking(word, kind));
    assertThat(SlurmCluster.processTracking(SlurmCluster.settings("")))
        .isEqualTo(ProcessTracking.NOT_TOLD);
  }

  @ParameterizedTest
  @CsvSource({
    "IDLE, true",
    "MIXED+DRAIN, true",
    "ALLOCATED+COMPLETING, true",
    "IDLE+NOT_RESPONDING, false",
    "IDLE*, false",
    "DOWN, false",
    "DOWN+NOT_RESPONDING, false",
    "IDLE+POWERED_DOWN, false",
    "A_WORD_OF_LATER, false"
  })
  void aNodeAnswersOnlyIfItsStateSaysSo(String state, boolean answers) {
    Map<String, NodeState> states =
        SlurmCluster.nodeStates("NodeName=n1 State=" + state + " BootTime=1790000000\n");
    assertThat(states)
        .containsExactly(
            Map.entry(
                "n1",
                new NodeState(state, answers, Optional.of(Instant.ofEpochSecond(1_790_000_000)))));
  }

  @ParameterizedTest
  @CsvSource({
    "squeue-unknown, NOT_FOUND", "down-squeue, UNAVAILABLE", "frozen-squeue, UNAVAILABLE",
    "down-scontrol, UNAVAILABLE", "down-sinfo, UNAVAILABLE", "scontrol-hold-unknown, NOT_FOUND"
  })
  void squeueAndScontrolFailures(String name, Failure.Kind kind) {
    for (String version : List.of("slurm-22.05", "slurm-24.11")) {
      assertThat(SlurmErrors.LOOKING.classify(read(version, name).result())).isEqualTo(kind);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "down-sbatch, UNAVAILABLE",
    "frozen-sbatch, AMBIGUOUS",
    "submit-over-mem, INVALID_REQUEST",
    "submit-bad-option, INVALID_REQUEST",
    "submit-crlf, INVALID_REQUEST",
    "submit-bad-partition, INVALID_REQUEST",
    "submit-clusters-flag, UNAVAILABLE"
  })
  void sbatchFailures(String name, Failure.Kind kind) {
    for (String version : List.of("slurm-22.05", "slurm-24.11")) {
      assertThat(SlurmErrors.SUBMITTING.classify(read(version, name).result())).isEqualTo(kind);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "down-scancel, UNAVAILABLE",
    "frozen-scancel, UNAVAILABLE",
    "scancel-bad, INVALID_REQUEST",
    "scontrol-suspend-nonroot, DENIED",
    "srun-overlap-unknown, NOT_FOUND"
  })
  void changingFailures(String name, Failure.Kind kind) {
    for (String version : List.of("slurm-22.05", "slurm-24.11")) {
      assertThat(SlurmErrors.CHANGING.classify(read(version, name).result())).isEqualTo(kind);
    }
  }

  @Test
  void sacctWithoutAccountingSaysSo() {
    for (String version : List.of("slurm-22.05", "slurm-24.11")) {
      assertThat(SlurmErrors.ACCOUNTING.classify(read(version, "sacct-unknown").result()))
          .isEqualTo(Failure.Kind.UNSUPPORTED);
    }
  }

  @Test
  void everySubmitThatSucceededHasAnIdAndNoOtherHas() {
    int seen = 0;
    for (Recording recording : all()) {
      if (recording.command().startsWith("sbatch ")
          && !recording.command().contains(";")
          && !recording.command().contains("--test-only")
          && recording.command().contains("--parsable")) {
        assertThat(SlurmSubmit.id(recording.stdout()).isPresent())
            .as(recording.toString())
            .isEqualTo(recording.exitCode() == 0);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(80);
    assertThat(SlurmSubmit.id(read("slurm-24.11-accounting", "submit-parsable-cluster").stdout()))
        .contains(new JobId("2", "lab"));
  }

  @Test
  void noRecordedRowIsEndedWithoutAWordThatSaysSo() {
    Pattern endings =
        Pattern.compile(
            "COMPLETED|FAILED|CANCELLED( by \\d+)?|TIMEOUT|NODE_FAIL|PREEMPTED|OUT_OF_MEMORY"
                + "|DEADLINE|BOOT_FAIL");
    int rows = 0;
    for (Recording recording : all()) {
      Optional<Columns> columns = columns(recording.command());
      if (columns.isEmpty()
          || recording.command().contains("--delimiter")
          || !recording.command().matches("(squeue|sacct) .*")) {
        continue;
      }
      for (Map<String, String> row : columns.get().rows(answer(recording, columns.get()))) {
        SlurmJob job = SlurmJob.of(row);
        JobState state = job.snapshot(JobId.of("1"), "recording").state();
        if (state instanceof Ended) {
          assertThat(job.word()).as(recording.name()).matches(endings);
        }
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(500);
  }

  /**
   * The recorded lines that hold each column once: a bar, which separated them there, stands in a
   * name too, and a name of two lines is two.
   */
  static String answer(Recording recording, Columns columns) {
    StringBuilder answer = new StringBuilder();
    for (String line : recording.stdout().lines().toList()) {
      String row = recording.command().contains(":|'") ? line.replaceFirst("\\|$", "") : line;
      if (row.chars().filter(c -> c == '|').count() == columns.names().size() - 1) {
        answer.append(row).append("\n");
      }
    }
    return answer.toString();
  }

  private static OptionalInt none() {
    return OptionalInt.empty();
  }

  /** How a job ended, {@code end} minutes and seconds after 04 o'clock on that day. */
  private static Ended ended(Outcome outcome, OptionalInt code, OptionalInt signal, String end) {
    String word = outcome == Outcome.SUCCEEDED ? "COMPLETED" : outcome.name();
    return new Ended(outcome, word, code, signal, SlurmTexts.time("2026-11-23T04:" + end));
  }

  private static JobState state(String id, List<SlurmJob> jobs) {
    return SlurmAnswers.find(JobId.of(id), jobs, "sacct").orElseThrow().state();
  }

  private static Map<String, JobState> states(String folder, String name) {
    Recording recording = read(folder, name);
    Map<String, JobState> states = new TreeMap<>();
    Columns columns = columns(recording.command()).orElseThrow();
    for (Map<String, String> row : columns.rows(answer(recording, columns))) {
      SlurmJob job = SlurmJob.of(row);
      states.put(job.id(), job.state());
    }
    return states;
  }

  private static List<SlurmJob> accounted(String folder, String name) {
    Recording recording = read(folder, name);
    Columns columns = columns(recording.command()).orElseThrow();
    return new SlurmAccounting(columns).jobs(answer(recording, columns));
  }

  /** The columns that a recorded command asked for, when it separated them by a bar. */
  private static Optional<Columns> columns(String command) {
    Matcher squeue = Pattern.compile("-O '([^']+)'").matcher(command);
    if (squeue.find() && squeue.group(1).contains(":|")) {
      return Optional.of(
          new Columns(List.of(squeue.group(1).replace(":|", "").split(",", -1)), "|"));
    }
    Matcher sacct = Pattern.compile("^sacct .*-P .*--format=(\\S+)$").matcher(command);
    if (sacct.find()) {
      return Optional.of(new Columns(List.of(sacct.group(1).split(",", -1)), "|"));
    }
    Matcher letters = Pattern.compile("-o ['\"]((%\\w\\|)+%\\w)['\"]$").matcher(command);
    if (!letters.find()) {
      return Optional.empty();
    }
    Map<String, String> names =
        Map.of(
            "%i",
            "JobArrayID",
            "%T",
            "State",
            "%r",
            "Reason",
            "%V",
            "SubmitTime",
            "%S",
            "StartTime",
            "%e",
            "EndTime",
            "%N",
            "NodeList",
            "%k",
            "Comment");
    List<String> found = new ArrayList<>();
    for (String letter : letters.group(1).split("\\|", -1)) {
      found.add(names.getOrDefault(letter, letter));
    }
    return Optional.of(new Columns(found, "|"));
  }

  private static List<Recording> all() {
    List<Recording> all = new ArrayList<>();
    for (String folder :
        List.of("slurm-22.05", "slurm-24.11", "slurm-22.05-accounting", "slurm-24.11-accounting")) {
      all.addAll(Recording.all(FOLDER.resolve(folder)));
    }
    return all;
  }

  private static Recording read(String folder, String name) {
    return Recording.read(FOLDER.resolve(folder).resolve(name + ".txt"));
  }
}
