package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An operation on an image that is mounted is refused, whoever mounted it, and a mount during an
 * operation is refused too.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class MountedImageIT {
  private static final int IN_USE = 4;

  private static final List<String> CHANGING =
      List.of(
          "overlay resize env.img -s 64M",
          "overlay resize env.img -s min",
          "overlay resize env.img -s min --in-place",
          "overlay chown -u 5 -g 6 env.img",
          "overlay check -f env.img");

  private static final List<String> READING =
      List.of("overlay check -n env.img", "overlay pack env.img", "overlay freeze env.img -l 1");

  @TempDir private Path parent;

  @BeforeEach
  void packers() {
    assumeTrue(
        Engines.isInPath("zstd") && Engines.isInPath("mksquashfs"), "zstd and mksquashfs are here");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void whatAContainerHasWritableIsLeftAlone(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process container = start(condatainer, "e", "--", "sh", "-c", "touch up; read x");
    for (String line : CHANGING) {
      refused(condatainer, line);
    }
    for (String line : READING) {
      refused(condatainer, line);
    }
    end(container);
    whole(condatainer, image);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void whatAContainerReadsMayBeReadAndNotChanged(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process container = start(condatainer, "exec", "-o", "env.img", "sh", "-c", "touch up; read x");
    for (String line : CHANGING) {
      refused(condatainer, line);
    }
    for (String line : READING) {
      Result result = condatainer.call(line.split(" ", -1));
      assertThat(result.exitCode()).as(result.everything()).isZero();
    }
    end(container);
    whole(condatainer, image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mount -o loop", "mount -o loop,ro", "fuse2fs -o rw", "fuse2fs -o ro"})
  void whatWasMountedWithoutALockIsLeftAlone(String mount) throws Exception {
    assumeTrue(Engines.isRoot(), "a mount takes root");
    Installed condatainer = Installed.in(parent, "").with("CNT_SCHEDULER", "none");
    Path image = condatainer.folder().resolve("env.img");
    Result made = condatainer.call("o", "env.img", "-s", "32M", "--sparse");
    assertThat(made.exitCode()).as(made.everything()).isZero();
    Path point = Files.createDirectory(condatainer.folder().resolve("point"));
    List<String> words = new ArrayList<>(List.of(mount.split(" ", -1)));
    words.addAll(words.get(0).equals("mount") ? 1 : 3, List.of(image.toString(), "" + point));
    assumeTrue(new ProcessBuilder(words).start().waitFor() == 0, mount + " works here");
    try {
      for (String line : CHANGING) {
        assertThat(refused(condatainer, line)).contains("which takes no lock", "unmount it: ");
      }
      for (String line : READING) {
        if (mount.endsWith("ro")) {
          Result result = condatainer.call(line.split(" ", -1));
          assertThat(result.exitCode()).as(result.everything()).isZero();
        } else {
          refused(condatainer, line);
        }
      }
      if (!mount.endsWith("ro")) {
        Result release = condatainer.call("lock", "release", "--yes", "env.img");
        assertThat(release.exitCode()).as(release.everything()).isNotZero();
        assertThat(release.everything()).contains("which takes no lock");
      }
    } finally {
      assertThat(new ProcessBuilder("umount", point.toString()).start().waitFor()).isZero();
    }
    Installed.await(
        "it can be changed again",
        () -> condatainer.call("overlay", "chown", "-u", "5", "env.img").exitCode() == 0);
    assertThat(condatainer.call("overlay", "check", "-n", "env.img").exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void duringAnOperationNobodyMountsIt(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    condatainer.write(
        "bin/e2fsck",
        "#!/bin/sh\ntouch up\nwhile [ ! -e go ]; do sleep 0.1; done\nexec /sbin/e2fsck \"$@\"\n");
    condatainer.asUser(List.of("chmod", "755", "bin/e2fsck"), "");
    Installed slow =
        condatainer.with("PATH", condatainer.folder() + "/bin:" + System.getenv("PATH"));
    Process operation = start(slow, "overlay", "check", "-f", "env.img");
    assertThat(refused(condatainer, "exec -o env.img true")).contains("overlay check");
    refused(condatainer, "exec -w -o env.img true");
    if (runtime.kind().equals("apptainer")) {
      Result plain =
          condatainer.asUser(
              List.of(Engines.apptainer(), "exec", "--overlay", "env.img:ro", "/usr", "true"), "");
      assertThat(plain.err()).contains("currently in use");
    }
    condatainer.asUser(List.of("touch", "go"), "");
    assertThat(operation.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(operation.exitValue()).isZero();
    whole(condatainer, image);
  }

  private static Process start(Installed condatainer, String... words) {
    Process process = condatainer.start(condatainer.words(words));
    Path mark = condatainer.folder().resolve("up");
    Installed.await("it works on the image", () -> Files.exists(mark));
    return process;
  }

  private static void end(Process container) throws IOException, InterruptedException {
    container.getOutputStream().close();
    assertThat(container.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static String refused(Installed condatainer, String line) {
    Result result = condatainer.call(line.split(" ", -1));
    assertThat(result.exitCode()).as(line + ": " + result.everything()).isEqualTo(IN_USE);
    return result.everything();
  }

  private static void whole(Installed condatainer, Path image) {
    Result check = condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "");
    assertThat(check.exitCode()).as(check.everything()).isZero();
    Result fact = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/fact");
    assertThat(fact.out()).as(fact.everything()).isEqualTo("only in the overlay\n");
  }
}
