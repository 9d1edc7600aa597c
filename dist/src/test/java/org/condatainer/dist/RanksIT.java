package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code run --ranks}: a container for each task, on a real Slurm, and a word where there is none.
 */
final class RanksIT {
  @TempDir private Path parent;

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  @EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
  void everyTaskOfAJobOnTwoNodesRunsInItsContainer() throws IOException {
    Installed condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer());
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH -N 2 --ntasks-per-node=2 --mem=40 -o out.txt
        #DEP: env.img
        #CNT --ranks --env FROM=script
        line="$CNT_RANK of $NTASKS on $NNODES, $NCPUS CPU, $MEM MiB, <$1>, $FROM, $0"
        echo "$line, $(cat /ext3/env/fact)" > "rank.$CNT_RANK"
        [ "$CNT_RANK" != 3 ] || exit 6
        """);
    SlurmJobs jobs = new SlurmJobs(condatainer);

    String id = jobs.run("job.sh", "a \"b");

    assertThat(jobs.ended(id)).contains("JobState=FAILED", "ExitCode=6:0");
    for (int rank = 0; rank < 4; rank++) {
      assertThat(condatainer.folder().resolve("rank." + rank))
          .hasContent(
              rank
                  + " of 4 on 2, 1 CPU, 20 MiB, <a \"b>, script, "
                  + condatainer.folder().resolve("job.sh")
                  + ", only in the overlay\n");
    }
  }

  @Test
  void dryRunShowsBothScripts() {
    Installed condatainer = here("slurm");
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH -n 2\necho mine\n");

    Result shown = condatainer.call("run", "--dry-run", "--ranks", "job.sh");

    assertThat(shown.exitCode()).as(shown.everything()).isZero();
    assertThat(shown.out().indexOf("cnt_launch_ranks /usr/bin/env"))
        .isBetween(0, shown.out().indexOf("echo mine"));
    assertThat(condatainer.call("run", "--dry-run", "--json", "--ranks", "job.sh").out())
        .contains("\"rankScript\" : ");
  }

  @Test
  void whereNothingStartsRanksTheRunIsRefusedWithAWord() {
    Installed condatainer = here("slurm");
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH -n 2\n#DEP: env.img\ntrue\n");
    condatainer.write("plain.sh", "#!/bin/bash\n#SBATCH -n 1\ntrue\n");

    Result local = condatainer.call("run", "--local", "--ranks", "job.sh");
    Result condor =
        condatainer.call("run", "--dry-run", "--scheduler", "htcondor", "--ranks", "plain.sh");
    Result writable = condatainer.call("run", "--dry-run", "-w", "--ranks", "job.sh");

    for (Result refused : List.of(local, condor, writable)) {
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(2);
      assertThat(refused.err()).contains("--ranks: ");
    }
    assertThat(local.err()).contains("a run on this machine (--local) is one process");
    assertThat(condor.err()).contains("HTCondor starts the program of a job once");
    assertThat(writable.err()).contains("env.img can be written by one process at a time");
    assertThat(Files.exists(condatainer.folder().resolve(".runs/rank.sh"))).isFalse();
  }

  @Test
  void severalTasksWithoutALauncherAreNoted() {
    Installed condatainer = here("slurm");
    condatainer.write("once.sh", "#!/bin/bash\n#SBATCH -n 2\n./insrunner\n");
    condatainer.write("srun.sh", "#!/bin/bash\n#SBATCH -n 2\nsrun ./program\n");

    assertThat(condatainer.call("run", "--dry-run", "once.sh").err())
        .contains("it runs once, on the first node; --ranks runs it once for each task");
    assertThat(condatainer.call("run", "--dry-run", "srun.sh").err()).isEmpty();
    assertThat(condatainer.call("run", "--dry-run", "--ranks", "srun.sh").err())
        .contains("that multiplies the processes");
  }

  private Installed here(String scheduler) {
    return Installed.in(parent, "").with("CNT_SCHEDULER", scheduler);
  }
}
