package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Jobs through a real HTCondor into a real Apptainer. */
@EnabledIfSystemProperty(named = Engines.HTCONDOR, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class RunOnHtcondorIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userWithApptainer() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer())
            .with("CNT_SCHEDULER", "htcondor")
            .with("PATH", Engines.htcondorPrograms() + ":" + System.getenv("PATH"));
    condatainer.overlay("env.img");
  }

  @Test
  void jobReadsTheOverlayCannotWriteItAndGetsItsArguments() throws IOException {
    condatainer.write(
        "src/job.sh",
        """
        #!/bin/bash
        #CONDOR batch_name = first
        #CONDOR request_cpus = 2
        #CONDOR request_memory = 256M
        #CONDOR output = out.txt
        #CONDOR error = err.txt
        #DEP: env.img
        cat /ext3/env/fact
        echo more 2>&- >> /ext3/env/fact || echo "not written"
        printf '<%s>' "$@"
        echo
        echo "$NCPUS $MEM $NNODES $NTASKS $OMP_NUM_THREADS"
        echo "$0"
        exit 9
        """);

    String id = run("src/job.sh", "a b", "it's", "\"", "$HOME", "`id`", "x\ny", "üñ");

    assertThat(ended(id)).isEqualTo("4 9 first");
    assertThat(condatainer.read("out.txt"))
        .isEqualTo(
            "only in the overlay\nnot written\n<a b><it's><\"><$HOME><`id`><x\ny><üñ>\n"
                + "2 256 1 1 2\n"
                + condatainer.folder().resolve("src/job.sh")
                + "\n");
  }

  @Test
  void submitFileRunsItsProgramInTheContainer() throws IOException {
    condatainer.write("work.sh", "#!/bin/bash\ncat /ext3/env/fact\nprintf '<%s>' \"$@\"\n");
    condatainer.write(
        "job.sub",
        """
        executable = work.sh
        arguments  = "'two words' $(Process) $(name)"
        output     = $(name).txt
        # a description has no commands before which this would have to stand
        #DEP: env.img
        queue name in (x y)
        """);

    String id = run("job.sub");

    assertThat(ended(id)).startsWith("4 0");
    assertThat(condatainer.read("x.txt")).isEqualTo("only in the overlay\n<two words><0><x>");
    assertThat(condatainer.read("y.txt")).isEqualTo("only in the overlay\n<two words><1><y>");
  }

  /**
   * Its executable is found from where it was submitted, its output in the folder that it names.
   */
  @Test
  void submitFileThatNamesAFolderRunsThereWithTheContainersOptions() throws IOException {
    condatainer.write("run 1/kept", "");
    condatainer.write("work.sh", "#!/bin/bash\npwd\necho \"<$GREETING>\"\n");
    condatainer.write(
        "job.sub", "initialdir = run 1\nexecutable = work.sh\noutput = o.txt\nqueue\n");

    String id = run("--overlay", "env.img", "--env", "GREETING=it's $HOME; \"x\"", "job.sub");

    assertThat(ended(id)).startsWith("4 0");
    assertThat(condatainer.read("run 1/o.txt"))
        .isEqualTo(condatainer.folder() + "/run 1\n<it's $HOME; \"x\">\n");
  }

  @Test
  void submitFileWithTheLineEndsOfWindowsRunsAsItDoesWithoutUs() throws IOException {
    condatainer.write("work.sh", "#!/bin/bash\ncat /ext3/env/fact\nprintf '<%s>' \"$@\"\n");
    condatainer.write(
        "job.sub",
        "executable = work.sh\r\narguments = a $(x)\r\noutput = $(x).txt\r\n#DEP: env.img\r\n"
            + "queue x in (\r\none\r\ntwo\r\n)\r\n");

    String id = run("job.sub");

    assertThat(ended(id)).startsWith("4 0");
    assertThat(condatainer.read("two.txt")).isEqualTo("only in the overlay\n<a><two>");
  }

  @Test
  void arrayOfAnotherSchedulersScriptHasItsIndexesAndItsFiles() throws IOException {
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --mem=100 --array=4-6 -o out-%a.txt
        #DEP: env.img
        cat /ext3/env/fact
        echo "$CNT_ARRAY_INDEX"
        """);

    ended(run("job.sh"));

    for (int index = 4; index <= 6; index++) {
      assertThat(condatainer.read("out-" + index + ".txt"))
          .isEqualTo("only in the overlay\n" + index + "\n");
    }
  }

  @Test
  void chainGoesOnAfterWhatSucceededOnly() throws IOException {
    condatainer.write("first.sh", "#!/bin/bash\n#DEP: env.img\ncp /ext3/env/fact copy\n");
    condatainer.write(
        "second.sh", "#!/bin/bash\n#CONDOR output = out.txt\n#DEP: env.img\ncat copy\nexit 3\n");
    condatainer.write("third.sh", "#!/bin/bash\ntouch third.txt\n");
    String first = run("--submit", "first.sh");
    String second = run("--afterok", first, "second.sh");
    String third = run("--afterok", second, "third.sh");

    Installed.await(
        "job " + third + " ends", () -> condatainer.jobs(third).contains("\"state\" : \"ended\""));

    assertThat(condatainer.read("out.txt")).isEqualTo("only in the overlay\n");
    assertThat(condatainer.jobs(second)).contains("\"exitCode\" : 3");
    assertThat(condatainer.jobs(third)).contains("dependency never satisfied");
    assertThat(condatainer.folder().resolve("third.txt")).doesNotExist();
  }

  @Test
  void jobsAreListedWithTheirOverlaysAndCancelled() {
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\nsleep 300\n");
    String id = run("--submit", "job.sh");

    Result listed = condatainer.call("jobs");
    assertThat(listed.exitCode()).as(listed.everything()).isZero();
    assertThat(listed.out()).containsPattern("(?m)" + id + "\\b.*env\\.img");
    Result cancelled = condatainer.call("cancel", id);
    assertThat(cancelled.exitCode()).as(cancelled.everything()).isZero();

    assertThat(ended(id)).startsWith("3 ");
    assertThat(condatainer.jobs(id)).contains("\"outcome\" : \"cancelled\"");
    assertThat(condatainer.call("jobs").out()).doesNotContain(id);
  }

  @Test
  void jobBeyondItsWalltimeIsEnded() {
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\nsleep 300\n");

    String id = run("--submit", "-t", "0:00:03", "job.sh");

    assertThat(ended(id)).startsWith("3 ");
    assertThat(condatainer.jobs(id)).contains("\"outcome\" : \"timed-out\"");
  }

  private String run(String... arguments) {
    return condatainer.submit("\\d+", List.of(arguments));
  }

  /** Status, exit code and name of a job's first task, when none of its tasks is in the queue. */
  private String ended(String id) {
    Installed.await("job " + id + " ends", () -> asked("condor_q", id).isEmpty());
    return asked("condor_history", id).lines().findFirst().orElse("");
  }

  private String asked(String program, String id) {
    List<String> words = List.of(program, id, "-af", "JobStatus", "ExitCode", "JobBatchName");
    return condatainer.asUser(words, "").out().strip();
  }
}
