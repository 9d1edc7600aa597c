package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that is begun in a task of an array, whose variables reach it. */
final class JobInJobIT {
  private static final String TOLD = "echo \"<${CNT_ARRAY_INDEX-}/${CNT_ARRAY_COUNT-} ${1-}>\"\n";

  @TempDir private Path parent;

  private Installed inTask() {
    return Engines.eachRuntime()
        .filter(place -> place.user().isEmpty())
        .findFirst()
        .orElseThrow()
        .in(parent)
        .with("SLURM_JOB_ID", "7")
        .with("SLURM_ARRAY_JOB_ID", "6")
        .with("SLURM_ARRAY_TASK_ID", "9")
        .with("CNT_ARRAY_INDEX", "9")
        .with("CNT_ARRAY_COUNT", "20");
  }

  @Test
  void runHereIsTheTaskAndAnArrayHereHasItsOwnIndexes() throws IOException {
    Installed condatainer = inTask();
    condatainer.write("job.sh", "#!/bin/bash\n" + TOLD);
    condatainer.write("inputs.txt", "a\nb\n");

    assertThat(condatainer.call("run", "job.sh").out()).isEqualTo("<9/20 >\n");
    Result array = condatainer.call("run", "--array", "inputs.txt", "-o", "%a.out", "job.sh");

    assertThat(array.exitCode()).as(array.everything()).isZero();
    assertThat(condatainer.read("1.out")).isEqualTo("<1/2 a>\n");
    assertThat(condatainer.read("2.out")).isEqualTo("<2/2 b>\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"slurm", "pbs", "lsf", "htcondor"})
  void submittedJobDoesNotSeeTheIndexOfTheTaskThatSubmittedIt(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      Installed task =
          at.condatainer()
              .with("CNT_ARRAY_INDEX", "9")
              .with("CNT_ARRAY_COUNT", "20")
              .with("CNT_RANK", "3")
              .with("SLURM_ARRAY_JOB_ID", "999")
              .with("SLURM_ARRAY_TASK_ID", "9")
              .with("PBS_ARRAY_INDEX", "9")
              .with("LSB_JOBINDEX", "9");
      task.write(
          "job.sh",
          "#!/bin/bash\n#SBATCH --export=ALL\n#PBS -V\n"
              + "echo \"<${CNT_ARRAY_INDEX-}/${CNT_ARRAY_COUNT-} ${CNT_RANK-}>\" > told.new\n"
              + "mv told.new told\n");

      Result submitted = task.call("run", "--submit", "--from", "slurm", "job.sh");

      assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
      Installed.await("the job has run", () -> task.folder().resolve("told").toFile().exists());
      assertThat(task.read("told")).isEqualTo("</ >\n");
    }
  }
}
