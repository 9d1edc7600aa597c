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

/** Jobs through a real LSF or volclava into a real Apptainer. */
@EnabledIfSystemProperty(named = Engines.LSF, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class RunOnLsfIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userWithApptainer() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer())
            .with("CNT_SCHEDULER", "lsf");
    condatainer.overlay("env.img");
  }

  @Test
  void jobReadsTheOverlayCannotWriteItAndGetsItsArguments() throws IOException {
    condatainer.write(
        "src/job.sh",
        """
        #!/bin/bash
        #BSUB -J first -n 2
        #BSUB -R "rusage[mem=300] span[hosts=1]"
        #BSUB -o out.txt -e err.txt
        #DEP: env.img
        cat /ext3/env/fact
        echo more 2>&- >> /ext3/env/fact || echo "not written"
        printf '<%s>' "$@"
        echo
        echo "$NCPUS $MEM $NNODES $NTASKS $OMP_NUM_THREADS"
        echo "$0"
        echo wrong >&2
        exit 9
        """);

    String id = run("src/job.sh", "a b", "it's", "\"", "$HOME", "`id`", "x\ny", "üñ");

    assertThat(condatainer.ended(id)).contains("\"exitCode\" : 9", "\"name\" : \"first\"");
    assertThat(output("out.txt"))
        .startsWith(
            "only in the overlay\nnot written\n<a b><it's><\"><$HOME><`id`><x\ny><üñ>\n"
                + "1 150 1 2 1\n"
                + condatainer.folder().resolve("src/job.sh")
                + "\n");
    assertThat(Files.readString(condatainer.folder().resolve("err.txt"))).contains("wrong\n");
  }

  @Test
  void arrayOfAnotherSchedulersScriptHasItsIndexesItsFilesAndItsCpus() throws IOException {
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --mem=100 --array=4-6 -o out-%a.txt -c 2
        #DEP: env.img
        cat /ext3/env/fact
        echo "$CNT_ARRAY_INDEX $NCPUS $MEM $NTASKS"
        """);

    condatainer.ended(run("job.sh"));

    for (int index = 4; index <= 6; index++) {
      assertThat(output("out-" + index + ".txt"))
          .startsWith("only in the overlay\n" + index + " 2 100 1\n");
    }
  }

  @Test
  void arrayOfLsfRunsNotMoreTasksAtOnceThanItAllows() throws IOException {
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #BSUB -J "x[1-5]%2"
        #BSUB -o out-%I.txt
        #DEP: env.img
        touch "runs-$CNT_ARRAY_INDEX"
        ls -d runs-* | wc -l > "seen-$CNT_ARRAY_INDEX"
        sleep 1
        rm "runs-$CNT_ARRAY_INDEX"
        """);

    condatainer.ended(run("job.sh"));

    for (int index = 1; index <= 5; index++) {
      String seen = Files.readString(condatainer.folder().resolve("seen-" + index)).strip();
      assertThat(Integer.parseInt(seen)).isBetween(1, 2);
    }
  }

  @Test
  void taskForEachLineOfAFileHasItsArgumentsAndItsOutput() throws IOException {
    condatainer.write("inputs.txt", "a 'b c'\n\"d e\" $HOME\n");
    condatainer.write(
        "job.sh",
        "#!/bin/bash\n"
            + "#BSUB -J lines\n"
            + "#DEP: env.img\n"
            + "echo \"$CNT_ARRAY_INDEX\"\n"
            + "printf '<%s>' \"$@\"\n");

    String id = run("--array", "inputs.txt", "job.sh");

    condatainer.ended(id);
    assertThat(output("lines_" + id + "_1.out")).startsWith("1\n<a><b c>");
    assertThat(output("lines_" + id + "_2.out")).startsWith("2\n<d e><$HOME>");
  }

  @Test
  void chainGoesOnAfterWhatSucceededOnly() throws IOException {
    condatainer.write(
        "first.sh", "#!/bin/bash\n#BSUB -J a\n#DEP: env.img\nsleep 3; cp /ext3/env/fact copy\n");
    condatainer.write(
        "second.sh", "#!/bin/bash\n#BSUB -o out.txt\n#DEP: env.img\ncat copy\nexit 3\n");
    condatainer.write("third.sh", "#!/bin/bash\n#BSUB -o third.txt\ntrue\n");
    String first = run("first.sh");
    String second = run("--afterok", first, "second.sh");
    String third = run("--afterok", second, "third.sh");
    String fourth = run("--afternotok", second, "--name", "fourth", "third.sh");

    assertThat(condatainer.ended(second)).contains("\"exitCode\" : 3");
    assertThat(output("out.txt")).startsWith("only in the overlay\n");
    condatainer.ended(fourth);
    Installed.await(
        "job " + third + " has no hope",
        () -> condatainer.call("jobs", third).out().contains("never satisfied"));
    assertThat(condatainer.call("cancel", third).exitCode()).isZero();
    assertThat(condatainer.ended(third)).contains("\"outcome\" : \"cancelled\"");
  }

  @Test
  void chainWaitsForAnyElementThatFailedAndAHeldJobForItsParentToo() throws IOException {
    condatainer.write(
        "array.sh",
        """
        #!/bin/bash
        #SBATCH --array=0-2 -J numbers -o numbers-%a.txt
        #DEP: env.img
        echo "index $CNT_ARRAY_INDEX"
        sleep 5
        [ "$CNT_ARRAY_INDEX" != 1 ]
        """);
    condatainer.write("next.sh", "#!/bin/bash\n#BSUB -o next.txt\ndate +%s > next-$1\n");
    condatainer.write("parent.sh", "#!/bin/bash\n#BSUB -o p.txt\nsleep 60; date +%s > end\n");
    String parent = run("--submit", "parent.sh");
    String held = run("--hold", "--afterok", parent, "next.sh", "held");
    assertThat(condatainer.call("jobs", held).out()).contains("PSUSP");
    String array = run("array.sh");
    String failed = run("--afternotok", array, "next.sh", "failed");
    assertThat(asked("bresume", held)).contains("resumed");

    condatainer.ended(failed);
    assertThat(condatainer.count("next-failed")).isEqualTo(1);
    assertThat(output("numbers-1.txt")).startsWith("index 0\n");
    assertThat(output("numbers-3.txt")).startsWith("index 2\n");
    condatainer.ended(held);
    assertThat(number("next-held")).isGreaterThanOrEqualTo(number("end"));
  }

  private long number(String name) throws IOException {
    return Long.parseLong(Files.readString(condatainer.folder().resolve(name)).strip());
  }

  @Test
  void overridesReachTheHeldJob() {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#BSUB -n 1 -M 100MB -W 10 -J before -o zz\n#DEP: env.img\ntrue\n");

    String id =
        run(
            "--hold", "-c", "2", "-m", "600M", "-t", "1:30:00", "--name", "x y", "-o", "o %J", "-e",
            "e %J", "job.sh");

    String shown = asked("bjobs", "-UF", id);
    assertThat(shown)
        .contains("Job Name <x y>", "Status <PSUSP>", "Output File <o %J>", "Error File <e %J>")
        .contains("2 Task(s)", "span[hosts=1]", "rusage[mem=600]", "90.0 min", "614400 K");
    assertThat(condatainer.call("cancel", id).exitCode()).isZero();
  }

  @Test
  void jobsAreListedWithTheirOverlaysAndCancelled() {
    condatainer.write(
        "job.sh", "#!/bin/bash\n#BSUB -o out.txt\n#DEP: env.img\ntouch up\nsleep 300\n");
    String id = run("job.sh");
    Installed.await("the job runs", () -> condatainer.count("up") > 0);

    Result listed = condatainer.call("jobs");
    assertThat(listed.exitCode()).as(listed.everything()).isZero();
    assertThat(listed.out()).containsPattern("(?m)^" + id + "\\b.*RUN.*env\\.img");
    assertThat(condatainer.call("jobs", "--json").out()).contains('"' + id + '"', "env.img");
    Result locked = condatainer.call("lock", "status", "env.img");
    assertThat(locked.out() + locked.err()).contains("lsf job " + id);
    Result cancelled = condatainer.call("cancel", id);
    assertThat(cancelled.exitCode()).as(cancelled.everything()).isZero();

    assertThat(condatainer.ended(id)).contains("\"outcome\" : \"cancelled\"");
    assertThat(condatainer.call("jobs").out()).doesNotContainPattern("(?m)^" + id + "\\b");
  }

  @Test
  void whatNoQueueAllowsIsRefusedWithTheLimit() {
    condatainer.write("job.sh", "#!/bin/bash\n#BSUB -J \"x[1-5000]\"\n#DEP: env.img\ntrue\n");
    Result beyond = condatainer.call("run", "job.sh");
    condatainer.write("slots.sh", "#!/bin/bash\n#BSUB -n 5000\n#DEP: env.img\ntrue\n");
    Result slots = condatainer.call("run", "slots.sh");
    condatainer.write("other.sh", "#!/bin/bash\n#BSUB -q nosuch\n#DEP: env.img\ntrue\n");
    Result unknown = condatainer.call("run", "other.sh");

    assertThat(beyond.exitCode()).as(beyond.everything()).isEqualTo(2);
    assertThat(beyond.err()).contains("the array's highest index is 5000");
    assertThat(slots.exitCode()).as(slots.everything()).isEqualTo(2);
    assertThat(slots.err()).contains("the job needs 5000 CPUs", "at most");
    assertThat(unknown.exitCode()).as(unknown.everything()).isEqualTo(7);
    assertThat(unknown.err()).contains("nosuch: No such queue");
    assertThat(condatainer.call("scheduler").out()).contains("LSF");
    assertThat(condatainer.call("scheduler", "--json").out()).contains("\"lsf\"");
  }

  private String run(String... arguments) {
    return condatainer.submit("\\d+", List.of(arguments));
  }

  private String asked(String... words) {
    return condatainer.asUser(List.of(words), "").out();
  }

  /** What a job printed, behind LSF's report. */
  private String output(String name) throws IOException {
    String mark = "The output (if any) follows:\n\n";
    String text = Files.readString(condatainer.folder().resolve(name));
    assertThat(text).contains(mark);
    return text.substring(text.indexOf(mark) + mark.length());
  }
}
