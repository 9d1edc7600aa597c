package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.OddTree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each operation on a disk that has no room for it: a small file system on a loop device. */
class FullDiskIT {
  @TempDir private Path folder;
  private Path disk;
  private Path image;
  private List<String> listing;
  private boolean mounted;

  @BeforeEach
  void makesASmallDisk() throws Exception {
    assumeThat(System.getProperty("user.name")).as("a mount takes root").isEqualTo("root");
    Path tree = OddTree.make(folder.resolve("tree"), 5, 40);
    Path original = OddTree.image(folder.resolve("e.img"), tree, "60M", "-t", "ext3");
    disk = Files.createDirectory(folder.resolve("disk"));
    Path file = folder.resolve("disk.ext4");
    assertThat(run("truncate", "-s", "56M", file.toString())).isZero();
    assertThat(run("mkfs.ext4", "-q", "-O", "^has_journal", file.toString())).isZero();
    mounted = run("mount", "-o", "loop", file.toString(), disk.toString()) == 0;
    assumeThat(mounted).as("a loop device can be mounted").isTrue();
    assertThat(run("rmdir", disk.resolve("lost+found").toString())).isZero();
    CalledProgram.Result packed =
        new CalledProgram(folder).call("overlay", "pack", "e.img", "packed.zst");
    assertThat(packed.exitCode()).as(packed.text()).isZero();
    image = Images.copy(original, disk.resolve("env.img"));
    listing = OddTree.listingOf(image);
  }

  @AfterEach
  void takesItAway() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private static int run(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    return builder.start().waitFor();
  }

  @ParameterizedTest
  @CsvSource({
    "overlay resize env.img -s 50M, 1",
    "overlay resize env.img -s min, 1",
    "overlay resize env.img -s 8G, 1",
    "overlay pack env.img -l 1, 1",
    "overlay freeze env.img -l 1, 1",
    "overlay unpack ../packed.zst new.img, 1",
    "o new.img -s 64M, 1",
    "o new.img -s 64M --sparse, 1",
    "overlay chown -u 5 -g 6 env.img, 0",
    "overlay resize env.img -s min --in-place, 0",
    "overlay check -f env.img, 0",
  })
  void leavesTheImageWholeAndNothingElse(String line, int exitCode) throws Exception {
    // what is left is less than any copy takes
    fillsTheDisk("1M");
    CalledProgram.Result result = new CalledProgram(disk).call(line.split(" ", -1));
    assertThat(result.exitCode()).as(result.text()).isEqualTo(exitCode);
    if (exitCode != 0) {
      assertThat(result.text()).as("the folder that is full").contains(disk.toString());
    }
    if (exitCode == 1) {
      assertThat(result.text()).containsAnyOf(" free, and ", "No space left", "ENOSPC", "write");
    }
    assertThat(Images.e2fsck("-fn", image)).as(result.text()).isZero();
    assertThat(OddTree.listingOf(image)).isEqualTo(listing);
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .as(result.text())
          .containsExactly("env.img", "rest");
    }
  }

  /**
   * There is room to begin with, and not for the packages: the kernel takes all that is written,
   * and only loses it later.
   */
  @Test
  void makesNoImageThatPackagesWereLostIn() throws Exception {
    fillsTheDisk("9M");
    Path mamba = folder.resolve("micromamba");
    Files.writeString(
        mamba,
        "#!/bin/sh\nmkdir -p /ext3/env/bin\n"
            + "[ \"$1\" != create ] || head -c 16M /dev/urandom >/ext3/env/bin/large\n");
    Files.setPosixFilePermissions(mamba, PosixFilePermissions.fromString("rwxr-xr-x"));
    CalledProgram program =
        new CalledProgram(
            disk, Map.of("CNT_RUNTIME", "embedded", "MAMBA_EXE", "" + mamba, "HOME", "" + folder));

    CalledProgram.Result result =
        program.call("o", "new.img", "-s", "64M", "--sparse", "--", "large");

    assertThat(result.exitCode()).as(result.text()).isEqualTo(1);
    assertThat(result.text())
        .contains("may still take ", "what was written last is lost", "ended with exit code 5");
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("env.img", "rest");
    }
  }

  /** The folder can be written, and takes nothing. */
  @Test
  void runThatCannotBeNotedLeavesNothingAndDoctorSaysWhy() throws Exception {
    Path runs = Files.createDirectories(disk.resolve("runs/here"));
    Path script = Files.writeString(folder.resolve("x.sh"), "#!/bin/sh\ntrue\n");
    fillsTheDisk("0");
    CalledProgram program =
        new CalledProgram(
            folder,
            Map.of("CNT_RUNS_DIR", "" + runs.getParent(), "CNT_LOGS_DIR", "" + runs.getParent()));

    CalledProgram.Result result = program.call("run", "--local", script.toString());

    assertThat(result.exitCode()).as(result.text()).isEqualTo(1);
    assertThat(result.text()).contains(runs.toString(), "No space left", "CNT_RUNS_DIR");
    assertThat(runs).isEmptyDirectory();
    CalledProgram.Result doctor = program.call("doctor");
    assertThat(doctor.exitCode()).isEqualTo(1);
    assertThat(doctor.text())
        .containsPattern("problem +runs_dir +you cannot write to .*No space left")
        .containsPattern("problem +logs_dir +you cannot write to .*No space left")
        .contains("make room");
    assertThat(runs.getParent()).isDirectoryNotContaining("glob:**trial*");
  }

  private void fillsTheDisk(String left) throws IOException, InterruptedException {
    String rest = disk.resolve("rest").toString();
    for (String piece : List.of("64k", "1k")) {
      run("sh", "-c", "dd if=/dev/zero bs=" + piece + " 2>/dev/null >>\"$1\"; :", "sh", rest);
    }
    assertThat(run("truncate", "-s", "-" + left, rest)).isZero();
  }

  /** Without room for what takes a repair back there is none, and with it there is. */
  @ParameterizedTest
  @CsvSource({"overlay check env.img", "overlay check -y --yes env.img"})
  void repairsOnlyWhatItCouldTakeBack(String line) throws Exception {
    Images.spoil(image, "ssv state 0");
    byte[] before = Files.readAllBytes(image);
    fillsTheDisk("64K");

    CalledProgram.Result refused = new CalledProgram(disk).call(line.split(" ", -1));

    assertThat(refused.exitCode()).as(refused.text()).isEqualTo(1);
    assertThat(refused.text()).contains("was not repaired", "make room in");
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("env.img", "rest");
    }
    Files.delete(disk.resolve("rest"));
    CalledProgram.Result repaired = new CalledProgram(disk).call(line.split(" ", -1));
    assertThat(repaired.exitCode()).as(repaired.text()).isZero();
    assertThat(Images.e2fsck("-fn", image)).isZero();
    assertThat(OddTree.listingOf(image)).isEqualTo(listing);
  }
}
