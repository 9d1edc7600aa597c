package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each operation in a folder of a read-only file system: what only reads works, the rest says what
 * is wrong and leaves nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadOnlyFolderIT {
  private static final String NO_FOLDER = "you may not write in the folder ";
  private static final String NO_IMAGE = " is on a read-only file system, so nothing was done";

  @TempDir private static Path parent;
  private Path folder;
  private boolean mounted;

  @BeforeAll
  void makesTheFolder() throws Exception {
    assumeThat(System.getProperty("user.name")).as("a mount takes root").isEqualTo("root");
    folder = Files.createDirectory(parent.resolve("folder"));
    Images.overlay(folder.resolve("env.img"));
    Files.writeString(folder.resolve("environment.yml"), "dependencies:\n  - zlib\n");
    // its environment is empty and of this version
    Images.spoil(
        folder.resolve("env.img"),
        "mkdir upper/ext3/env/conda-meta",
        "sif upper/ext3/env/conda-meta mode 040755");
    CalledProgram.Result packed = new CalledProgram(folder).call("overlay", "pack", "env.img");
    assertThat(packed.exitCode()).as(packed.text()).isZero();
    String path = folder.toString();
    mounted = run("mount", "--bind", path, path) == 0;
    assumeThat(mounted).as("a folder can be mounted").isTrue();
    assertThat(run("mount", "-o", "remount,ro,bind", path)).isZero();
  }

  @AfterAll
  void takesItAway() throws Exception {
    if (mounted) {
      assertThat(run("umount", folder.toString())).isZero();
    }
  }

  private static int run(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words).inheritIO().start().waitFor();
  }

  @ParameterizedTest
  @CsvSource({
    "o new.img -s 20M --sparse, FOLDER",
    "o new.img -s 20M, FOLDER",
    "o new.img -s 20M --sparse -- zlib, FOLDER",
    "o new.img -s 20M --sparse -f environment.yml, FOLDER",
    "overlay pack env.img other.zst, FOLDER",
    "overlay unpack env.img.zst new.img, FOLDER",
    "overlay freeze env.img, FOLDER",
    "overlay resize env.img -s 80M, IMAGE",
    "overlay resize env.img -s min, IMAGE",
    "overlay resize env.img -s min --in-place, IMAGE",
    "overlay chown -u 5 -g 6 env.img, IMAGE",
    "overlay check env.img, IMAGE",
    "overlay check -y --yes env.img, IMAGE",
    "overlay check -f env.img, IMAGE",
    "overlay check -n env.img, ''",
    "overlay export env.img, ''",
    "exec -o env.img true, ''",
    "overlay info env.img, ''",
    "lock status env.img, ''",
  })
  void saysWhatIsWrongAndLeavesNothing(String line, String refusedFor) throws IOException {
    List<String> before = entries();

    CalledProgram.Result result =
        new CalledProgram(folder, Map.of("CNT_RUNTIME", "embedded", "MAMBA_EXE", "/bin/false"))
            .call(line.split(" ", -1));

    if (refusedFor.isEmpty()) {
      assertThat(result.exitCode()).as(result.text()).isZero();
    } else {
      assertThat(result.exitCode()).as(result.text()).isNotZero();
      assertThat(result.text())
          .contains(
              refusedFor.equals("FOLDER")
                  ? NO_FOLDER + folder + "; choose another one"
                  : folder.resolve("env.img") + NO_IMAGE)
          .doesNotContain("Exception");
    }
    assertThat(entries()).isEqualTo(before);
  }

  @Test
  void opensNothingWritable() throws IOException {
    List<String> before = entries();
    CalledProgram.Result result =
        new CalledProgram(folder, Map.of("CNT_RUNTIME", "embedded"))
            .call("exec", "-w", "-o", "env.img", "true");
    assertThat(result.exitCode()).as(result.text()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(result.text()).contains("env.img: you may not write to it");
    assertThat(entries()).isEqualTo(before);
  }

  /** Names and times of what is there. */
  private List<String> entries() throws IOException {
    List<String> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        entries.add(file.getFileName() + " " + Files.getLastModifiedTime(file));
      }
    }
    return entries;
  }
}
