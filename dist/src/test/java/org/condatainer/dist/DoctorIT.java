package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code condatainer doctor} says of real runtimes and schedulers. */
final class DoctorIT {
  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void containerIsTriedWithTheRuntimeThatRunsUse(Engines.Place runtime) {
    Result result = runtime.in(parent).call("doctor");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out())
        .containsPattern("ok +container +" + runtime.kind() + ": wrote into an overlay")
        .containsPattern("note +scheduler +none: CNT_SCHEDULER says none");
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void slurmThatAnswersIsFound() {
    Result result = Installed.in(parent, Engines.user()).call("doctor");

    assertThat(result.out())
        .containsPattern("(ok|note) +slurm +Slurm [0-9.]+: \\d+ queues, \\d+ nodes");
  }

  @Test
  void schedulerThatDoesNotAnswerIsAProblemInItsOwnWords() {
    Installed installed = Installed.in(parent, "");
    String words = "#!/bin/sh\necho 'Unable to contact slurm controller' >&2\nexit 1\n";
    for (String name : List.of("sbatch", "scontrol", "sinfo", "squeue")) {
      installed.write("bin/" + name, words).toFile().setExecutable(true);
    }

    Result result =
        installed
            .with("PATH", installed.folder() + "/bin:" + System.getenv("PATH"))
            .with("CNT_RUNTIME", "embedded")
            .with("CNT_COMMAND_TIMEOUT", "5")
            .call("doctor");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.out())
        .containsPattern("problem +slurm +Slurm could not ")
        .contains("Unable to contact slurm controller", "--local");
  }
}
