package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code condatainer doctor} says of real runtimes and schedulers. */
final class DoctorIT {
  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void containerIsTriedWithTheRuntimeThatRunsUse(Engines.Place runtime) {
    Result result = runtime.in(parent).call("doctor");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out())
        .containsPattern("ok +container +" + runtime.kind() + ": wrote into an overlay")
        .containsPattern("note +scheduler +none: CNT_SCHEDULER says none");
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void slurmThatAnswersIsFound() {
    Result result = Installed.in(parent, Engines.user()).call("doctor");

    assertThat(result.out())
        .containsPattern("(ok|note) +slurm +Slurm [0-9.]+: \\d+ queues, \\d+ nodes");
  }

  /** Java takes such an archive, and dies by it; so doctor is started without. */
  @Test
  void archiveOfClassesInWhichBytesHaveChangedIsAProblem() throws IOException {
    Path place = parent.resolve("place");
    Installed condatainer =
        Installed.in(parent, "").with("CNT_SCHEDULER", "none").with("CNT_RUNTIME", "embedded");
    condatainer.asUser(List.of("cp", "-a", Installed.PROGRAM.toString(), place.toString()), "");
    assertThat(condatainer.asUser(List.of(place + "/bin/condatainer-archive"), "").exitCode())
        .isZero();
    List<String> doctor = List.of(place + "/bin/condatainer", "doctor");
    assertThat(condatainer.asUser(doctor, "").out()).containsPattern("ok +java ");
    Path archive;
    try (Stream<Path> made = Files.list(place.resolve("cds"))) {
      archive = made.toList().get(0);
    }

    try (FileChannel file = FileChannel.open(archive, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(1 << 16), Files.size(archive) / 2);
    }
    Result damaged = condatainer.asUser(doctor, "");

    assertThat(damaged.exitCode()).as(damaged.everything()).isEqualTo(1);
    assertThat(damaged.out())
        .containsPattern("problem +java .*" + Pattern.quote(archive.toString()) + " is damaged")
        .contains("Checksum verification failed", "next: remove it, or make it anew");
    Files.delete(archive);
    assertThat(condatainer.asUser(doctor, "").out()).contains("there is no archive");
  }

  @Test
  void schedulerThatDoesNotAnswerIsAProblemInItsOwnWords() {
    Installed installed = Installed.in(parent, "");
    String words = "#!/bin/sh\necho 'Unable to contact slurm controller' >&2\nexit 1\n";
    for (String name : List.of("sbatch", "scontrol", "sinfo", "squeue")) {
      installed.write("bin/" + name, words).toFile().setExecutable(true);
    }

    Result result =
        installed
            .with("PATH", installed.folder() + "/bin:" + System.getenv("PATH"))
            .with("CNT_RUNTIME", "embedded")
            .with("CNT_COMMAND_TIMEOUT", "5")
            .call("doctor");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.out())
        .containsPattern("problem +slurm +Slurm could not ")
        .contains("Unable to contact slurm controller", "--local");
  }
}
