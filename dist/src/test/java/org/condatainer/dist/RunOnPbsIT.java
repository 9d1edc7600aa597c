package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Job scripts through a real OpenPBS, which keeps a history, has a node of four CPUs or more, and
 * takes no jobs of root.
 */
@EnabledIfSystemProperty(named = Engines.PBS, matches = "true")
final class RunOnPbsIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userOfPbs() {
    Installed installed =
        Installed.in(parent, Engines.user())
            .with("CNT_SCHEDULER", "pbs")
            .with("PATH", Engines.pbsPrograms() + ":" + System.getenv("PATH"));
    condatainer =
        Engines.apptainer().isEmpty()
            ? installed.with("CNT_RUNTIME", "embedded")
            : installed.with("CNT_RUNTIME", "apptainer").with("CNT_APPTAINER", Engines.apptainer());
    condatainer.overlay("env.img");
  }

  @Test
  void jobReadsTheOverlayCannotWriteItAndGetsItsArguments() throws IOException {
    condatainer.write(
        "src/job.sh",
        """
        #!/bin/bash
        #PBS -N first
        #PBS -l select=1:ncpus=2:mem=256mb,walltime=10:00 -o out.txt
        #PBS -e err.txt
        #DEP: env.img
        cat /ext3/env/fact
        echo more 2>&- >> /ext3/env/fact || echo "not written"
        printf '<%s>' "$@"
        echo
        echo "$NCPUS $MEM $NNODES $NTASKS $OMP_NUM_THREADS"
        echo "$0"
        pwd
        echo to the other >&2
        exit 9
        """);

    String id = run("src/job.sh", "a b", "it's", "\"", "$HOME", "`id`", "x\ny", "üñ", "", "\\");

    assertThat(condatainer.ended(id)).contains("\"exitCode\" : 9", "\"name\" : \"first\"");
    assertThat(condatainer.read("out.txt"))
        .isEqualTo(
            "only in the overlay\nnot written\n<a b><it's><\"><$HOME><`id`><x\ny><üñ><><\\>\n"
                + "2 256 1 1 2\n"
                + condatainer.folder().resolve("src/job.sh")
                + "\n"
                + condatainer.folder()
                + "\n");
    assertThat(condatainer.read("err.txt")).isEqualTo("to the other\n");
  }

  @Test
  void hostileNamesReachTheNode() throws IOException {
    String template = "a b'c\"d$(touch hit)`touch hit`,e:f\nüñ";
    Path folder = condatainer.write(template + "/ok", "").getParent();
    Installed there = condatainer.at(folder);
    there.overlay("./-" + template + ".img");
    there.write(
        template + ".sh", "#!/bin/bash\n#PBS -l ncpus=1\ncat /ext3/env/fact > out.txt\npwd\n");

    Result submitted = there.call("run", "--overlay", "./-" + template + ".img", template + ".sh");

    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    condatainer.ended(submitted.out().strip());
    assertThat(Files.readString(folder.resolve("out.txt"))).isEqualTo("only in the overlay\n");
    assertThat(folder.resolve("hit")).doesNotExist();
  }

  @Test
  void linesOfAFileBecomeAnArraysArguments() throws IOException {
    condatainer.write("inputs.txt", "one \"two words\" *.txt\nx$HOME  y\nü 'it' z\n");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #PBS -N line -l select=1:ncpus=1
        #DEP: env.img
        printf '<%s>' "$CNT_ARRAY_INDEX/$CNT_ARRAY_COUNT" "$@" "$(cat /ext3/env/fact)"
        [ "$CNT_ARRAY_INDEX" != 3 ] || exit 4
        """);

    String id = run("--array", "inputs.txt", "--array-limit", "2", "job.sh");

    assertThat(condatainer.ended(id)).contains("\"outcome\" : \"failed\"");
    String base = "line_" + id.substring(0, id.indexOf('[')) + "_";
    assertThat(condatainer.read(base + "1.out"))
        .isEqualTo("<1/3><one><two words><*.txt><only in the overlay>");
    assertThat(condatainer.read(base + "2.out")).isEqualTo("<2/3><x$HOME><y><only in the overlay>");
    assertThat(condatainer.read(base + "3.out")).isEqualTo("<3/3><ü><it><z><only in the overlay>");
  }

  @Test
  void arraysOfPbsAndOfSlurmHaveTheirIndexesAndTheirFiles() throws IOException {
    condatainer.write(
        "native.sh",
        """
        #!/bin/bash
        #PBS -J 2-6:2
        #PBS -j oe -o native-^array_index^.txt
        #DEP: env.img
        echo "$CNT_ARRAY_INDEX $PBS_ARRAY_INDEX $CNT_ARRAY_COUNT"
        """);
    condatainer.write(
        "foreign.sh",
        """
        #!/bin/bash
        #SBATCH --mem=100 --array=4-5 -o foreign-%a.txt -t 5 -c 2 -J foreign
        #DEP: env.img
        echo "$CNT_ARRAY_INDEX $NCPUS $MEM"
        """);
    condatainer.write("one.sh", "#!/bin/bash\n#SBATCH --array=7 -o one-%a.txt\necho one\n");

    condatainer.ended(run("native.sh"));
    condatainer.ended(run("foreign.sh"));
    condatainer.ended(run("one.sh"));

    assertThat(condatainer.read("native-2.txt")).isEqualTo("2 2 3\n");
    assertThat(condatainer.read("native-6.txt")).isEqualTo("6 6 3\n");
    assertThat(condatainer.read("foreign-4.txt")).isEqualTo("4 2 100\n");
    assertThat(condatainer.read("foreign-5.txt")).isEqualTo("5 2 100\n");
    assertThat(condatainer.read("one-7.txt")).isEqualTo("one\n");
  }

  @Test
  void scriptRunsOnceAndKnowsWhatItsTasksGot() throws IOException {
    condatainer.write(
        "wide.sh",
        """
        #!/bin/bash
          #PBS -N indented
        #PBS -l select=2:ncpus=2:mpiprocs=2:ompthreads=1:mem=200mb -l place=free
        #PBS -v CNT_X=1 -o wide.txt
        #DEP: env.img
        echo "$NCPUS $MEM $NTASKS $OMP_NUM_THREADS $CNT_X ${CNT_TAG-none} $PBS_JOBNAME"
        """);

    condatainer.ended(run("wide.sh"));

    assertThat(condatainer.read("wide.txt")).isEqualTo("1 100 4 1 1 none indented\n");
  }

  @Test
  void outputFilesHaveTheNamesThatWereAskedFor() throws IOException {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#PBS -l ncpus=1\n#DEP: env.img\necho o; echo e >&2\n");
    condatainer.write(
        "foreign.sh", "#!/bin/bash\n#SBATCH -o üñ.txt -e b:c.txt -t 5\necho o; echo e >&2\n");

    condatainer.ended(run("-o", "o ü$x 12:30.txt", "-e", "a 12:30.txt", "job.sh"));
    condatainer.ended(run("foreign.sh"));

    assertThat(condatainer.read("o ü$x 12:30.txt")).isEqualTo("o\n");
    assertThat(condatainer.read("a 12:30.txt")).isEqualTo("e\n");
    assertThat(condatainer.read("üñ.txt")).isEqualTo("o\n");
    assertThat(condatainer.read("b:c.txt")).isEqualTo("e\n");
  }

  @Test
  void chainGoesOnAfterWhatSucceededOnly() throws IOException {
    condatainer.write("first.sh", "#!/bin/bash\n#DEP: env.img\nsleep 1; cp /ext3/env/fact copy\n");
    condatainer.write(
        "second.sh", "#!/bin/bash\n#PBS -o out.txt\n#DEP: env.img\ncat copy\nexit 3\n");
    condatainer.write("third.sh", "#!/bin/bash\n#PBS -o third.txt\ntrue\n");
    String first = run("--submit", "first.sh");
    String second = run("--afterok", first, "second.sh");
    String third = run("--afterok", second, "third.sh");
    String otherwise = run("--afternotok", second, "-o", "otherwise.txt", "third.sh");
    String anyway = run("--afterany", first + ":" + second, "-o", "anyway.txt", "third.sh");
    Result unknown = condatainer.call("run", "--afterok", "987654321", "third.sh");

    assertThat(condatainer.ended(second)).contains("\"exitCode\" : 3");
    assertThat(condatainer.ended(third)).contains("\"outcome\" : \"cancelled\"");
    condatainer.ended(otherwise);
    condatainer.ended(anyway);
    assertThat(condatainer.read("out.txt")).isEqualTo("only in the overlay\n");
    assertThat(condatainer.folder().resolve("third.txt")).doesNotExist();
    assertThat(condatainer.folder().resolve("otherwise.txt")).exists();
    assertThat(condatainer.folder().resolve("anyway.txt")).exists();
    assertThat(unknown.exitCode()).as(unknown.everything()).isEqualTo(7);
    assertThat(unknown.err()).contains("987654321");
  }

  @Test
  void overridesReachTheJob() {
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #PBS -N before
        #PBS -l select=1:ncpus=1:mpiprocs=1:mem=100mb+1:ncpus=1
        #PBS -l place=free,walltime=600
        #PBS -o /nowhere
        #DEP:env.img
        true
        """);

    String id =
        run(
            "--hold",
            "-c",
            "2",
            "-m",
            "300M",
            "-t",
            "1:30:00",
            "--name",
            "x y",
            "-o",
            "o $x.txt",
            "-e",
            "e.txt",
            "job.sh");
    try {
      assertThat(condatainer.asUser(List.of("qstat", "-f", "-w", id), "").out())
          .contains(
              "Job_Name = x_y\n",
              "job_state = H\n",
              "Resource_List.select = 1:ncpus=2:mpiprocs=1:mem=300mb+1:ncpus=2:mem=300mb\n",
              "Resource_List.place = free\n",
              "Resource_List.walltime = 01:30:00\n",
              "/o $x.txt\n",
              "/e.txt\n");
      assertThat(condatainer.jobs(id)).contains("\"phase\" : \"held\"");
    } finally {
      condatainer.call("cancel", id);
    }
  }

  @Test
  void jobsAreListedWithTheirOverlaysAndCancelled() {
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\ntouch up\nsleep 300\n");
    String id = run("--submit", "job.sh");
    String held = run("--submit", "--hold", "job.sh");
    Installed.await("it runs", () -> Files.exists(condatainer.folder().resolve("up")));

    Result listed = condatainer.call("jobs");
    assertThat(listed.exitCode()).as(listed.everything()).isZero();
    assertThat(listed.out()).containsPattern("(?m)^" + id + "\\b.* R .*env\\.img");
    assertThat(condatainer.call("jobs", "--json").out()).contains("\"" + held + "\"", "env.img");
    Result cancelled = condatainer.call("cancel", "--json", id, held);
    assertThat(cancelled.exitCode()).as(cancelled.everything()).isZero();
    assertThat(cancelled.out()).contains("\"phase\" : \"running\"", "\"phase\" : \"held\"");

    assertThat(condatainer.ended(id)).contains("\"outcome\" : \"cancelled\"");
    assertThat(condatainer.ended(held)).contains("\"outcome\" : \"cancelled\"");
    assertThat(condatainer.call("jobs", id).out()).contains("F, cancelled, ");
    assertThat(condatainer.call("jobs").out()).doesNotContain(id).doesNotContain(held);
    assertThat(condatainer.call("cancel", id).exitCode()).as("of what has ended").isZero();
  }

  @Test
  void jobBeyondItsWalltimeIsEnded() {
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\nsleep 300\n");

    assertThat(condatainer.ended(run("--submit", "-t", "0:00:03", "job.sh")))
        .contains("\"outcome\" : \"timed-out\"");
  }

  @Test
  void whatPbsCanNeverGiveIsRefusedWithTheLimit() {
    condatainer.write("job.sh", "#!/bin/bash\n#PBS -J 1-2000000000\n#DEP: env.img\ntrue\n");
    condatainer.write("wide.sh", "#!/bin/bash\n#PBS -l ncpus=1\n#DEP: env.img\ntrue\n");
    condatainer.write("nowhere.sh", "#!/bin/bash\n#PBS -q nosuchqueue\n#DEP: env.img\ntrue\n");

    Result scheduler = condatainer.call("scheduler", "--json");
    Result array = condatainer.call("run", "job.sh");
    Result wide = condatainer.call("run", "-c", "100000", "wide.sh");
    Result nowhere = condatainer.call("run", "nowhere.sh");

    String most = scheduler.out().replaceAll("(?s).*\"mostArrayTasks\" : (\\d+).*", "$1");
    assertThat(array.exitCode()).as(array.everything()).isEqualTo(2);
    assertThat(array.err()).contains("2000000000 tasks", "allows " + most);
    assertThat(wide.exitCode()).as(wide.everything()).isEqualTo(2);
    assertThat(wide.err()).contains("100000 CPUs");
    assertThat(nowhere.exitCode()).as(nowhere.everything()).isEqualTo(7);
    assertThat(nowhere.err()).contains("qsub: Unknown queue");
    assertThat(condatainer.jobRecords()).isEmpty();
  }

  private String run(String... arguments) {
    return condatainer.submit("\\d+(\\[])?\\.\\S+", List.of(arguments));
  }
}
