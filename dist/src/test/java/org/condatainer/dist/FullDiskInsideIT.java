package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packages are installed inside a container until the image, or the disk below it, is full. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FullDiskInsideIT {
  private static final String MICROMAMBA =
      """
      #!/bin/sh
      case $1 in install | create) ;; *) exit 0 ;; esac
      for last; do :; done
      mkdir -p /ext3/env/large
      i=0
      while [ $i -lt "$last" ]; do
        head -c 1M /dev/urandom >/ext3/env/large/$i || { echo "no room for $i" >&2; exit 1; }
        i=$((i + 1))
      done
      """;

  @TempDir private Path parent;
  private Path disk;
  private Installed condatainer;

  @AfterEach
  void takesTheDiskAway() throws Exception {
    if (disk != null) {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private static int run(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(all).inheritIO();
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    return builder.start().waitFor();
  }

  /** An overlay with a fact in it on a disk of 60 MiB. */
  private void prepare(Engines.Place runtime, String size) throws Exception {
    assumeTrue(Engines.isRoot(), "a mount takes root");
    condatainer = runtime.in(parent);
    condatainer.write("bin/micromamba", MICROMAMBA);
    condatainer.asUser(List.of("chmod", "755", "bin/micromamba"), "");
    Path file = condatainer.folder().resolve("disk.ext4");
    Path point = Files.createDirectory(condatainer.folder().resolve("disk"));
    assertThat(run("truncate", "-s", "60M", file.toString())).isZero();
    assertThat(run("mkfs.ext4", "-q", "-O", "^has_journal", file.toString())).isZero();
    assumeTrue(run("mount", "-o", "loop", file.toString(), point.toString()) == 0, "loop devices");
    disk = point;
    if (!runtime.user().isEmpty()) {
      assertThat(run("chown", runtime.user(), disk.toString())).isZero();
    }
    condatainer = condatainer.at(disk).with("MAMBA_EXE", condatainer.folder() + "/bin/micromamba");
    condatainer.overlay("env.img");
    Result larger = condatainer.call("overlay", "resize", "env.img", "-s", size);
    assertThat(larger.exitCode()).as(larger.everything()).isZero();
  }

  private Result install(String mebibytes) {
    return condatainer.call("exec", "-w", "-o", "env.img", "mm-install", mebibytes);
  }

  /** The overlay is sound, has what was in it, and takes more. */
  private void goesOn() {
    Result check = condatainer.call("overlay", "check", "-f", "env.img");
    if (check.exitCode() != 0) {
      check = condatainer.call("overlay", "check", "-y", "--yes", "env.img");
    }
    assertThat(check.exitCode()).as(check.everything()).isZero();
    Result fact = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/fact");
    assertThat(fact.out()).as(fact.everything()).isEqualTo("only in the overlay\n");
    Result removed =
        condatainer.call("exec", "-w", "-o", "env.img", "rm", "-rf", "/ext3/env/large");
    assertThat(removed.exitCode()).as(removed.everything()).isZero();
    Result again = install("2");
    assertThat(again.exitCode()).as(again.everything()).isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void imageIsFull(Engines.Place runtime) throws Exception {
    prepare(runtime, "33M");
    Result full = install("40");
    assertThat(full.exitCode()).as(full.everything()).isEqualTo(1);
    assertThat(full.err()).contains("No space left on device");
    assertThat(condatainer.call("overlay", "info", "env.img").out()).contains("clean");
    goesOn();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void diskBelowIsFull(Engines.Place runtime) throws Exception {
    prepare(runtime, "48M");
    condatainer.asUser(
        List.of("sh", "-c", "dd if=/dev/zero of=rest bs=64k; truncate -s -8M rest"), "");

    Result full = install("24");

    assertThat(full.err())
        .contains("env.img may still take ", "MiB free: what does not fit is lost");
    if (runtime.user().isEmpty()) {
      // the kernel has taken all that was written, and the command has not failed
      assertThat(full.exitCode()).as(full.everything()).isEqualTo(5);
      assertThat(full.err()).contains("could not be written to its end");
    } else {
      assertThat(full.exitCode()).as(full.everything()).isNotZero();
    }
    assertThat(condatainer.call("exec", "-o", "env.img", "true").err()).contains("overlay check");
    Files.delete(disk.resolve("rest"));
    goesOn();
  }
}
