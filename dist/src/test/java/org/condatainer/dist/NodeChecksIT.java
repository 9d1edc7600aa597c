package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changed between the submit and the start: the node looks again, and says what it found. */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class NodeChecksIT {
  /** Byte of the ext3 superblock's s_state: 1 is cleanly unmounted, 2 has errors. */
  private static final long STATE = 1024 + 58;

  @TempDir private Path parent;
  private Installed condatainer;
  private SlurmJobs jobs;

  /** A held job that reads env.img, in a new folder. */
  private String held(String runtime, String... options) {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", runtime)
            .with("CNT_APPTAINER", Engines.apptainer());
    jobs = new SlurmJobs(condatainer);
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh", "#!/bin/bash\n#SBATCH --mem=10 -o out.txt\n#DEP: env.img\ncat /ext3/env/fact\n");
    String[] words = new String[options.length + 2];
    words[0] = "--hold";
    System.arraycopy(options, 0, words, 1, options.length);
    words[words.length - 1] = "job.sh";
    return jobs.run(words);
  }

  private String refused(String id, int exitCode) throws IOException {
    jobs.release(id);
    assertThat(jobs.ended(id)).contains("JobState=FAILED", "ExitCode=" + exitCode + ":0");
    String output = output();
    // A changed time is said as well, if it fell into another second.
    assertThat(output.lines()).as(output).allMatch(line -> line.startsWith("condatainer: "));
    assertThat(output.lines().filter(line -> line.contains(image().toString()))).hasSize(1);
    return output;
  }

  private Path image() {
    return condatainer.folder().resolve("env.img");
  }

  private String output() throws IOException {
    return Files.readString(condatainer.folder().resolve("out.txt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void scriptIsTheOneThatWasSubmitted(String runtime) throws IOException {
    String id = held(runtime);
    condatainer.write("job.sh", "#!/bin/bash\necho changed since\n");

    jobs.release(id);

    assertThat(jobs.ended(id)).contains("JobState=COMPLETED");
    assertThat(output()).isEqualTo("only in the overlay\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void scriptMayBeRemovedAfterTheSubmit(String runtime) throws IOException {
    String id = held(runtime);
    Files.delete(condatainer.folder().resolve("job.sh"));

    jobs.release(id);

    assertThat(jobs.ended(id)).contains("JobState=COMPLETED");
    assertThat(output()).contains("job.sh; the script runs from a copy").endsWith("overlay\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatWasRemovedIsMissed(String runtime) throws IOException {
    String id = held(runtime);
    Files.delete(image());

    assertThat(refused(id, 5)).contains("there is no overlay that you can read at");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatWasReplacedIsNotTakenForTheOther(String runtime) throws IOException {
    String id = held(runtime);
    Files.delete(image());
    condatainer.overlay("env.img");

    assertThat(refused(id, 5)).contains("is not the overlay that this run was planned with");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatBecameAnotherFileIsNoImage(String runtime) throws IOException {
    String id = held(runtime);
    condatainer.write("env.img", "a text\n");

    assertThat(refused(id, 5)).contains("is not an ext3 image");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatWasNotUnmountedIsToBeRecoveredFirst(String runtime) throws IOException {
    String id = held(runtime);
    writeState(0);

    assertThat(refused(id, 5)).contains("not cleanly unmounted", "condatainer overlay check ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayWithErrorsIsToBeRepairedFirst(String runtime) throws IOException {
    String id = held(runtime);
    writeState(2);

    assertThat(refused(id, 5)).contains("has file system errors", "condatainer overlay check -y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatAWriterHoldsIsInUse(String runtime) throws Exception {
    String id = held(runtime);
    Process writer =
        condatainer.start(
            condatainer.words(
                "e", "--", "sh", "-c", "echo up > " + condatainer.folder() + "/up; read x"));
    try {
      Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));

      assertThat(refused(id, 4)).contains("is in use by another process");
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void writerFindsTheOverlayInUseByAReader(String runtime) throws Exception {
    String id = held(runtime, "-w");
    Process reader =
        condatainer.start(
            condatainer.words(
                "exec",
                "-o",
                "env.img",
                "sh",
                "-c",
                "echo up > " + condatainer.folder() + "/up; read x"));
    try {
      Installed.await("the reader runs", () -> Files.exists(condatainer.folder().resolve("up")));

      assertThat(refused(id, 4)).contains("is in use by another process");
    } finally {
      reader.getOutputStream().close();
      assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"apptainer", "embedded"})
  void overlayThatWasModifiedIsTakenWithAWarning(String runtime) throws IOException {
    String id = held(runtime);
    Files.setLastModifiedTime(image(), FileTime.fromMillis(1_000_000_000_000L));

    jobs.release(id);

    assertThat(jobs.ended(id)).contains("JobState=COMPLETED");
    assertThat(output())
        .isEqualTo(
            "condatainer: the overlay was modified since this run was planned\n"
                + "only in the overlay\n");
  }

  @Test
  void apptainerThatIsNotOnTheNodeIsNamed() throws IOException {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", "/no/such/apptainer");
    jobs = new SlurmJobs(condatainer);
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH --mem=10 -o out.txt\ntrue\n");

    String id = jobs.run("job.sh");

    assertThat(jobs.ended(id)).contains("ExitCode=5:0");
    assertThat(output()).contains("/no/such/apptainer is not on ", "node_modules");
  }

  private void writeState(int state) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image().toFile(), "rw")) {
      file.seek(STATE);
      file.write(state);
    }
  }
}
