package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Slurm sends to a batch script reaches the user's script in the container. */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class SignalsOnSlurmIT {
  @TempDir private Path parent;

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "apptainer, USR1, --batch, -n",
    "apptainer, USR1, --batch, -w",
    "apptainer, TERM, --batch, -w",
    "apptainer, TERM, --full, -w",
    "embedded, USR1, --batch, -n",
    "embedded, USR2, --batch, -w",
    "embedded, TERM, --batch, -w",
    "embedded, TERM, --full, -w"
  })
  void scriptsTrapGetsTheSignalAndEndsTheJob(
      String runtime, String signal, String whom, String access) throws IOException {
    Installed condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", runtime)
            .with("CNT_APPTAINER", Engines.apptainer());
    SlurmJobs jobs = new SlurmJobs(condatainer);
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --mem=10 -o out.txt
        #DEP: env.img
        #CNT ACCESS
        trap 'echo "got it"; [ ! -w /ext3/env ] || echo saved > /ext3/env/state; exit 42' SIGNAL
        echo up > up
        while :; do sleep 0.1; done
        """
            .replace("#CNT ACCESS", access.equals("-w") ? "#CNT -w" : "#")
            .replace("SIGNAL", signal));
    String id = jobs.run("job.sh");
    try {
      Installed.await("the job runs", () -> Files.exists(condatainer.folder().resolve("up")));

      jobs.cancel("--signal=" + signal, whom, id);

      assertThat(jobs.ended(id)).contains("ExitCode=42:0");
      assertThat(Files.readString(condatainer.folder().resolve("out.txt"))).contains("got it\n");
    } finally {
      jobs.cancel(id);
    }
    if (access.equals("-w")) {
      // It was unmounted in good order, so the next run can have it.
      assertThat(condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/state").out())
          .isEqualTo("saved\n");
    }
  }
}
