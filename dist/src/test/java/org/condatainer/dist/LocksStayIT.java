package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.lsf.LsfProvider;
import org.condatainer.scheduler.pbs.PbsProvider;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An image on a file system of which it is not known that its locks reach other machines: one that
 * is served by FUSE. There the files beside the image keep two machines apart.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LocksStayIT {
  @TempDir private Path parent;
  private Path disk;
  private Installed condatainer;
  private OtherHost other;

  @BeforeEach
  void makeAnImageThere() {
    assumeTrue(Engines.isRoot(), "another machine is made by namespaces, for which it takes root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/fuse2fs")), "there is no fuse2fs");
    Installed here = Installed.in(parent, "").with("CNT_SCHEDULER", "none");
    run(
        here,
        "truncate -s 64M disk; mke2fs -q -t ext4 -F disk; mkdir mnt sk sk/upper sk/work;"
            + " echo precious >sk/upper/fact; fuse2fs -o allow_other disk mnt;"
            + " truncate -s 16M mnt/env.img; mke2fs -q -t ext3 -F -d sk mnt/env.img;"
            + " debugfs -w -R 'ssv state 0' mnt/env.img; rmdir mnt/lost+found");
    disk = here.folder().resolve("mnt");
    condatainer = here.at(disk);
    other = new OtherHost(condatainer);
  }

  @AfterEach
  void takeItAway() {
    if (disk != null) {
      run(condatainer.at(parent), "umount " + disk);
    }
  }

  @Test
  void aReleaseProvesChecksAndLeavesNothing() throws IOException {
    condatainer.write("env.img.lease", goneHere());
    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(12);
    assertThat(status.out()).contains("rule 15:", "rule 23:", "rule 39:");

    Result release = condatainer.call("lock", "release", "--yes", "env.img");

    assertThat(release.exitCode()).as(release.everything()).isZero();
    assertThat(names()).containsExactly("env.img");
    run(condatainer, "e2fsck -fn env.img; debugfs -R 'cat /upper/fact' env.img | grep precious");
  }

  /** The e2fsck of this test looks at what others see while it works. */
  @Test
  void whileItWorksAnotherMachineNeitherMountsNorReleases() throws IOException {
    condatainer.write("env.img.lease", goneHere());
    condatainer.write(
        "bin/e2fsck",
        "#!/bin/sh\ncp env.img.lease seen\ncp env.img.release.lease claim\n"
            + "exec /sbin/e2fsck \"$@\"\n");
    run(condatainer, "chmod 755 bin/e2fsck");
    Result release =
        condatainer
            .with("PATH", disk + "/bin:" + System.getenv("PATH"))
            .call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isZero();
    run(condatainer, "cp seen env.img.lease; cp claim env.img.release.lease");
    assertThat(condatainer.folder().resolve("seen")).content().contains("run=lock release");

    Result mount = other.call("exec", "-w", "-o", "env.img", "true");
    assertThat(mount.exitCode()).as(mount.everything()).isEqualTo(4);
    assertThat(mount.err()).contains("is leased to root on", "no lock reaches other nodes");
    run(condatainer, "debugfs -w -R 'ssv state 0' env.img");
    Result second = other.callWithInput("env.img\n", "lock", "release", "--force", "env.img");
    assertThat(second.exitCode()).as(second.everything()).isEqualTo(1);
    assertThat(second.err()).contains("works on the image", "no lock reaches other machines");
    run(condatainer, "dumpe2fs -h env.img | grep 'not clean'");

    // It was killed: on its own machine that is seen.
    Result next = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(next.exitCode()).as(next.everything()).isZero();
    assertThat(names()).containsExactly("env.img");
  }

  /** Of another machine it is not known whether it still has it, unless the lock would tell. */
  @Test
  void theImageCommandsHeedWhatTheSiteSays() throws IOException {
    Result type = condatainer.asUser(List.of("findmnt", "-no", "FSTYPE", "-T", "."), "");
    String lease = goneHere().replaceAll("(?m)^(host|machine|boot)=.*$", "$1=elsewhere");
    for (String command : List.of("overlay check", "overlay pack")) {
      condatainer.write("env.img.lease", lease);
      String[] words = (command + " env.img").split(" ", -1);
      Result refused = condatainer.call(words);
      assertThat(refused.exitCode()).as(command + refused.everything()).isEqualTo(4);
      Result done = condatainer.with("CNT_SHARED_LOCKS", type.out().strip()).call(words);
      assertThat(done.exitCode()).as(command + done.everything()).isZero();
    }
  }

  /** A FUSE helper may have outlived the job, whose scheduler does not tell (44). */
  @ParameterizedTest
  @ValueSource(strings = {"pbs", "lsf"})
  void whatNextNamesReleasesItByAJobOnItsMachine(String id) throws IOException {
    assumeTrue(
        Boolean.getBoolean(Engines.SLURM) || !Engines.isInPath("sbatch"),
        "a Slurm that does not run would be asked, and prove nothing");
    Path folder = Files.createDirectory(parent.resolve(id));
    try (SimulatedLaboratory laboratory =
        id.equals("pbs")
            ? SimulatedLaboratory.pbs(new PbsProvider(), folder, true)
            : SimulatedLaboratory.lsf(new LsfProvider(), folder)) {
      String commands = laboratory.variables().get("PATH") + ":" + Installed.PROGRAM + "/bin:";
      Installed user =
          condatainer.with("CNT_SCHEDULER", id).with("PATH", commands + System.getenv("PATH"));
      user.write("job.sh", "#!/bin/sh\n#PBS -N ended\n#BSUB -J ended\ntrue\n");
      Result run = user.call("run", "--submit", "job.sh");
      assertThat(run.exitCode()).as(run.everything()).isZero();
      user.write(
          "env.img.lease",
          goneHere()
              .replace("scheduler=\n", "scheduler=" + id + "\n")
              .replace("job=\n", "job=" + run.out().strip() + "\n"));
      OtherHost there = new OtherHost(user);
      Installed.await(
          "the job has ended",
          () -> there.call("lock", "status", "env.img").out().contains("rule 12:"));

      Result status = there.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(13);
      assertThat(status.out()).contains("rule 39:", "rule 44:");
      assertThat(status.out()).as(status.out()).doesNotContain("rule 31:");
      String next = status.out().substring(status.out().indexOf("next: ") + 6).strip();
      assertThat(next).startsWith(id.equals("pbs") ? "qsub -V " : "bsub -I ");
      run(user, next);

      Installed.await(
          "it is released", () -> user.call("lock", "status", "env.img").exitCode() == 0);
      assertThat(names()).containsExactly("env.img");
      run(condatainer, "e2fsck -fn env.img; debugfs -R 'cat /upper/fact' env.img | grep precious");
    }
  }

  /** Nothing would keep another machine away. */
  @Test
  void noImageIsChangedWhereNoLeaseCanBeLeft() throws IOException {
    Files.createDirectory(condatainer.folder().resolve("env.img.lease"));
    Result refused = condatainer.call("overlay", "check", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(5);
    assertThat(refused.err()).contains("no lock reaches other machines", "no lease can be left");
    run(condatainer, "dumpe2fs -h env.img | grep 'not clean'");
  }

  private List<String> names() {
    return Stream.of(disk.toFile().list())
        .filter(name -> name.startsWith("env.img"))
        .sorted()
        .toList();
  }

  /** The lease of a process that this machine had. */
  private static String goneHere() throws IOException {
    return "condatainer-lease=1\nuser=root\nuid=0\nhost="
        + Files.readString(Path.of("/proc/sys/kernel/hostname"))
        + "machine=\nboot="
        + Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
        + "pidns="
        + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
        + "\npid=4194303\nstart=1\nscheduler=\ncluster=\njob=\nrun=r\nmode=write\nsince="
        + Instant.now()
        + "\nmounts=0\n";
  }

  private static void run(Installed installed, String script) {
    Result result =
        installed.asUser(
            List.of("bash", "-c", "set -e; PATH=$PATH:/usr/sbin:/sbin; " + script), "");
    assertThat(result.exitCode()).as(result.everything()).isZero();
  }
}
