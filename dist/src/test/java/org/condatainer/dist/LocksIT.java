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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real writers and what is left of them when they are killed: the verdict, and the release. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LocksIT {
  private static final int FREE = 0;
  private static final int IN_USE = 10;
  private static final int STALE = 11;
  private static final int DIRTY = 12;

  @TempDir private Path parent;

  @Test
  void aFolderThatMayNotBeReadIsNotOneWithoutImages() {
    assumeTrue(!Engines.user().isEmpty(), "root may read all");
    Installed user = Installed.in(parent, Engines.user());
    user.write("closed/env.img", "");
    user.asUser(List.of("chmod", "000", "closed"), "");

    for (String name : List.of("closed", "closed/env.img")) {
      Result result = user.call("lock", "status", "--json", name);
      assertThat(result.exitCode()).as(result.everything()).isEqualTo(5);
      assertThat(result.err()).contains(name + " cannot be read: permission denied");
    }
    user.asUser(List.of("chmod", "700", "closed"), "");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void aWriterIsNamedAndNeverReleased(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "read x");
    try {
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      String user = runtime.user().isEmpty() ? "root" : runtime.user();
      assertThat(status.out()).contains("in use, to write", "  " + user + " on ", "rule 1:");

      for (String option : List.of("--yes", "--force", "--cancel")) {
        Result refused =
            condatainer.callWithInput("env.img\n", "lock", "release", option, "env.img");
        assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
      }
      assertThat(writer.isAlive()).isTrue();
      assertThat(leaseOf(image)).exists();
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(condatainer.call("lock", "status", "env.img").exitCode()).isEqualTo(FREE);
    assertThat(leaseOf(image)).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void aSuspendedWriterHolds(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "read x");
    List<Long> stopped = ImageProcesses.of(condatainer);
    try {
      ImageProcesses.signal("STOP", stopped);
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("suspended");
      Result refused = condatainer.call("lock", "release", "--yes", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
    } finally {
      writer.getOutputStream().close();
      // runuser stops itself when its child stops, perhaps after it was told to go on
      Installed.await(
          "the writer ends",
          () -> {
            ImageProcesses.signal("CONT", stopped);
            return !writer.isAlive();
          });
    }
    assertThat(check(condatainer, image)).isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void whatAKilledStarterLeavesIsReleasedAndNothingIsLost(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    writer(condatainer, "read x");
    String hash = hash(condatainer);
    ImageProcesses.signal("KILL", ImageProcesses.named(condatainer, "starter"));

    released(condatainer, image, "rule 11:", hash);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void whatAKilledProcessGroupLeavesIsReleasedAndNothingIsLost(Engines.Place runtime)
      throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "read x");
    String hash = hash(condatainer);
    ImageProcesses.kill(condatainer, name -> !ImageProcesses.isHelper(name));
    assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThat(leaseOf(image)).exists();
    released(condatainer, image, "rule 11:", hash);
    assertThat(leaseOf(image)).doesNotExist();
  }

  /** One heeds no TERM until it goes on, and KILL would lose what it has in its memory. */
  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void helpersThatWereSuspendedAreNotKilled(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    writer(condatainer, "echo kept >/ext3/env/late; read x");
    String hash = hash(condatainer);
    ImageProcesses.kill(condatainer, name -> !ImageProcesses.isHelper(name));
    Installed.await("it is stale", () -> code(condatainer) == STALE);
    ImageProcesses.signal("STOP", ImageProcesses.named(condatainer, "fuse2fs"));

    Result release = condatainer.call("lock", "release", "--yes", "env.img");

    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    assertThat(release.err()).contains("ended fuse2fs").doesNotContain("killed");
    whole(condatainer, image, hash);
    Result late = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/late");
    assertThat(late.out()).as(late.everything()).isEqualTo("kept\n");
  }

  /** A reader's mounts are the kernel's but for the image's own: who lives there still reads. */
  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void aReaderThatOutlivesItsContainerIsAHolder(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    Path go = condatainer.folder().resolve("go");
    started(
        condatainer,
        "up",
        "exec",
        "-o",
        "env.img",
        "sh",
        "-c",
        "setsid sh -c 'while [ ! -e go ]; do sleep 0.1; done; cat /ext3/env/fact >late' &"
            + " touch up; read x");
    ImageProcesses.signal("KILL", ImageProcesses.named(condatainer, "starter"));
    try {
      Installed.await(
          "its container is gone",
          () ->
              ImageProcesses.of(condatainer).stream()
                  .noneMatch(pid -> ImageProcesses.comm(pid).equals("starter")));
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("while [ ! -e go ]", "(outlived its container)");
      Result root =
          new Installed("", condatainer.folder(), condatainer.variables())
              .call("lock", "release", "--yes", "env.img");
      assertThat(root.exitCode()).as(root.everything()).isEqualTo(IN_USE);
      Result refused = condatainer.call("lock", "release", "--yes", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
    } finally {
      condatainer.asUser(List.of("touch", go.toString()), "");
    }
    Installed.await("it has read", () -> Files.exists(condatainer.folder().resolve("late")));
    Installed.await("nobody reads", () -> code(condatainer) != IN_USE);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void aProcessThatOutlivesItsContainerIsAHolder(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Path go = condatainer.folder().resolve("go");
    writer(
        condatainer,
        "setsid sh -c 'while [ ! -e go ]; do sleep 0.1; done; echo late >/ext3/env/late' & read x");
    ImageProcesses.signal("KILL", ImageProcesses.named(condatainer, "starter"));

    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
    assertThat(status.out()).contains("while [ ! -e go ]", "(outlived its container)");
    assertThat(status.out()).containsPattern("next: kill [0-9 ]+ \\(if nobody needs them\\)");
    Result refused = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);

    condatainer.asUser(List.of("touch", go.toString()), "");
    Installed.await("it is stale", () -> code(condatainer) == STALE);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    assertThat(check(condatainer, image)).isZero();
    Result late = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/late");
    assertThat(late.out()).as(late.everything()).isEqualTo("late\n");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void afterEverythingWasKilledTheImageIsRecovered(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "read x");
    String hash = hash(condatainer);
    ImageProcesses.signal("KILL", ImageProcesses.of(condatainer));
    assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Installed.await(
        "nobody has it", () -> code(condatainer) != IN_USE && code(condatainer) != STALE);

    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    whole(condatainer, image, hash);
    assertThat(leaseOf(image)).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainerOfAUser")
  void afterTheHelperWasKilledTheImageIsRecovered(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "read x");
    String hash = hash(condatainer);
    ImageProcesses.signal("KILL", ImageProcesses.named(condatainer, "fuse2fs"));
    // the starter has the lock's open file too
    assertThat(code(condatainer)).isEqualTo(IN_USE);
    writer.getOutputStream().close();
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Installed.await("its container is gone", () -> code(condatainer) != IN_USE);

    assertThat(code(condatainer)).isEqualTo(DIRTY);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    whole(condatainer, image, hash);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainer")
  void readersAreNamed(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    List<Process> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      readers.add(
          started(
              condatainer,
              "up" + i,
              "exec",
              "-o",
              "env.img",
              "sh",
              "-c",
              "touch up" + i + "; read x"));
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("in use, to read");
    }
    Result refused = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
    for (Process reader : readers) {
      reader.getOutputStream().close();
      assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    Installed.await("it is free", () -> code(condatainer) == FREE);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainer")
  void aPlainProgramsLockIsInUse(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    Process program =
        condatainer.start(
            List.of(
                "python3",
                "-c",
                "import fcntl,sys\nf=open('env.img','r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "open('up','w')\nsys.stdin.readline()"));
    Installed.await("it has the lock", () -> Files.exists(condatainer.folder().resolve("up")));
    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
    assertThat(status.out()).contains("python3 -c");
    program.getOutputStream().close();
    assertThat(program.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(code(condatainer)).isEqualTo(FREE);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void aJournalIsReplayedAndAnInterruptedResizeIsNotTouched(Engines.Place runtime)
      throws Exception {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    String hash = contents(condatainer);
    condatainer.write("blk", "x".repeat(4096));
    debugfs(condatainer, "jo\njw -b 6000 blk\njc\n");
    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(DIRTY);
    assertThat(status.out()).contains("rule 22:");
    assertThat(condatainer.call("lock", "release", "--yes", "env.img").exitCode()).isEqualTo(FREE);
    assertThat(contents(condatainer)).isEqualTo(hash);

    debugfs(condatainer, "ssv state 3\nclri <11>\n");
    byte[] before = Files.readAllBytes(image);
    Result broken = condatainer.call("lock", "status", "env.img");
    assertThat(broken.exitCode()).as(broken.everything()).isEqualTo(DIRTY);
    assertThat(broken.out()).contains("rule 24:");
    Result dry = condatainer.call("lock", "release", "--dry-run", "env.img");
    assertThat(dry.exitCode()).as(dry.everything()).isEqualTo(DIRTY);
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    if (release.exitCode() != FREE) {
      assertThat(release.err()).contains("what e2fsck -y would do", "e2fsck -fy");
    }
  }

  /** A mount namespace that a foreign process keeps, and with it the loop device and the lock. */
  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachApptainer")
  void aLeakedMountNamespaceIsNeverStale(Engines.Place runtime) throws Exception {
    assumeTrue(runtime.user().isEmpty(), "a user's image is mounted by FUSE, not by a loop device");
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Process writer = writer(condatainer, "sleep 100");
    String inside = ImageProcesses.named(condatainer, "sleep").get(0).toString();
    Process foreign = new ProcessBuilder("nsenter", "-t", inside, "-m", "sleep", "1000").start();
    Installed.await("it is inside", () -> ImageProcesses.comm(foreign.pid()).equals("sleep"));
    String hash = hash(condatainer);
    ImageProcesses.signal("KILL", ImageProcesses.of(condatainer));
    assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
    try {
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("process " + foreign.pid());
      Result refused =
          condatainer.callWithInput("env.img\n", "lock", "release", "--force", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
    } finally {
      foreign.destroyForcibly().waitFor();
    }
    Installed.await("nobody has it", () -> code(condatainer) != IN_USE);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    whole(condatainer, image, hash);
  }

  /** Stale by an orphan: shown, planned without being touched, released, mountable as it was. */
  private void released(Installed condatainer, Path image, String rule, String hash)
      throws IOException {
    Installed.await("it is stale", () -> code(condatainer) == STALE);
    Result status = condatainer.call("lock", "status", "--json", "env.img");
    assertThat(status.out()).as(status.everything()).contains("\"stale\"", "\"orphaned\"");
    Result dry = condatainer.call("lock", "release", "--dry-run", "env.img");
    assertThat(dry.exitCode()).as(dry.everything()).isEqualTo(STALE);
    String mark = "1. end what the killed container left: ";
    assertThat(dry.out()).contains(rule, mark, "fuse2fs");
    String planned = dry.out().substring(dry.out().indexOf(mark) + mark.length());
    assertThat(code(condatainer)).isEqualTo(STALE);

    Result release = condatainer.call("lock", "release", "--yes", "env.img");

    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    List<String> ended = new ArrayList<>();
    for (String line : release.err().lines().toList()) {
      int start = line.indexOf("ended ");
      if (start >= 0) {
        ended.add(line.substring(start + "ended ".length()));
      }
    }
    assertThat(String.join(", ", ended)).isEqualTo(planned.lines().findFirst().orElse(""));
    whole(condatainer, image, hash);
    assertThat(ImageProcesses.of(condatainer)).isEmpty();
  }

  private static void whole(Installed condatainer, Path image, String hash) {
    assertThat(check(condatainer, image)).isZero();
    assertThat(contents(condatainer)).isEqualTo(hash);
    Result again = condatainer.call("e", "--", "sh", "-c", "echo more > /ext3/env/more");
    assertThat(again.exitCode()).as(again.everything()).isZero();
  }

  /** A writer that has written a hundred files, on the disk, before this returns. */
  private Process writer(Installed condatainer, String then) {
    return started(
        condatainer,
        "up",
        "e",
        "--",
        "sh",
        "-c",
        "mkdir /ext3/env/many; for i in $(seq 100); do echo $i > /ext3/env/many/$i; done;"
            + " sync; (cd /ext3/env && cat many/* fact) | sha256sum > hash; touch up; "
            + then);
  }

  private static Process started(Installed condatainer, String mark, String... words) {
    Process process = condatainer.start(condatainer.words(words));
    Installed.await("the container runs", () -> Files.exists(condatainer.folder().resolve(mark)));
    return process;
  }

  private static String hash(Installed condatainer) throws IOException {
    return Files.readString(condatainer.folder().resolve("hash"));
  }

  private static String contents(Installed condatainer) {
    Result result =
        condatainer.call(
            "exec",
            "-o",
            "env.img",
            "sh",
            "-c",
            "cd /ext3/env && cat many/* fact 2>/dev/null | sha256sum");
    assertThat(result.exitCode()).as(result.everything()).isZero();
    return result.out();
  }

  private static int check(Installed condatainer, Path image) {
    return condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode();
  }

  private static int code(Installed condatainer) {
    return condatainer.call("lock", "status", "env.img").exitCode();
  }

  private static void debugfs(Installed condatainer, String commands) {
    condatainer.asUser(List.of("/sbin/debugfs", "-w", "-f", "-", "env.img"), commands);
  }

  private static Path leaseOf(Path image) {
    return image.resolveSibling(image.getFileName() + ".lease");
  }
}
