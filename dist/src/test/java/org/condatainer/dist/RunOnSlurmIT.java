package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Job scripts through a real Slurm into a real Apptainer. */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class RunOnSlurmIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userWithApptainer() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer());
  }

  @Test
  void jobReadsTheOverlayCannotWriteItAndGetsItsArguments() throws IOException {
    condatainer.overlay("env.img");
    condatainer.write(
        "src/job.sh",
        """
        #!/bin/bash
        #SBATCH --job-name=first
        #SBATCH -c 2 --mem=300   # two on a line
        #SBATCH -o out.txt -e err.txt
        #DEP: env.img
        cat /ext3/env/fact
        echo more 2>&- >> /ext3/env/fact || echo "not written"
        printf '<%s>' "$@"
        echo
        echo "$NCPUS $MEM $NNODES $NTASKS $OMP_NUM_THREADS"
        echo "$0"
        exit 9
        """);

    Result submitted =
        condatainer.call("run", "src/job.sh", "a b", "it's", "\"", "$HOME", "`id`", "x\ny", "üñ");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    assertThat(id).as(submitted.everything()).matches("\\d+");
    assertThat(ended(id)).contains("JobState=FAILED").contains("ExitCode=9:0");
    assertThat(read("out.txt"))
        .isEqualTo(
            "only in the overlay\nnot written\n<a b><it's><\"><$HOME><`id`><x\ny><üñ>\n"
                + "2 300 1 1 2\n"
                + condatainer.folder().resolve("src/job.sh")
                + "\n");
    assertThat(job(id)).contains("JobName=first").contains("NumCPUs=2");
  }

  @Test
  void overridesReachTheJob() {
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --mem-per-cpu=100 --time=10
        #SBATCH --job-name=before
        #DEP:env.img
        true
        """);

    Result submitted =
        condatainer.call(
            "run", "--hold", "-c", "2", "-m", "600M", "-t", "1:30:00", "-g", "1", "--name", "x y",
            "-o", "o %j", "job.sh");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    try {
      assertThat(job(id))
          .contains("JobName=x y", "MinMemoryNode=600M", "TimeLimit=01:30:00", "CPUs/Task=2")
          .contains("/o " + id)
          .containsPattern("Tres(Per)?Node=gres[:/]gpu:1");
      assertThat(job(id)).contains("Comment=cnt:");
    } finally {
      cancel(id);
    }
  }

  @Test
  void containerOptionsReachTheJobWhichRunsOnceForAllItsTasks() throws IOException {
    condatainer.overlay("env.img");
    condatainer.write("shared/data", "bound\n");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --ntasks=2 --mem=100 -o out.txt
        echo "<$GREETING> $NTASKS $(cat /mnt/data)"
        echo more > /ext3/env/more && cat /ext3/env/fact
        """);

    Result run =
        condatainer.call(
            "run",
            "--overlay",
            "env.img",
            "-w",
            "--env",
            "GREETING=it's $HOME; \"x\"",
            "--bind",
            condatainer.folder() + "/shared:/mnt",
            "job.sh");

    assertThat(run.exitCode()).as(run.everything()).isZero();
    assertThat(ended(run.out().strip())).contains("JobState=COMPLETED");
    assertThat(read("out.txt")).isEqualTo("<it's $HOME; \"x\"> 2 bound\nonly in the overlay\n");
  }

  @Test
  void outputWithoutAPlaceGoesToTheConfiguredFolder() throws IOException {
    condatainer.overlay("env.img");
    condatainer.write("job 1.sh", "#!/bin/bash\n#SBATCH -n 1 --mem=10\n#DEP: env.img\necho hi\n");
    String folder = condatainer.folder() + "/logs/50% ü";

    Result submitted = condatainer.with("CNT_LOGS_DIR", folder).call("run", "job 1.sh");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    assertThat(ended(id)).contains("JobState=COMPLETED");
    assertThat(read("logs/50% ü/job 1.sh_" + id + ".out")).isEqualTo("hi\n");
  }

  @Test
  void directivesOfOtherSchedulersDoNotReachTheJob() {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#SBATCH -n 1 -J own\n#PBS -N other\n#BSUB -J other\ntrue\n");

    Result submitted = condatainer.call("run", "--hold", "job.sh");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    assertThat(submitted.err())
        .contains("job.sh:3:1: warning: #PBS is set aside", "job.sh:4:1: warning: #BSUB is");
    assertThat(job(submitted.out().strip())).contains("JobName=own");
    cancel(submitted.out().strip());
  }

  @Test
  void twoHundredJobsReadOneOverlayAtOnce() throws IOException {
    condatainer.overlay("env.img");
    SlurmJobs jobs = new SlurmJobs(condatainer);
    List<String> ids = new ArrayList<>();
    try {
      // Not more come up at a time than two processors can start before slurmd gives up.
      for (int first = 1; first <= 200; first += 10) {
        condatainer.write(
            "job.sh",
            """
            #!/bin/bash
            #SBATCH -p shared --mem=10 --array=FIRST-LAST -o out-%a.txt -e err-%a.txt
            #DEP: env.img
            echo up > up-$SLURM_ARRAY_TASK_ID
            until [ -e gate ]; do sleep 1; done
            cat /ext3/env/fact
            """
                .replace("FIRST", String.valueOf(first))
                .replace("LAST", String.valueOf(first + 9)));
        ids.add(jobs.run("job.sh"));
        condatainer.awaitCount(first + 9, "jobs that run", () -> condatainer.count("up-"));
      }
      condatainer.write("gate", "");
      ids.forEach(jobs::ended);
    } finally {
      jobs.cancel(ids.toArray(new String[0]));
    }
    for (int task = 1; task <= 200; task++) {
      assertThat(read("out-" + task + ".txt"))
          .as("task " + task)
          .isEqualTo("only in the overlay\n");
    }
  }

  @Test
  void nothingIsSubmittedWhileAWriterHoldsTheOverlay() throws Exception {
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH --mem=10\n#DEP: env.img\ntrue\n");
    Process writer =
        condatainer.start(
            condatainer.words(
                "e", "--", "sh", "-c", "echo up > " + condatainer.folder() + "/up; read x"));
    try {
      Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));
      Result refused = condatainer.call("run", "job.sh");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(4);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err()).contains("env.img");
      try (var records = Files.list(condatainer.folder().resolve(".runs"))) {
        assertThat(records.filter(record -> !record.endsWith("here")))
            .as("records left behind")
            .isEmpty();
      }
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void runThatWaitsForTheWritersJobIsSubmittedAndReadsWhatItWrote() throws IOException {
    condatainer.overlay("env.img");
    condatainer.write(
        "writer.sh",
        """
        #!/bin/bash
        #SBATCH --mem=10 -o writer.txt
        #DEP: env.img
        #CNT -w
        touch up
        until [ -e go ]; do sleep 0.1; done
        echo written > /ext3/env/new
        """);
    condatainer.write(
        "reader.sh",
        "#!/bin/bash\n"
            + "#SBATCH --mem=10 -o reader.txt -e reader.err\n"
            + "#DEP: env.img\n"
            + "cat /ext3/env/new\n");
    String writer = condatainer.call("run", "writer.sh").out().strip();
    Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));
    try {
      Result refused = condatainer.call("run", "reader.sh");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(4);
      assertThat(refused.err()).contains("slurm job " + writer);

      Result submitted = condatainer.call("run", "--afterok", writer, "reader.sh");

      assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
      condatainer.write("go", "");
      assertThat(ended(submitted.out().strip())).contains("JobState=COMPLETED");
      assertThat(read("reader.txt")).isEqualTo("written\n");
    } finally {
      cancel(writer);
    }
  }

  @Test
  void refusedRequestCarriesSlurmsOwnWordsAndLeavesNothing() throws IOException {
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH -p nosuchqueue\n#DEP: env.img\ntrue\n");

    Result refused = condatainer.call("run", "job.sh");

    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(7);
    assertThat(refused.err()).contains("invalid partition specified: nosuchqueue");
    assertThat(refused.out()).isEmpty();
    try (var records = Files.list(condatainer.folder().resolve(".runs"))) {
      assertThat(records.filter(record -> !record.endsWith("here")))
          .as("records left behind")
          .isEmpty();
    }
  }

  @Test
  void hostileNamesReachTheNode() throws IOException {
    String template = "a b'c\"d$(touch hit)`touch hit`,e\nüñ";
    Path folder = condatainer.write(template + "/ok", "").getParent();
    Installed there = condatainer.at(folder);
    there.overlay("./-" + template + ".img");
    there.write(
        template + ".sh",
        """
        #!/bin/bash
        #SBATCH --mem=10 -o out.txt
        cat /ext3/env/fact
        pwd
        """);

    Result submitted = there.call("run", "--overlay", "./-" + template + ".img", template + ".sh");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    ended(submitted.out().strip());
    assertThat(Files.readString(folder.resolve("out.txt")))
        .isEqualTo("only in the overlay\n" + folder + "\n");
    assertThat(folder.resolve("hit")).doesNotExist();
  }

  private String ended(String id) {
    return new SlurmJobs(condatainer).ended(id);
  }

  private String job(String id) {
    return new SlurmJobs(condatainer).show(id);
  }

  private void cancel(String id) {
    new SlurmJobs(condatainer).cancel(id);
  }

  private String read(String name) throws IOException {
    return Files.readString(condatainer.folder().resolve(name));
  }
}
