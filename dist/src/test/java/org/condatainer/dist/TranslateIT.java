package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code condatainer translate} as a user calls it. */
final class TranslateIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void user() {
    condatainer = Installed.in(parent, "");
  }

  @Test
  void aTemplateIsTranslatedAndItsHolesAreRefusedAtTheirPlaces() {
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH -c 4 --account=<account> --mem=1.5G
        #SBATCH --time=1:00:00 -t 90
        ./program
        """);

    Result script = condatainer.call("translate", "--to", "pbs", "job.sh");
    Result table = condatainer.call("translate", "--to", "pbs", "--explain", "job.sh");
    Result json = condatainer.call("translate", "--to", "pbs", "--json", "job.sh");

    assertThat(script.exitCode()).as(script.everything()).isEqualTo(3);
    assertThat(script.out())
        .startsWith("#!/bin/bash\n#PBS -l walltime=01:30:00\n")
        .endsWith("##SBATCH --time=1:00:00 -t 90\n./program\n");
    assertThat(script.err())
        .contains(
            "job.sh:2:14: error: \"--account=<account>\" refused: Slurm itself would not take it")
        .contains("job.sh:2:34: error: \"--mem=1.5G\" refused: Slurm itself would not take it")
        .contains("job.sh:3:9: warning: \"--time=1:00:00\" left-out: it has no effect");
    assertThat(table.exitCode()).isEqualTo(3);
    assertThat(table.out()).containsPattern("3:24 +-t 90 +translated +-l walltime=01:30:00");
    assertThat(json.exitCode()).isEqualTo(3);
    assertThat(json.out()).contains("\"outcome\" : \"refused\"", "\"column\" : 34");
  }

  @Test
  void aDependencyThatOnlyOneSchedulerCanSayIsRefused() {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#SBATCH --dependency=afterok:12?afterany:14\n./program\n");

    for (String to : new String[] {"pbs", "lsf", "htcondor"}) {
      Result refused = condatainer.call("translate", "--to", to, "--explain", "job.sh");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(3);
      assertThat(refused.out()).contains("refused", "a job that did not wait would be another one");
    }
  }

  @Test
  void aSubmitFileTakesItsProgramAndTheProgramsOverlaysAlong() {
    condatainer.write("work.sh", "#!/bin/bash\n#DEP: env.img\n#CNT --env A=1\necho \"$@\"\n");
    condatainer.write(
        "job.sub",
        """
        executable = work.sh
        arguments = "a 'b c' $(Process)"
        request_memory = 2GB
        queue name in (x y)
        """);

    Result script = condatainer.call("translate", "--to", "slurm", "job.sub");

    assertThat(script.exitCode()).as(script.everything()).isZero();
    assertThat(script.out())
        .startsWith("#!/bin/bash\n#SBATCH --mem=2048M\n#SBATCH --array=0-1\n")
        .contains("\n#DEP: env.img\n#CNT --env A=1\n")
        .endsWith("\n./work.sh a 'b c' \"${CNT_ARRAY_INDEX:-0}\"\n");
    assertThat(script.err()).contains("job.sub:4:7: warning: \"name in (x y)\" left-out");
    assertThat(condatainer.call("translate", "--to", "slurm", "--explain", "job.sub").out())
        .containsPattern("1:1 +executable = work.sh +translated +carried along");
  }
}
