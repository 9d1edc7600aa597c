package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is easily got wrong between a script and its job, in the plan for every scheduler. */
final class KnownMistakesIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void user() {
    condatainer = Installed.in(parent, "");
  }

  static Stream<String> schedulers() {
    return Simulated.IDS.stream();
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void memoryOfATaskIsNotMultipliedByItsCpus(String id) {
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH --cpus-per-task=8\ntrue\n");

    assertThat(plan(id, "-m", "16G", "--json", "job.sh"))
        .contains("\"amountBytes\" : 17179869184", "\"cpusPerTask\" : 8")
        .doesNotContain("137438953472", "128G", "131072");
    assertThat(plan(id, "-m", "1.5G", "--json", "job.sh")).contains("\"amountBytes\" : 1610612736");
    assertThat(plan(id, "-m", "2048K", "--json", "job.sh")).contains("\"amountBytes\" : 2097152");
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void optionsOfTheContainerReachTheJob(String id) {
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH -n 1\n#CNT --env SAID=there\ntrue\n");

    assertThat(plan(id, "--env", "GIVEN=here now", "--bind", parent + ":/seen:ro", "job.sh"))
        .contains("GIVEN=", "here now", "SAID=", "there", "/seen");
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void nothingIsAskedForThatTheScriptDoesNotAskFor(String id) {
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH --job-name=x\ntrue\n");

    List<String> directives =
        plan(id, "job.sh")
            .lines()
            .takeWhile(line -> line.startsWith("#"))
            .filter(line -> line.matches("#(SBATCH|PBS|BSUB|CONDOR) .*"))
            .toList();

    assertThat(directives).hasSize(1);
    assertThat(directives.get(0)).contains("x");
    assertThat(plan(id, "--json", "job.sh"))
        .doesNotContain("walltime", "amountBytes", "cpusPerTask", "\"tasks\"");
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void aScriptForSeveralTasksRunsOnceUnlessItIsAskedForMore(String id) {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#SBATCH -n 4 --ntasks-per-node=4 -N 1\nsrun ./program\n");

    assertThat(plan(id, "job.sh")).doesNotContain("mpiexec", "cnt_launch_ranks");
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void whatIsNoJobIdIsNotWaitedFor(String id) {
    condatainer.write("job.sh", "#!/bin/bash\ntrue\n");

    for (String wrong : List.of("1,2", "abc")) {
      Result result =
          condatainer.call("run", "--dry-run", "--scheduler", id, "--afterok", wrong, "job.sh");
      assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
      assertThat(result.err()).contains("\"" + wrong + "\" is not written as a job id");
    }
  }

  private String plan(String id, String... arguments) {
    String[] words = new String[arguments.length + 4];
    words[0] = "run";
    words[1] = "--dry-run";
    words[2] = "--scheduler";
    words[3] = id;
    System.arraycopy(arguments, 0, words, 4, arguments.length);
    Result shown = condatainer.call(words);
    assertThat(shown.exitCode()).as(shown.everything()).isZero();
    return shown.out();
  }
}
