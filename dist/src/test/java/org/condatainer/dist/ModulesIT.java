package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Apptainer that is there only after its module was loaded, as on many clusters. */
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class ModulesIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void siteWhoseModulesBringApptainer() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_SCHEDULER", "none")
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_NODE_MODULES", "apptainer/1.4:site extras");
    assumeThat(condatainer.asUser(List.of("which", "apptainer"), "").exitCode())
        .as("apptainer is not in PATH")
        .isNotZero();
    condatainer.write(
        "modules/init/bash",
        """
        # Modules' own files read variables that are not set.
        : "$NOT_SET_BY_ANYBODY"
        module() {
          [ "$1 $2 $3 $#" = "load apptainer/1.4 site extras 3" ] || { echo "asked: $*" >&2; return 1; }
          PATH=$PATH:APPTAINER_FOLDER
          export LOADEDMODULES=$2
        }
        """
            .replace("APPTAINER_FOLDER", Path.of(Engines.apptainer()).getParent().toString()));
    condatainer.write(
        "job.sh",
        "#!/bin/sh\n#SBATCH --mem=10 -o out.txt\necho \"$LOADEDMODULES $APPTAINER_NAME\"\n");
  }

  private String folder() {
    return condatainer.folder().toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"BASH_ENV, /modules/init/bash", "LMOD_PKG, /modules", "MODULESHOME, /modules"})
  void moduleIsFoundAsSitesGiveIt(String variable, String path) {
    Result result = condatainer.with(variable, folder() + path).call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).startsWith("apptainer/1.4 ");
  }

  @Test
  void exportedFunctionIsTaken() {
    Result result =
        condatainer
            .with(
                "BASH_FUNC_module%%", "() { . " + folder() + "/modules/init/bash; module \"$@\"; }")
            .call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).startsWith("apptainer/1.4 ");
  }

  @Test
  void machineWithoutModulesIsSaidSo() {
    Result result = condatainer.call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(5);
    assertThat(result.err())
        .contains("has no command module, which was to load: apptainer/1.4 site extras");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer/9", "a b", "$(touch hit)", "-rf"})
  void moduleThatCannotBeLoadedIsNamed(String module) {
    Result result =
        condatainer
            .with("BASH_ENV", folder() + "/modules/init/bash")
            .with("CNT_NODE_MODULES", module)
            .call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(5);
    assertThat(result.err())
        .contains("asked: load " + module + "\n", "module load failed: " + module);
    assertThat(condatainer.folder().resolve("hit")).doesNotExist();
  }

  @Test
  void moduleThatBringsNoApptainerIsSaidSo() {
    condatainer.write("modules/init/bash", "module() { :; }\n");

    Result result =
        condatainer.with("BASH_ENV", folder() + "/modules/init/bash").call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(5);
    assertThat(result.err()).contains("apptainer is not on ", "node_modules");
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void jobLoadsThemOnTheNode() throws IOException {
    Installed user =
        condatainer
            .with("CNT_SCHEDULER", "slurm")
            .with("BASH_ENV", folder() + "/modules/init/bash");
    SlurmJobs jobs = new SlurmJobs(user);

    String id = jobs.run("job.sh");

    assertThat(jobs.ended(id)).contains("JobState=COMPLETED");
    assertThat(Files.readString(user.folder().resolve("out.txt"))).startsWith("apptainer/1.4 ");
  }
}
