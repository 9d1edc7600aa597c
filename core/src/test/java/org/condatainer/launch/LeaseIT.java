package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.JobId;
import org.condatainer.lock.HolderJob;
import org.condatainer.lock.Lease;
import org.condatainer.lock.LeaseFile;
import org.condatainer.lock.WriteMount;
import org.condatainer.overlay.Superblock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The lease that batch scripts leave beside a writable overlay, on the real runtimes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeaseIT {
  private Path folder;

  static List<Engine> engines() {
    return Engine.available();
  }

  @BeforeEach
  void makeFolder() throws Exception {
    folder = Files.createTempDirectory("condatainer-it");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void removeFolder() throws Exception {
    new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void isThereAsLongAsTheContainer(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "-e n'v.img");
    Process process = start(engine, image, List.of("CNT_JOB_ID=", "SLURM_JOB_ID="));

    Lease lease = LeaseFile.read(image).orElseThrow();

    assertThat(lease.host()).isEqualTo(text("/proc/sys/kernel/hostname"));
    assertThat(lease.boot()).isEqualTo(text("/proc/sys/kernel/random/boot_id"));
    assertThat(lease.processSpace())
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
    assertThat(lease.pid()).isEqualTo(process.pid());
    String stat = text("/proc/" + process.pid() + "/stat");
    assertThat(stat.substring(stat.lastIndexOf(')')).split(" ", -1)[20])
        .isEqualTo(Long.toString(lease.startTicks()));
    assertThat(lease.user()).isEqualTo(engine.user().orElse("root"));
    assertThat(lease.run()).isEqualTo("r-1");
    assertThat(lease.job()).isEmpty();

    process.outputWriter().append("7\n").close();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(7);
    assertThat(LeaseFile.read(image)).isEmpty();
    assertThat(folder.toFile().list()).noneMatch(name -> name.contains(".lease"));
  }

  /** Real mounts count as the rules of proof take it: one a mount, told as soon as it is done. */
  @ParameterizedTest
  @MethodSource("engines")
  void tellsOfItsOwnMount(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    for (int earlier = 0; earlier < 2; earlier++) {
      assertThat(Superblock.read(image).mountCount()).isEqualTo(earlier);
      Process process = start(engine, image, List.of("HOSTNAME=/no/host"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (LeaseFile.read(image).flatMap(Lease::mounted).isEmpty() && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      Lease lease = LeaseFile.read(image).orElseThrow();
      Superblock superblock = Superblock.read(image);
      assertThat(lease.mounts()).hasValue(earlier);
      assertThat(superblock.mountCount()).isEqualTo(earlier + 1);
      assertThat(lease.mounted()).isPresent().isEqualTo(WriteMount.of(superblock));
      assertThat(lease.pid()).isEqualTo(process.pid());
      assertThat(finished(process).errors()).doesNotContain("lease");
      assertThat(folder.toFile().list()).noneMatch(name -> name.contains(".lease"));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void isGivenBackAfterASignal(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    for (String signal : List.of("TERM", "HUP", "USR1", "XCPU")) {
      Process process = start(engine, image, List.of());
      new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(signal).isTrue();
      assertThat(process.exitValue()).as(signal).isGreaterThan(128);
      assertThat(LeaseFile.read(image)).as(signal).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void isGivenBackWhenTheContainerDoesNotStart(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    engine.run(folder, "debugfs -w -R 'rmdir upper/ext3/env/bin' env.img");
    Path batch =
        engine.batch(
            folder, Engine.container(Engine.mounted(image, true)), "/nowhere/there is no such");
    assertThat(engine.run(folder, batch, "").exitCode()).isNotZero();
    assertThat(LeaseFile.read(image)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aRequeuedJobFindsItsOwnAndAnothersIsNamed(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Process first = start(engine, image, List.of("SLURM_JOB_ID=77", "SLURM_CLUSTER_NAME=alpha"));
    Lease lease = LeaseFile.read(image).orElseThrow();
    assertThat(lease.job()).contains(new HolderJob("slurm", new JobId("77", "alpha")));
    first.outputWriter().append("0\n").close();
    assertThat(first.waitFor(20, TimeUnit.SECONDS)).isTrue();

    LeaseFile.write(image, lease);
    givenToUser(engine, image);
    Engine.Result requeued =
        finished(start(engine, image, List.of("SLURM_JOB_ID=77", "SLURM_CLUSTER_NAME=alpha")));
    assertThat(requeued.errors()).doesNotContain("lease");
    assertThat(LeaseFile.read(image)).isEmpty();

    LeaseFile.write(image, lease);
    givenToUser(engine, image);
    Engine.Result other = finished(start(engine, image, List.of("SLURM_JOB_ID=78")));
    assertThat(other.errors())
        .contains("a lease was left by " + lease.user() + " on " + lease.host())
        .contains("slurm job 77) since ");
    assertThat(LeaseFile.read(image)).isEmpty();
  }

  /** IBM's LSF tells its jobs in which cluster they run, volclava does not. */
  @ParameterizedTest
  @MethodSource("engines")
  void namesTheClusterOfLsf(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    for (String cluster : List.of("alpha", "")) {
      Process process =
          start(
              engine,
              image,
              List.of("LSB_JOBID=77", "LSB_JOBINDEX=0", "LSB_EXEC_CLUSTER=" + cluster));
      assertThat(LeaseFile.read(image).orElseThrow().job())
          .contains(new HolderJob("lsf", new JobId("77", cluster)));
      finished(process);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aReaderTakesNone(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path batch =
        engine.batch(
            folder, Engine.container(Engine.mounted(image, false)), "ls", folder.toString());
    Engine.Result result = engine.run(folder, batch, "");
    assertThat(result.output()).contains("env.img").doesNotContain("lease");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aLinkInItsPlaceIsReplacedAndNotFollowed(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    engine.run(folder, "echo precious >victim; ln -s victim env.img.lease");
    Engine.Result result = finished(start(engine, image, List.of()));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(folder.resolve("victim")).hasContent("precious");
    assertThat(Files.isSymbolicLink(folder.resolve("env.img.lease"))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anotherHostsLeaseRefusesWhereLocksDoNotReachOtherNodes(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, true)), "true");
    String table = Files.createFile(folder.resolve("mounts")).toString();
    String text = Files.readString(batch).replace("/proc/self/mounts", table);
    Files.writeString(batch, text);
    Process holder = start(engine, image, List.of());
    Lease lease = LeaseFile.read(image).orElseThrow();
    finished(holder);
    Lease foreign =
        new Lease(
            "berta",
            "elsewhere",
            "",
            lease.boot(),
            "",
            1,
            1,
            Optional.empty(),
            "r",
            lease.since(),
            lease.mounts(),
            Optional.empty());
    for (String options :
        List.of(
            "nfs rw,nolock",
            "nfs4 rw,local_lock=all",
            "lustre rw,localflock",
            "beegfs rw",
            "ocfs2 rw",
            "gfs2 rw,localflocks")) {
      LeaseFile.write(image, foreign);
      Files.writeString(Path.of(table), "s / ext4 rw 0 0\ns " + folder + " " + options + " 0 0\n");
      Engine.Result refused = engine.run(folder, batch, "");
      assertThat(refused.exitCode()).as(options + refused.errors()).isEqualTo(4);
      assertThat(refused.errors()).contains("berta on elsewhere");
      assertThat(LeaseFile.read(image)).contains(foreign);
    }
    for (String options :
        List.of(
            "nfs rw,local_lock=none",
            "lustre rw,flock",
            "ocfs2 rw,cluster_stack=pcmk",
            "gfs2 rw",
            "ext4 rw")) {
      LeaseFile.write(image, foreign);
      givenToUser(engine, image);
      Files.writeString(
          Path.of(table), "s / beegfs rw 0 0\ns " + folder + " " + options + " 0 0\n");
      Engine.Result started = engine.run(folder, batch, "");
      assertThat(started.exitCode()).as(options + started.errors()).isZero();
      assertThat(started.errors()).contains("a lease was left by berta");
    }
  }

  /** Nothing would keep another node away. */
  @ParameterizedTest
  @CsvSource({"true, 5", "false, 0"})
  void whereLocksStayNobodyWritesWithoutALease(boolean stay, int expected) throws Exception {
    Engine engine = new Engine("none", new EmbeddedRuntime(false), Optional.empty());
    Path image = engine.overlay(folder, "env.img");
    Files.createDirectory(folder.resolve("env.img.lease"));
    String lines =
        "cnt_locks_stay_here() { "
            + stay
            + "; }\n"
            + "(cnt_take_lease "
            + image
            + ") 2>&1; echo $?";
    String output = insteadOfTheContainer(engine, Engine.mounted(image, true), lines);
    assertThat(output).contains("no lease could be written to").endsWith("\n" + expected);
  }

  /** {@code ImageMountTest} tries the same on Java's side. */
  @ParameterizedTest
  @CsvSource({
    "beegfs rw, beegfs, reach",
    "beegfs rw, fuse.juicefs:@, reach",
    "beegfs rw, @/, reach",
    "beegfs rw, '', stay",
    "beegfs rw, 'bee*:/:fuse.juicefs', stay",
    "'lustre rw,localflock', lustre:@, stay",
    "'one_of_later rw,nolock', one_of_later:@, stay",
    "fuse.sshfs rw, fuse.sshfs:@, stay",
    "ocfs2 rw, ocfs2:@, stay",
    "nfs4 rw, '', reach"
  })
  void whatTheSiteSaysCountsWhereTheMountDoesNotTell(String mount, String declared, String expected)
      throws Exception {
    String table = "s / ext4 rw 0 0\ns " + folder + " " + mount + " 0 0\n";
    assertThat(locksBy(table, declared)).isEqualTo(expected);
  }

  /** As on a machine of one file system. */
  @ParameterizedTest
  @CsvSource({"ext4 rw, reach", "nfs4 rw, reach", "beegfs rw, stay"})
  void theRootsFileSystemCountsWhereNoOtherIsMounted(String mount, String expected)
      throws Exception {
    assertThat(locksBy("s / " + mount + " 0 0\n", "")).isEqualTo(expected);
  }

  private String locksBy(String mounts, String declared) throws Exception {
    Engine engine = new Engine("none", new EmbeddedRuntime(false), Optional.empty());
    Path image = engine.overlay(folder, "env.img");
    MountedOverlay plain = Engine.mounted(image, true);
    List<String> shared = List.of(declared.replace("@", folder.toString()).split(":", -1));
    MountedOverlay overlay =
        new MountedOverlay(
            image,
            plain.format(),
            true,
            plain.uuid(),
            plain.modified(),
            plain.lockWait(),
            shared,
            false);
    Path table = Files.writeString(folder.resolve("mounts"), mounts);
    return insteadOfTheContainer(
        engine,
        overlay,
        "if cnt_locks_stay_here " + image + " " + table + "; then echo stay; else echo reach; fi");
  }

  /** What a batch script prints that does this when all is defined. */
  private String insteadOfTheContainer(Engine engine, MountedOverlay overlay, String lines)
      throws Exception {
    Path batch = engine.batch(folder, Engine.container(overlay), "true");
    String text = Files.readString(batch);
    text = text.substring(0, text.lastIndexOf("\ncnt_container "));
    Files.writeString(batch, text + "\n" + lines + "\n");

    Engine.Result result =
        Engine.finish(engine.start(folder, List.of("bash", batch.toString())), "");

    return result.output().strip();
  }

  @Test
  void aPipeInItsPlaceIsNotWaitedFor() throws Exception {
    Engine engine = new Engine("none", new EmbeddedRuntime(false), Optional.empty());
    Path image = engine.overlay(folder, "env.img");
    engine.run(folder, "mkfifo pipe; echo text >file; ln -s file link");
    String lines =
        "for i in pipe link file; do echo \"$i:$(cnt_print_lease " + folder + "/$i)\"; done";
    assertThat(insteadOfTheContainer(engine, Engine.mounted(image, true), lines))
        .isEqualTo("pipe:\nlink:\nfile:text");
  }

  /** Its processes may live on where they were: a lost node, or a task of the same job. */
  @ParameterizedTest
  @MethodSource("engines")
  void whereLocksStayAJobsOwnLeaseRefusesItOnAnotherNode(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Process first = start(engine, image, List.of("SLURM_JOB_ID=77", "SLURM_CLUSTER_NAME=alpha"));
    Lease lease = LeaseFile.read(image).orElseThrow();
    finished(first);
    Path here = whereLocksStay(batchOf(engine, image), lease.host());
    Path elsewhere = whereLocksStay(batchOf(engine, image), "elsewhere");
    String start = "SLURM_JOB_ID=77 SLURM_CLUSTER_NAME=alpha bash ";

    LeaseFile.write(image, lease);
    givenToUser(engine, image);
    Engine.Result refused = engine.run(folder, start + elsewhere);
    assertThat(refused.exitCode()).as(refused.errors()).isEqualTo(4);
    assertThat(LeaseFile.read(image)).contains(lease);
    assertThat(engine.run(folder, start + here).exitCode()).isZero();
    assertThat(LeaseFile.read(image)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whereLocksStayTheLeaseOfALivingProcessRefuses(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Process writer = start(engine, image, List.of());
    Lease lease = LeaseFile.read(image).orElseThrow();
    Path other = engine.overlay(folder, "other.img");
    Path batch = whereLocksStay(batchOf(engine, other), lease.host());
    LeaseFile.write(other, lease);
    givenToUser(engine, other);

    assertThat(engine.run(folder, batch, "").exitCode()).isEqualTo(4);
    assertThat(LeaseFile.read(other)).contains(lease);
    finished(writer);
    Path file = Path.of(other + ".lease");
    Files.writeString(file, Files.readString(file).replace("machine=", "machine=0"));
    Engine.Result alike = engine.run(folder, batch, "");
    assertThat(alike.exitCode()).as("a machine of that name; " + alike.errors()).isEqualTo(4);
    LeaseFile.write(other, lease);
    givenToUser(engine, other);
    Engine.Result started = engine.run(folder, batch, "");
    assertThat(started.exitCode()).as(started.errors()).isZero();
  }

  /** Nothing but the lease keeps them apart: none of them gets as far as the lock. */
  @Test
  void whereLocksStayOneAloneOfSeveralNodesGetsTheLease() throws Exception {
    Engine engine = new Engine("none", new EmbeddedRuntime(false), Optional.empty());
    Path image = engine.overlay(folder, "env.img");
    for (int turn = 0; turn < 5; turn++) {
      List<Process> nodes = new ArrayList<>();
      Path go = folder.resolve("go" + turn);
      for (int node = 0; node < 6; node++) {
        Path batch = whereLocksStay(batchOf(engine, image), "n" + node);
        String text = Files.readString(batch);
        text = text.substring(0, text.lastIndexOf("\ncnt_container "));
        text += "\nuntil [[ -e " + go + " ]]; do :; done\ncnt_take_lease " + image + "\n";
        Files.writeString(batch, text);
        nodes.add(engine.start(folder, List.of("bash", batch.toString())));
      }
      Files.createFile(go);
      List<Integer> codes = new ArrayList<>();
      for (Process node : nodes) {
        Engine.Result result = Engine.finish(node, "");
        codes.add(result.exitCode());
        assertThat(result.errors()).doesNotContain("warning");
      }
      assertThat(codes).containsOnlyOnce(0).containsOnly(0, 4);
      assertThat(LeaseFile.read(image)).isPresent();
      Files.delete(LeaseFile.of(image));
    }
    assertThat(folder.toFile().list()).noneMatch(name -> name.contains(".lease"));
  }

  private Path batchOf(Engine engine, Path image) throws IOException {
    return engine.batch(folder, Engine.container(Engine.mounted(image, true)), "true");
  }

  /** The script as it would run on a node of that name, with the folder on BeeGFS. */
  private Path whereLocksStay(Path batch, String host) throws IOException {
    Path table = Files.createTempFile(folder, "mounts", "");
    Files.writeString(table, "s / ext4 rw 0 0\ns " + folder + " beegfs rw 0 0\n");
    Path name = Files.createTempFile(folder, "hostname", "");
    Files.writeString(name, host + "\n");
    for (Path file : List.of(table, name)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
    String text = Files.readString(batch);
    text = text.replace("/proc/self/mounts", table.toString());
    Files.writeString(batch, text.replace("/proc/sys/kernel/hostname", name.toString()));
    return batch;
  }

  /** The lease is somebody else's text: it is shown, and nothing more. */
  @ParameterizedTest
  @MethodSource("engines")
  void whoMeetsAHeldImageIsToldByItsLease(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "my env.img");
    Process holder = start(engine, image, List.of("SLURM_JOB_ID=77"));
    Lease lease = LeaseFile.read(image).orElseThrow();
    Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, true)), "true");

    Engine.Result refused = engine.run(folder, batch, "");
    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.errors())
        .contains(image + " is in use by another process: its lease was written by")
        .contains(" " + lease.user() + " on " + lease.host() + " (process " + holder.pid())
        .contains(", slurm job 77) since " + lease.since())
        .contains("condatainer lock status " + image.toString().replace(" ", "\\ "));

    String evil = "$(touch pwned)`touch pwned`;touch pwned";
    String text = "condatainer-lease=1\nuser=" + evil + "\nhost=\u001b[2Jn\u202e1\u009b\r%s\\033\n";
    Files.writeString(LeaseFile.of(image), text + "pid=" + "7".repeat(5000) + "\njob=*\n");
    Engine.Result shown = engine.run(folder, batch, "");
    assertThat(shown.exitCode()).isEqualTo(4);
    assertThat(shown.errors()).contains(evil + " on ?[2Jn???1???%s\\033 (process 7");
    assertThat(shown.errors().strip()).hasSizeLessThan(1000).matches("[\\p{Print}\\n]+");
    assertThat(folder.resolve("pwned")).doesNotExist();

    Files.delete(LeaseFile.of(image));
    assertThat(engine.run(folder, batch, "").errors()).contains("there is no lease that says");
    engine.run(folder, "ln -s batch* 'my env.img.lease'");
    assertThat(engine.run(folder, batch, "").errors()).contains("there is no lease that says");
    finished(holder);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whoMayWaitGetsItWhenItIsFree(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Process holder = start(engine, image, List.of());
    assertThat(engine.run(folder, waiting(engine, image, 1), "").exitCode()).isEqualTo(4);

    Process waiter = engine.start(folder, List.of("bash", waiting(engine, image, 600).toString()));
    BufferedReader errors = waiter.errorReader();
    assertThat(errors.readLine()).contains("is in use by another process: its lease was written");
    assertThat(errors.readLine()).contains("waits until it is free, at most 600 s");
    finished(holder);
    assertThat(waiter.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(waiter.exitValue()).as(errors.lines().toList().toString()).isZero();
    assertThat(LeaseFile.read(image)).isEmpty();
  }

  private Path waiting(Engine engine, Path image, long seconds) throws IOException {
    MountedOverlay plain = Engine.mounted(image, true);
    MountedOverlay patient =
        new MountedOverlay(
            plain.path(),
            plain.format(),
            true,
            plain.uuid(),
            Optional.empty(),
            Duration.ofSeconds(seconds));
    return engine.batch(folder, Engine.container(patient), "true");
  }

  /** A writer that waits for the number with which it shall end. */
  private Process start(Engine engine, Path image, List<String> variables) throws IOException {
    Path batch =
        engine.batch(
            folder,
            Engine.container(Engine.mounted(image, true)),
            "bash",
            "-c",
            "echo ready; read -r code; exit $code");
    List<String> words = new ArrayList<>(List.of("env"));
    words.addAll(variables);
    words.addAll(List.of("bash", batch.toString()));
    Process process = engine.start(folder, words);
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static Engine.Result finished(Process process) throws Exception {
    return Engine.finish(process, "0\n");
  }

  /** In the folder of a user's image the lease is that user's too. */
  private void givenToUser(Engine engine, Path image) throws Exception {
    if (engine.user().isPresent()) {
      new ProcessBuilder("chown", engine.user().get(), LeaseFile.of(image).toString())
          .start()
          .waitFor();
    }
  }

  private static String text(String file) throws IOException {
    return Files.readString(Path.of(file)).strip();
  }
}
