package org.condatainer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A release that puts a copy in the image's place, killed at random points of its work, of the Java
 * process alone and of its process group in turn, and on a disk without room: the image is whole,
 * the next release finishes, and nothing is left. The property {@code condatainer.it.kills} says
 * how many points, {@code condatainer.it.seed} which.
 */
@Timeout(value = 1200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FreshCopyKilledIT {
  private static final int KILLS = Integer.getInteger("condatainer.it.kills", 20);
  private static final long SEED = Long.getLong("condatainer.it.seed", 1);

  /** Another machine's kernel does not list this one's locks, though it heeds them. */
  private static final String ELSEWHERE = "mount --bind .locks /proc/locks && exec \"$@\"";

  @TempDir private Path parent;
  private Path original;
  private String hash;
  private Process holder;
  private Path mounted;

  @BeforeEach
  void makeAnImage() throws Exception {
    assumeTrue(Engines.isRoot(), "another machine is made by namespaces, for which it takes root");
    original = parent.resolve("original.img");
    run(
        parent,
        "mkdir -p sk/upper/ext3/env sk/work; for i in 1 2 3 4 5 6 7 8; do"
            + " head -c 6M /dev/urandom >sk/upper/ext3/env/$i; done; mkdir sk/upper/many;"
            + " for i in $(seq 500); do echo $i >sk/upper/many/$i; done; truncate -s 100M original.img;"
            + " mke2fs -q -t ext3 -J size=4 -F -d sk original.img; debugfs -w -R 'ssv state 0' original.img");
    hash = contents(original);
    assertThat(hash).hasSize(64);
  }

  @AfterEach
  void tidyUp() throws Exception {
    if (holder != null) {
      holder.destroyForcibly().waitFor();
    }
    if (mounted != null) {
      run(parent, "umount " + mounted);
    }
  }

  @Test
  void killedAtAnyPointItIsFinishedByTheNext() throws Exception {
    Installed condatainer = Installed.in(parent, "");
    Path image = held(condatainer);
    long began = System.nanoTime();
    Process whole = release(condatainer);
    awaitCopy(condatainer, whole);
    long copying = System.nanoTime();
    assertThat(whole.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(whole.exitValue()).as(said(condatainer)).isZero();
    long duration = System.nanoTime() - began;
    long copy = System.nanoTime() - copying;
    finished(condatainer, "without a kill");
    Random random = new Random(SEED);
    int copied = 0;
    int replaced = 0;
    for (int i = 0; i < KILLS; i++) {
      String point = "seed " + SEED + ", kill " + i;
      held(condatainer);
      Object inode = Files.getAttribute(image, "unix:ino");
      Process release = release(condatainer);
      // most of them while it copies, checks the copy, and puts it in its place
      if (i % 4 > 0) {
        awaitCopy(condatainer, release);
      }
      long most = i % 4 > 0 ? copy : duration;
      release.waitFor((long) (most * random.nextDouble()), TimeUnit.NANOSECONDS);
      if (i % 2 == 1) {
        run(parent, "kill -KILL -" + release.pid() + " 2>/dev/null || :");
      }
      release.destroyForcibly().waitFor();

      copied += names(condatainer).stream().anyMatch(name -> name.contains(".fresh-")) ? 1 : 0;
      replaced += Files.getAttribute(image, "unix:ino").equals(inode) ? 0 : 1;
      assertThat(contents(image)).as(point).isEqualTo(hash);
      Process next = release(condatainer);
      assertThat(next.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(next.exitValue()).as(point + said(condatainer)).isZero();
      finished(condatainer, point);
    }
    System.out.println(
        KILLS + " kills: " + copied + " left a copy, after " + replaced + " it was in place");
  }

  @Test
  void aDiskWithoutRoomLeavesAllAsItWas() throws Exception {
    Path disk = Files.createDirectory(parent.resolve("disk"));
    run(parent, "truncate -s 120M disk.ext4; mkfs.ext4 -q -O ^has_journal disk.ext4");
    run(parent, "mount -o loop disk.ext4 disk");
    mounted = disk;
    run(disk, "rmdir lost+found");
    Installed condatainer = Installed.in(parent, "").at(disk);
    Path image = held(condatainer);
    Object inode = Files.getAttribute(image, "unix:ino");
    run(disk, "dd if=/dev/zero of=rest bs=64k 2>/dev/null || :; truncate -s -8M rest");

    Process release = release(condatainer);

    assertThat(release.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(release.exitValue()).as(said(condatainer)).isEqualTo(1);
    assertThat(said(condatainer)).contains("No space left");
    assertThat(Files.getAttribute(image, "unix:ino")).isEqualTo(inode);
    assertThat(contents(image)).isEqualTo(hash);
    assertThat(names(condatainer)).containsExactly("env.img", "env.img.lease");

    run(disk, "rm rest");
    Process next = release(condatainer);
    assertThat(next.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(next.exitValue()).as(said(condatainer)).isZero();
    finished(condatainer, "with room");
    holder.destroyForcibly().waitFor();
  }

  /** The image as it was, its lock in another's hand, and a lease of a machine that is gone. */
  private Path held(Installed condatainer) throws Exception {
    if (holder != null) {
      holder.destroyForcibly().waitFor();
    }
    Path folder = condatainer.folder();
    run(folder, "rm -f env.img* up; cp --sparse=always " + original + " env.img; : >.locks");
    condatainer.write(
        "env.img.lease",
        "condatainer-lease=1\nuser=root\nhost=n77\nmachine=m77\nboot=b77\npidns=pid:[77]\npid=42\n"
            + "start=99\nscheduler=\ncluster=\njob=\nrun=r\nmode=write\nsince="
            + Instant.now()
            + "\n");
    holder =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl,time\nf=open('env.img','r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "open('up','w')\ntime.sleep(3000)")
            .directory(folder.toFile())
            .start();
    Installed.await("it has the lock", () -> Files.exists(folder.resolve("up")));
    return folder.resolve("env.img");
  }

  /** A release by force, in a process group of its own. */
  private static Process release(Installed condatainer) throws IOException {
    Path folder = condatainer.folder();
    Files.writeString(folder.resolve("answer"), "env.img\n");
    List<String> words =
        Stream.concat(
                Stream.of("setsid", "unshare", "--mount", "bash", "-c", ELSEWHERE, "bash"),
                condatainer.words("lock", "release", "--force", "--yes", "env.img").stream())
            .toList();
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().putAll(condatainer.variables());
    builder.environment().put("CNT_SCHEDULER", "none");
    return builder
        .redirectErrorStream(true)
        .redirectInput(folder.resolve("answer").toFile())
        .redirectOutput(folder.resolve("started.out").toFile())
        .start();
  }

  private static void awaitCopy(Installed condatainer, Process release) {
    while (release.isAlive()
        && names(condatainer).stream().noneMatch(name -> name.contains(".fresh-"))) {
      Thread.onSpinWait();
    }
  }

  private void finished(Installed condatainer, String point) throws Exception {
    Path image = condatainer.folder().resolve("env.img");
    List<String> names = names(condatainer);
    assertThat(names).as(point + said(condatainer)).hasSize(2).contains("env.img");
    assertThat(names.get(1)).as(point).startsWith("env.img.before-");
    assertThat(Files.mismatch(condatainer.folder().resolve(names.get(1)), original))
        .as(point)
        .isEqualTo(-1);
    run(condatainer.folder(), "e2fsck -fn env.img");
    assertThat(contents(image)).as(point).isEqualTo(hash);
  }

  private static List<String> names(Installed condatainer) {
    return Stream.of(condatainer.folder().toFile().list())
        .filter(name -> name.startsWith("env.img"))
        .sorted()
        .toList();
  }

  private String contents(Path image) throws Exception {
    return run(
        parent,
        "rm -rf dump; mkdir dump; debugfs -R 'rdump /upper dump' "
            + image
            + "; cd dump; find . -type f | sort | xargs sha256sum | sha256sum | cut -d' ' -f1");
  }

  private static String said(Installed condatainer) throws IOException {
    return Files.readString(condatainer.folder().resolve("started.out"));
  }

  private static String run(Path folder, String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", "set -e; PATH=$PATH:/usr/sbin:/sbin; " + script)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor()).as(script + out).isZero();
    return out;
  }
}
