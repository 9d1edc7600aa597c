package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told before a run whose output would not be where he looks for it. */
final class OutputWarningsIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void folder() throws IOException {
    condatainer = Installed.in(parent, "").with("CNT_SCHEDULER", "none");
    condatainer.write("job.sh", "#!/bin/bash\necho \"out $1\"\necho \"err $1\" >&2\n");
    condatainer.write("inputs.txt", "a\nb\n");
    Files.createDirectory(condatainer.folder().resolve("there"));
  }

  @ParameterizedTest
  @CsvSource({
    "slurm, nodir/x.txt, the folder for the job's output is not here",
    "pbs, nodir/, the folder for the job's output is not here",
    "htcondor, nodir/x_$(Cluster), the folder for the job's output is not here",
    "slurm, there, name a file in it",
    "slurm, there/, name a file in it",
    "htcondor, there, name a file in it",
    "pbs, there, write a / at its end"
  })
  void aFileThatCannotBeWrittenIsNamedBeforeTheSubmit(String id, String name, String words) {
    Result result = dryRun(id, name);

    assertThat(result.err())
        .contains(words)
        .contains(condatainer.folder().resolve(name.replaceAll("/.*", "")).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "slurm, there/x.txt",
    "slurm, x.txt",
    "slurm, %x/x.txt",
    "slurm, /dev/null",
    "pbs, there/",
    "lsf, there/",
    "lsf, there/%J"
  })
  void whatCanBeWrittenOrCannotBeToldIsNotWarnedOf(String id, String name) {
    assertThat(dryRun(id, name).err()).doesNotContain("warning");
  }

  @Test
  void aFolderOfSomebodyElseIsRefusedBeforeTheSubmit() {
    Installed user = Installed.in(parent, "cntest").with("CNT_SCHEDULER", "slurm");
    user.write("job.sh", "#!/bin/bash\n");

    for (String[] options : new String[][] {{"-o", "/etc/%j.out"}, {"-o", "/etc/passwd"}, {}}) {
      List<String> words = new ArrayList<>(List.of("run", "--dry-run", "--submit"));
      words.addAll(List.of(options));
      words.add("job.sh");
      Result result = user.with("CNT_LOGS_DIR", "/etc").call(words.toArray(new String[0]));

      assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
      assertThat(result.err()).contains("you cannot write to /etc", "belongs to root", "logs_dir");
    }
  }

  private Result dryRun(String id, String name) {
    Result result =
        condatainer
            .with("CNT_SCHEDULER", id)
            .call("run", "--dry-run", "--submit", "-o", name, "job.sh");
    assertThat(result.exitCode()).as(result.everything()).isZero();
    return result;
  }

  @Test
  void aSingleRunHereSaysThatItWritesToTheTerminal() {
    Result result = condatainer.call("run", "--local", "-o", "x.txt", "-e", "y.txt", "job.sh", "1");

    assertThat(result.out()).isEqualTo("out 1\n");
    assertThat(result.err()).contains("this run writes to the terminal", "err 1");
    assertThat(condatainer.folder().resolve("x.txt")).doesNotExist();
  }

  @Test
  void tasksOfAnArrayHereWriteTheFilesThatTheUserNames() {
    Result result =
        condatainer.call(
            "run",
            "--local",
            "--array",
            "inputs.txt",
            "-o",
            "there/%x_%a.out",
            "-e",
            "there/%a.err",
            "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(condatainer.folder().resolve("there/job.sh_1.out")).hasContent("out a");
    assertThat(condatainer.folder().resolve("there/job.sh_2.out")).hasContent("out b");
    assertThat(condatainer.folder().resolve("there/2.err")).hasContent("err b");
  }

  @Test
  void oneNameForAllTasksHereIsNotUsedAndSaidSo() {
    Result result =
        condatainer.call("run", "--local", "--array", "inputs.txt", "-o", "all.out", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.err()).contains("-o all.out has no place for the index (%a)");
    assertThat(condatainer.folder().resolve("all.out")).doesNotExist();
    assertThat(condatainer.count("job.sh_")).isEqualTo(2);
  }

  @Test
  void noTaskIsStartedWhoseFolderIsMissing() {
    Result result =
        condatainer.call("run", "--local", "--array", "inputs.txt", "-o", "no/%a", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
    assertThat(result.err()).contains(condatainer.folder().resolve("no").toString());
  }

  @Test
  void jsonOfARunHereIsRefused() {
    Result result = condatainer.call("run", "--json", "--local", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
    assertThat(result.err()).contains("--dry-run");
    assertThat(result.out()).isEmpty();
    assertThat(condatainer.call("run", "--json", "--local", "--dry-run", "job.sh").exitCode())
        .isZero();
  }

  @Test
  void directivesThatAllComeTooLateArePointedOutHereToo() {
    condatainer.write("late.sh", "#!/bin/bash\ntrue\n#SBATCH -c 4\n#SBATCH -t 5\n");

    Result result = condatainer.call("run", "late.sh");

    assertThat(result.err())
        .contains("late.sh:3:1: warning: sbatch ignores this directive")
        .contains("late.sh:4:1: warning: ");
  }

  @Test
  void aControllerThatDoesNotAnswerIsNotTheEnd() {
    condatainer
        .write(
            "bin/sbatch",
            "#!/bin/sh\necho 'sbatch: error: Batch job submission failed: Unable to contact slurm"
                + " controller (connect failure)' >&2\nexit 1\n")
        .toFile()
        .setExecutable(true);

    Result result = slurm("run", "--submit", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(6);
    assertThat(result.err()).contains("condatainer run --local job.sh", "condatainer doctor");
  }

  @Test
  void whatIsNoJobIdIsWrongUsage() {
    condatainer.write("bin/sbatch", "#!/bin/sh\n").toFile().setExecutable(true);

    for (String command : new String[] {"cancel", "jobs"}) {
      Result result = slurm(command, "abc");
      assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
      assertThat(result.err()).contains("\"abc\" is not written as a job id of Slurm");
    }
  }

  private Result slurm(String... words) {
    return condatainer
        .with("CNT_SCHEDULER", "slurm")
        .with("PATH", condatainer.folder() + "/bin:/usr/bin:/bin")
        .call(words);
  }
}
