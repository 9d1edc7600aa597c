package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Options of {@code run} over directives that are silent, say the same, or contradict them. */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
final class OverridesIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void user() {
    condatainer = Installed.in(parent, Engines.user()).with("CNT_RUNTIME", "embedded");
  }

  static Stream<Arguments> overrides() {
    return Stream.of(
            cases(
                "-c 2",
                "CPUs/Task=2",
                "",
                "-c 2",
                "--cpus-per-task=4",
                "--cpus-per-gpu=1 --gpus=1"),
            cases("-m 200M", "MinMemoryNode=200M", "", "--mem=200", "--mem-per-cpu=50", "--mem=1G"),
            cases("-m 200M", "MinMemoryNode=200M", "-c 4", "--mem-per-gpu=9 -G1"),
            cases("-m 200M", "MinMemoryCPU=100M", "-n 2 -c 2", "-n 2 -c 2 --mem=900"),
            cases("-m 200M", "MinMemoryNode=400M", "-N 1 --ntasks-per-node=2 --mem-per-cpu=1"),
            cases(
                "-m 200M",
                "MinMemoryCPU=100M",
                "-n 2 --cpus-per-gpu=2 -G 2",
                "-n 2 --cpus-per-gpu=2 --gpus-per-task=1"),
            cases("-t 1-2", "TimeLimit=1-02:00:00", "", "-t 1-2", "--time=5", "-t 5 --time-min=1"),
            cases("-t 5", "TimeLimit=00:05:00", "--time=60 --time-min=30"),
            cases(
                "-g 1", "TresPerNode=gres:gpu:1", "", "--gpus-per-node=1", "--gres=gpu:2", "-G 2"),
            cases(
                "-g tesla:2",
                "TresPerNode=gres:gpu:tesla:2",
                "--gpus-per-task=1 -n1",
                "--gres=gpu"),
            cases("--name given", "JobName=given", "", "-J given", "--job-name='an other'"),
            cases(
                "-o out-%j.txt",
                "StdOut=FOLDER/out-ID.txt", "", "-o out-%j.txt", "--output=x -t 5"),
            cases(
                "-e err-%j.txt", "StdErr=FOLDER/err-ID.txt", "", "-e err-%j.txt", "--error=x -t 5"))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> cases(String option, String effect, String... directives) {
    return Stream.of(directives).map(directive -> Arguments.of(option, effect, directive));
  }

  @ParameterizedTest(name = "{0} over #SBATCH {2}")
  @MethodSource("overrides")
  void overrideHasItsEffect(String option, String effect, String directive) {
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH " + directive + "\ntrue\n");
    List<String> words = new ArrayList<>(List.of("run", "--hold"));
    words.addAll(List.of(option.split(" ", -1)));
    words.add("job.sh");

    Result submitted = condatainer.call(words.toArray(new String[0]));

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    String shown = condatainer.asUser(List.of("scontrol", "-o", "show", "job", id), "").out();
    condatainer.asUser(List.of("scancel", id), "");
    // Since Slurm 23 with a slash.
    assertThat(shown.replace("gres/gpu", "gres:gpu"))
        .contains(
            effect.replace("FOLDER", condatainer.folder().toString()).replace("ID", id) + " ");
  }
}
