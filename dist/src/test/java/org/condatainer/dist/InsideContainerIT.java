package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program does where it is called in a container of its own. */
final class InsideContainerIT {
  @TempDir private Path parent;

  static Stream<Engines.Place> runtimes() {
    return Engines.runtimes().stream();
  }

  /** What the program says inside. */
  private static Result inside(Installed condatainer, String... words) {
    Result result =
        condatainer.call(
            Stream.concat(
                    Stream.of("exec", "-o", "env.img", condatainer.words().get(0)),
                    Stream.of(words))
                .toArray(String[]::new));
    assertThat(result.everything()).doesNotContain("unshare:", "FATAL");
    return result;
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void anotherContainerIsRefusedAndItIsSaidWhatIsMountedAndWhatToDo(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\necho hi\n");

    Result command = inside(condatainer, "exec", "python3", "a b.py");
    assertThat(command.exitCode()).as(command.everything()).isEqualTo(2);
    assertThat(command.err())
        .contains(image + " mounted", "next: run the command as it is: python3 'a b.py'");
    Result shell = inside(condatainer, "e", "-n");
    assertThat(shell.exitCode()).as(shell.everything()).isEqualTo(2);
    assertThat(shell.err()).contains("next: this is its shell");
    Result script = inside(condatainer, "run", "job.sh", "x");
    assertThat(script.exitCode()).as(script.everything()).isEqualTo(2);
    assertThat(script.err())
        .contains("as it is: /bin/bash " + condatainer.folder().resolve("job.sh") + " x");
    Result creation = inside(condatainer, "o", "new.img", "--", "-c", "x", "zlib");
    assertThat(creation.exitCode()).as(creation.everything()).isEqualTo(2);
    assertThat(creation.err()).contains(image + " mounted", "mm-install");
    assertThat(condatainer.folder().resolve("new.img")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void whatNeedsNoContainerWorks(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\necho hi\n");

    Result info = inside(condatainer, "overlay", "info", "env.img");
    assertThat(info.exitCode()).as(info.everything()).isZero();
    Result lock = inside(condatainer, "lock", "status", "env.img");
    assertThat(lock.exitCode()).as(lock.everything()).isIn(10, 13);
    Result plan = inside(condatainer, "run", "--dry-run", "job.sh");
    assertThat(plan.exitCode()).as(plan.everything()).isZero();
    assertThat(plan.out()).contains("# run on this machine", "echo hi");
    assertThat(plan.err()).contains("this plan would be refused");
    Result creation = inside(condatainer, "o", "new.img", "-s", "32M");
    assertThat(creation.exitCode()).as(creation.everything()).isZero();
  }

  /** Slurm gives a job all variables of the shell that submits it, the container's too. */
  @ParameterizedTest
  @MethodSource("runtimes")
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void jobsThatAreSubmittedFromInsideRunInAContainerOfTheirOwn(Engines.Place runtime)
      throws IOException {
    Installed condatainer = runtime.in(parent).with("CNT_SCHEDULER", "slurm");
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH -o out.txt -e err.txt --time=5
        #DEP: env.img
        cat /ext3/env/fact
        """);
    condatainer.write(
        "own.sh",
        """
        #!/bin/bash
        #SBATCH -o own.txt -e own.err --time=5
        '%s' exec -o env.img cat /ext3/env/fact
        """
            .formatted(condatainer.words().get(0)));

    Result submitted = inside(condatainer, "run", "job.sh");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    Result own = condatainer.call("exec", "-o", "env.img", "sbatch", "--parsable", "own.sh");
    assertThat(own.exitCode()).as(own.everything()).isZero();

    SlurmJobs jobs = new SlurmJobs(condatainer);
    jobs.ended(submitted.out().strip());
    jobs.ended(own.out().strip());
    Path folder = condatainer.folder();
    assertThat(Files.readString(folder.resolve("err.txt"))).isEmpty();
    assertThat(Files.readString(folder.resolve("out.txt"))).isEqualTo("only in the overlay\n");
    assertThat(List.of(Files.readString(folder.resolve("own.err"))))
        .allSatisfy(err -> assertThat(err).doesNotContain("you are in a container", "FATAL"));
  }
}
