package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the lock commands print, how they end, and what they make of odd places. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LockCommandsIT {
  private static final int FREE = 0;
  private static final int FAILED = 1;
  private static final int IN_USE = 10;
  private static final int DIRTY = 12;
  private static final int UNKNOWN = 13;

  @TempDir private Path parent;
  private final List<Process> others = new ArrayList<>();

  @AfterEach
  void endOthers() {
    others.forEach(Process::destroyForcibly);
  }

  private Installed in(String user) {
    return Installed.in(parent, user).with("CNT_SCHEDULER", "none").with("CNT_RUNTIME", "embedded");
  }

  @Test
  void aFreeImageNeedsNothing() {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(FREE);
    assertThat(status.out()).isEqualTo(image + ": free\n");
    assertThat(status.err()).isEmpty();
    for (String option : List.of("--yes", "--dry-run", "--cancel", "--force")) {
      Result release = condatainer.call("lock", "release", option, "env.img");
      assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
      assertThat(release.out()).isEqualTo(image + ": free\nthere is nothing to do\n");
    }
    assertThat(condatainer.call("lock", "release").exitCode()).isEqualTo(2);
    assertThat(condatainer.call("lock", "release", "none.img").exitCode()).isEqualTo(5);
    assertThat(condatainer.call("lock", "status", "none.img").exitCode()).isEqualTo(2);
    assertThat(names(condatainer)).containsExactly("env.img");
  }

  @Test
  void rootLooksAtTheImagesOfAll() throws IOException {
    assumeTrue(Engines.isRoot(), "--all-users is for root");
    assumeTrue(!Engines.user().isEmpty(), "there is no other user");
    Installed root = in("");
    root.overlay("own.img");
    Installed user = in(Engines.user());
    Path theirs = user.overlay("their.img");
    root = root.at(parent);

    Result own = root.call("lock", "status", root.folder().toString());
    assertThat(own.exitCode()).as(own.everything()).isEqualTo(FREE);
    assertThat(own.out()).contains("own.img: free").doesNotContain("their.img");

    Result all = root.call("lock", "status", "--all-users", root.folder().toString());
    assertThat(all.exitCode()).as(all.everything()).isEqualTo(FREE);
    assertThat(all.out()).contains("own.img: free", theirs + ": free");

    Result refused = user.call("lock", "status", "--all-users", ".");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(2);
    assertThat(refused.err()).contains("--all-users is for root");
  }

  @Test
  void everySourceAndRuleIsExplained() throws IOException {
    Installed condatainer = in("");
    condatainer.overlay("env.img");
    hold(condatainer);
    Result explain = condatainer.call("lock", "explain", "env.img");
    assertThat(explain.exitCode()).as(explain.everything()).isEqualTo(IN_USE);
    assertThat(explain.out().lines().map(line -> line.replaceAll(":.*", "")))
        .endsWith(
            "  rule 1",
            "  lock",
            "  this machine",
            "  lease",
            "  image",
            "  (no answer) job of the lease",
            "  (no answer) jobs by tag",
            "  (no answer) node of the job",
            "  next");
    Result json = condatainer.call("lock", "explain", "--json", "env.img");
    assertThat(json.exitCode()).isEqualTo(IN_USE);
    assertThat(json.out())
        .contains("\"verdict\" : \"in-use\"", "\"rule\" : 1", "\"mode\" : \"write\"")
        .contains("\"source\" : \"jobs by tag\"");
    Result refused = condatainer.call("lock", "release", "--json", "--yes", "env.img");
    assertThat(refused.exitCode()).isEqualTo(IN_USE);
    assertThat(refused.out()).contains("\"refusal\" : \"somebody works with it\"");
  }

  @Test
  void aPlanIsShownAskedForCarriedOutAndToldOf() throws IOException {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    byte[] dirty = makeDirty(condatainer, image);

    Result dry = condatainer.call("lock", "release", "--dry-run", "env.img");
    assertThat(dry.exitCode()).as(dry.everything()).isEqualTo(DIRTY);
    assertThat(dry.out())
        .endsWith("plan:\n  1. lock the image and recover its file system: e2fsck -p\n");
    for (String answer : List.of("", "n\n", "yes please\n")) {
      Result no = condatainer.callWithInput(answer, "lock", "release", "env.img");
      assertThat(no.exitCode()).as(no.everything()).isEqualTo(DIRTY);
      assertThat(no.err()).contains("Go on? [y/N]", "nothing was done");
    }
    Result unasked = condatainer.callWithInput("n\n", "lock", "release", "--json", "env.img");
    assertThat(unasked.err()).contains("plan:\n  1. lock the image", "nothing was done");
    assertThat(Files.readAllBytes(image)).isEqualTo(dirty);

    Result json = condatainer.call("lock", "release", "--json", "--yes", "env.img");
    assertThat(json.exitCode()).as(json.everything()).isEqualTo(FREE);
    assertThat(json.out())
        .contains("\"verdict\" : \"dirty\"", "\"verdictAfter\" : \"free\"")
        .contains("\"e2fsck -p: ")
        .doesNotContain("failure");

    makeDirty(condatainer, image);
    Result yes = condatainer.callWithInput("y\n", "lock", "release", "env.img");
    assertThat(yes.exitCode()).as(yes.everything()).isEqualTo(FREE);
    assertThat(yes.out()).endsWith(image + ": free\n");
    assertThat(names(condatainer)).containsExactly("env.img");
  }

  @Test
  void whatFailsIsToldInJsonToo() throws IOException {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    makeDirty(condatainer, image);
    Files.createDirectories(condatainer.folder().resolve("bin"));
    Path check = condatainer.folder().resolve("bin/e2fsck");
    condatainer.write("bin/e2fsck", "#!/bin/sh\necho broken\nexit 4\n");
    assertThat(check.toFile().setExecutable(true)).isTrue();
    Result failed =
        condatainer
            .with("PATH", check.getParent() + ":" + System.getenv("PATH"))
            .call("lock", "release", "--json", "--yes", "env.img");
    assertThat(failed.exitCode()).as(failed.everything()).isEqualTo(FAILED);
    assertThat(failed.out())
        .contains("\"failure\" : \"e2fsck -p is not enough", "\"verdictAfter\" : \"dirty\"");
    assertThat(failed.err()).contains("what e2fsck -y would do");
  }

  @Test
  void itIsShownAgainWhenItChangesUntilItIsFree() throws Exception {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    Process holder = hold(condatainer);
    Process watch = condatainer.start(condatainer.words("lock", "status", "--watch", "env.img"));
    Path out = condatainer.folder().resolve("started.out");
    Installed.await("it is shown", () -> text(out).contains("in use"));
    holder.destroyForcibly().waitFor();
    assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(watch.exitValue()).isEqualTo(FREE);
    String name = image.toString();
    assertThat(text(out).lines().filter(line -> line.startsWith(name)))
        .containsExactly(name + ": in use, to write", name + ": free");
  }

  /** Another machine's lock, and a lease that says that it was somebody by hand there. */
  @Test
  void byForceTheNameIsAskedForAndTheOldFileIsKept() throws IOException {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    byte[] before = Files.readAllBytes(image);
    hold(condatainer);
    Path lease = condatainer.write("env.img.lease", lease("root", "n77"));
    Result status = elsewhere(condatainer, "", "lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(UNKNOWN);
    assertThat(status.out())
        .contains("rule 37:", "next: ssh n77 'condatainer lock status " + image + "'");
    Result hint = elsewhere(condatainer, "env.img\n", "lock", "release", "--yes", "env.img");
    assertThat(hint.exitCode()).isEqualTo(UNKNOWN);
    assertThat(hint.out()).contains("say: --force");
    for (String answer : List.of("", "y\n", "env\n")) {
      Result no = elsewhere(condatainer, answer, "lock", "release", "--force", "--yes", "env.img");
      assertThat(no.exitCode()).as(no.everything()).isEqualTo(UNKNOWN);
      assertThat(no.err()).contains("Type the image's name", "nothing was done");
    }
    Result dry = elsewhere(condatainer, "", "lock", "release", "--force", "--dry-run", "env.img");
    assertThat(dry.out()).contains("  1. copy the image", "  2. remove the lease of root");
    assertThat(lease).exists();

    Result force = elsewhere(condatainer, "env.img\n", "lock", "release", "--force", "env.img");

    assertThat(force.exitCode()).as(force.everything()).isEqualTo(FREE);
    assertThat(lease).doesNotExist();
    assertThat(names(condatainer)).hasSize(3).anyMatch(name -> name.startsWith("env.img.before-"));
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  /** An argument of ssh must not come from a file that anybody can write. */
  @Test
  void whatIsNoNameOfAHostIsNotPutIntoACommand() throws IOException {
    Installed condatainer = in("");
    condatainer.overlay("env.img");
    hold(condatainer);
    condatainer.write("env.img.lease", lease("root", "-oProxyCommand=touch x"));
    Result status = elsewhere(condatainer, "", "lock", "status", "env.img");
    assertThat(status.out()).contains("rule 37:", "next: condatainer lock explain ");
    assertThat(status.out()).doesNotContain("next: ssh");
  }

  @Test
  void aLeaseInAnothersNameIsNotBelieved() throws IOException {
    assumeTrue(!Engines.user().isEmpty(), "there is no other user");
    Installed condatainer = in(Engines.user());
    condatainer.overlay("env.img");
    hold(condatainer);
    condatainer.asUser(List.of("tee", "env.img.lease"), lease("root", "n77"));
    Installed root = new Installed("", condatainer.folder(), condatainer.variables());
    Result explain = elsewhere(root, "", "lock", "explain", "env.img");
    assertThat(explain.exitCode()).as(explain.everything()).isEqualTo(UNKNOWN);
    assertThat(explain.out()).contains("speaks for root: it is not believed", "rule 31:");
    Result forced = elsewhere(root, "env.img\n", "lock", "release", "--force", "env.img");
    assertThat(forced.exitCode()).as(forced.everything()).isEqualTo(UNKNOWN);
  }

  /** Whom /proc does not show is not gone. */
  @Test
  void whereProcessesAreHiddenNobodyIsTakenForGone() throws IOException {
    assumeTrue(!Engines.user().isEmpty(), "root sees everybody");
    Installed condatainer = in(Engines.user());
    condatainer.overlay("env.img");
    Process alive = new ProcessBuilder("sleep", "300").start();
    others.add(alive);
    String stat = Files.readString(Path.of("/proc/" + alive.pid() + "/stat"));
    String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    Files.writeString(
        condatainer.folder().resolve("env.img.lease"), leaseOfHere(alive.pid(), start));
    Result seen = condatainer.call("lock", "explain", "env.img");
    assertThat(seen.exitCode()).as(seen.everything()).isEqualTo(IN_USE);
    assertThat(seen.out()).contains("rule 5:");

    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "bash", "-c"));
    words.addAll(List.of("mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "bash"));
    words.addAll(condatainer.userWords(condatainer.words("lock", "explain", "env.img")));
    Result hidden =
        new Installed("", parent, condatainer.variables())
            .at(condatainer.folder())
            .asUser(words, "");
    assertThat(hidden.out()).as(hidden.everything()).contains("is not to be seen from here");
    assertThat(hidden.out()).doesNotContain("rule 15:", "lock release");
  }

  @Test
  void anImageInAFolderThatOneMayNotWriteToIsLeftAsItIs() throws IOException {
    assumeTrue(!Engines.user().isEmpty(), "root may write anywhere");
    Installed condatainer = in(Engines.user());
    Path image = condatainer.overlay("env.img");
    makeDirty(condatainer, image);
    Installed root = new Installed("", condatainer.folder(), condatainer.variables());
    root.asUser(List.of("chown", "root", "."), "");
    byte[] before = Files.readAllBytes(image);
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FAILED);
    assertThat(release.err()).contains("was not repaired", "or repair a copy elsewhere");
    assertThat(Files.readAllBytes(image)).isEqualTo(before);

    root.write("env.img.lease", lease(Engines.user(), "n77").replace("n77", hostName()));
    root.write("env.img.release", "");
    makeDirty(condatainer, image);
    Result status = condatainer.call("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(DIRTY);
    root.asUser(List.of("chown", Engines.user(), "."), "");
    Result inTheWay = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(inTheWay.exitCode()).as(inTheWay.everything()).isEqualTo(FAILED);
    assertThat(inTheWay.err()).contains("env.img.release is in the way");
  }

  /** A second name of an image that is mounted without a lock. */
  @Test
  void aLoopMountUnderAnotherNameIsSeen() throws IOException {
    Installed condatainer = in("");
    Path image = condatainer.overlay("env.img");
    Path other = Files.createLink(condatainer.folder().resolve("other"), image);
    Path point = Files.createDirectories(condatainer.folder().resolve("point"));
    Result mounted =
        condatainer.asUser(List.of("mount", "-o", "loop", other.toString(), point.toString()), "");
    assumeTrue(mounted.exitCode() == 0, mounted.err());
    try {
      Result refused = condatainer.call("lock", "release", "--yes", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(FAILED);
      assertThat(refused.err()).contains("is mounted by the loop device");
    } finally {
      condatainer.asUser(List.of("umount", point.toString()), "");
    }
  }

  /** All schedulers, and a file system. The others are told of all the same. */
  @Test
  void whateverHangsTheRestIsShown() throws Exception {
    Installed plain = in("");
    plain.overlay("env.img");
    Path outer = plain.folder().resolve("outer");
    Path point = Files.createDirectories(plain.folder().resolve("point"));
    for (String program :
        List.of(
            "squeue",
            "sinfo",
            "sbatch",
            "scontrol",
            "sacct",
            "qstat",
            "qsub",
            "pbsnodes",
            "bjobs",
            "bsub",
            "lsid",
            "condor_q",
            "condor_submit",
            "condor_history")) {
      plain.write("bin/" + program, "#!/bin/sh\nexec sleep 987\n").toFile().setExecutable(true);
    }
    plain.asUser(List.of("sh", "-c", "truncate -s 64M outer && mke2fs -q -t ext3 -F outer"), "");
    Process fuse =
        plain.start(List.of("fuse2fs", "-f", "-o", "rw", outer.toString(), point.toString()));
    others.add(fuse);
    Installed.await("it is mounted", () -> text(Path.of("/proc/mounts")).contains(" " + point));
    for (int i = 0; i < 20; i++) {
      plain.asUser(List.of("cp", "--sparse=always", "env.img", "point/" + i + ".img"), "");
    }
    Installed condatainer =
        new Installed("", plain.folder(), Map.of())
            .with("PATH", plain.folder().resolve("bin") + ":" + System.getenv("PATH"));
    ImageProcesses.signal("STOP", List.of(fuse.pid()));
    try {
      List<String> words = new ArrayList<>(List.of("lock", "status", "--limit", "6", "env.img"));
      for (int i = 0; i < 20; i++) {
        words.add("point/" + i + ".img");
      }
      words.add("point");
      Result status = condatainer.call(words.toArray(new String[0]));
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(UNKNOWN);
      assertThat(status.out()).contains("/env.img: free", "/point/19.img: unknown");
      assertThat(status.out()).contains("rule 31:", "gave no answer in time");
      Result explain = condatainer.call("lock", "explain", "--limit", "4", "env.img");
      assertThat(explain.out())
          .contains("(no answer) jobs by tag: ", "slurm", "pbs", "lsf", "htcondor");
    } finally {
      ImageProcesses.signal("CONT", List.of(fuse.pid()));
      plain.asUser(List.of("umount", point.toString()), "");
    }
    Installed.await("no command is left", () -> !left("sleep\0987\0"));
  }

  private static boolean left(String commandLine) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes.anyMatch(process -> text(process.resolve("cmdline")).equals(commandLine));
    } catch (IOException e) {
      return false;
    }
  }

  /** A process that has the image's lock, and no more to do with it. */
  private Process hold(Installed condatainer) {
    Path up = condatainer.folder().resolve("up");
    Process holder =
        condatainer.start(
            List.of(
                "python3",
                "-c",
                "import fcntl,time\nf=open('env.img','r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "open('up','w')\ntime.sleep(300)"));
    others.add(holder);
    Installed.await("it has the lock", () -> Files.exists(up));
    return holder;
  }

  /** From a pid namespace in which the holder's lock is not listed, as another machine's. */
  private static Result elsewhere(Installed condatainer, String input, String... arguments) {
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(condatainer.words(arguments));
    return condatainer.asUser(words, input);
  }

  private static byte[] makeDirty(Installed condatainer, Path image) throws IOException {
    condatainer.asUser(List.of("/sbin/debugfs", "-w", "-R", "ssv state 0", image.toString()), "");
    return Files.readAllBytes(image);
  }

  private static String lease(String user, String host) {
    return "condatainer-lease=1\nuser="
        + user
        + "\nhost="
        + host
        + "\nmachine=m77\nboot=b77\npidns=pid:[77]\npid=42\nstart=99\nscheduler=\ncluster=\njob=\n"
        + "run=r\nmode=write\nsince="
        + Instant.now()
        + "\n";
  }

  private static String leaseOfHere(long pid, String start) throws IOException {
    return "condatainer-lease=1\nuser=root\nhost="
        + hostName()
        + "\nmachine=\nboot="
        + text(Path.of("/proc/sys/kernel/random/boot_id")).strip()
        + "\npidns="
        + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
        + "\npid="
        + pid
        + "\nstart="
        + start
        + "\nscheduler=\ncluster=\njob=\nrun=r\nmode=write\nsince="
        + Instant.now()
        + "\n";
  }

  private static String hostName() {
    return text(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> names(Installed condatainer) {
    String[] names = condatainer.folder().toFile().list();
    return Stream.of(names)
        .filter(name -> name.startsWith("env.img") || name.equals("up"))
        .sorted()
        .toList();
  }
}
