package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.condatainer.dist.Installed.Result;
import org.condatainer.script.ShellWords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Overlays on an NFS between machines that have a kernel each, started by {@code engines/hosts/up}:
 * what another machine is told of a lock, and what becomes of it when a machine is cut off, or has
 * no power any more.
 */
@EnabledIfSystemProperty(named = Engines.HOSTS, matches = "/.*")
final class LocksOnHostsIT {
  private static final int FREE = 0;
  private static final int IN_USE = 10;
  private static final int DIRTY = 12;
  private static final int UNKNOWN = 13;

  private static final Path SCRIPTS = Path.of("../engines/hosts").toAbsolutePath().normalize();
  private static final String APPTAINER = System.getProperty(Engines.APPTAINER, "");
  private static final String MACHINES = System.getProperty(Engines.HOSTS, "");

  @TempDir private Path parent;
  private String name;

  @BeforeEach
  void overlay() {
    engine("up", MACHINES);
    name = on("server", "mktemp -d /data/t.XXXXXX").out().strip().substring("/data/".length());
    on("server", "chown cntest /data/" + name);
    assertThat(program("node1", "/data", "o", "env.img", "-s", "32M", "--sparse").exitCode())
        .isZero();
    String records = records();
    String fill = "mkdir -p /ext3/env; for i in $(seq 200); do echo $i >/ext3/env/$i; done";
    Result filled = program("node1", "/data", "exec", "-w", "-o", "env.img", "sh", "-c", fill);
    assertThat(filled.exitCode()).as(filled.everything()).isZero();
    assertThat(filled.err()).isEmpty();
    assertThat(records()).isEqualTo(records);
  }

  /** What runs here leave is in a folder that stays. */
  private String records() {
    return on(
            "server",
            "find /data/home/.local/state/condatainer/runs -mindepth 1 ! -name here 2>/dev/null; :")
        .out();
  }

  @Test
  void anotherMachineIsToldByWhichJobItIsHeld() {
    String id = submitWriter("/data", "CNT_RUNTIME=embedded");

    // the server's own list has the lock in the name of its thread nfsd
    for (String machine : List.of("node2", "server")) {
      Result status = program(machine, "/data", "lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out())
          .contains("slurm job " + id + " \"writer\" RUNNING on node1")
          .contains("rule 2:", "rule 3:", "rule 4:", "rule 5:")
          .doesNotContain("rule 1:");
    }
    Result refused = program("node2", "/data", "lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
    Result released = program("node2", "/data", "lock", "release", "--cancel", "--yes", "env.img");
    assertThat(released.exitCode()).as(released.everything()).isEqualTo(FREE);
    assertThatNothingIsLost();
  }

  /** A server of NFSv4 gives a lock away when its machine has not been heard of for a while. */
  @Test
  void lockOfAMachineThatIsCutOffIsFreeAfterAWhile() {
    startWriter("/data");
    Result held = program("node2", "/data", "lock", "status", "env.img");
    assertThat(held.exitCode()).as(held.everything()).isEqualTo(UNKNOWN);
    assertThat(held.out()).contains("rule 37:", "ssh node1 'condatainer lock status ");
    Result refused = program("node2", "/data", "lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);
    assertThat(refused.out()).contains("its machine is likely alive");

    link("node1", "down");
    try {
      Installed.await(
          "it is free",
          () -> program("node2", "/data", "lock", "status", "env.img").exitCode() == DIRTY);
      Result released = program("node2", "/data", "lock", "release", "--yes", "env.img");
      assertThat(released.exitCode()).as(released.everything()).isEqualTo(FREE);
      assertThatNothingIsLost();
    } finally {
      link("node1", "up");
    }
    // the writer that comes back can write no more
    on("node1", "touch /data/" + name + "/over");
    Installed.await("the writer has ended", () -> on("node1", "pgrep fuse2fs").exitCode() != 0);
    assertThatNothingIsLost();
  }

  /**
   * Slurm calls a job ended whose script was killed, and with {@code proctrack/linuxproc} does not
   * find Apptainer, which the script had started. On NFSv4 the lock shows that its machine lives;
   * elsewhere Slurm's own word tells. What is to be typed next is typed.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/data", "/data3", "/data3n"})
  @EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
  void whatOutlivedItsJobIsReleasedOnItsMachine(String mount) {
    for (String machine : List.of("node1", "node2")) {
      // the prefix can be used in its own place alone
      String prefix = Path.of(APPTAINER).resolve("../../..").normalize().toString();
      on(
          machine,
          "mountpoint -q @ || { mkdir -p @ && mount -t hostfs none @ -o @; }".replace("@", prefix));
    }
    String id = submitWriter(mount, "CNT_RUNTIME=apptainer CNT_APPTAINER=" + APPTAINER);
    on("node1", "kill -9 $(pgrep -o -f /slurm_script)");
    Installed.await(
        "the job has ended",
        () -> on("server", "squeue -h -t F -o %i -j " + id).out().strip().equals(id));

    Result status = program("node2", mount, "lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(UNKNOWN);
    assertThat(status.out()).contains("rule 12:", "rule 44:", "proctrack/linuxproc");
    assertThat(status.out().contains("rule 43:")).isEqualTo(mount.equals("/data"));
    Result refused = program("node2", mount, "lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);
    assertThat(refused.out()).contains("a process on node1 may have outlived its job");

    Result there = typed(mount, next(status));
    assertThat(there.exitCode()).as(there.everything()).isEqualTo(IN_USE);
    assertThat(there.out()).contains("rule 1:", "kill ");

    // its helpers alone are left of it then
    on("node1", "pkill -9 -x starter");
    Installed.await("it has ended", () -> on("node1", "pgrep -x starter").exitCode() != 0);
    Result left = program("node2", mount, "lock", "status", "env.img");
    assertThat(left.exitCode()).as(left.everything()).isEqualTo(UNKNOWN);
    Result released = typed(mount, next(left));
    assertThat(released.exitCode()).as(released.everything()).isEqualTo(FREE);
    Result after = program("node2", mount, "lock", "status", "env.img");
    assertThat(after.exitCode()).as(after.everything()).isEqualTo(FREE);
    assertThat(on("node1", "pgrep -l fuse").out()).isEmpty();
    assertThatNothingIsLost();
  }

  private static String next(Result result) {
    String line =
        result.out().lines().filter(some -> some.startsWith("  next: ")).findFirst().orElseThrow();
    String command = line.substring("  next: ".length());
    int more = command.indexOf(" (or: ");
    return more < 0 ? command : command.substring(0, more);
  }

  /** A line that a user has read and types into his shell. */
  private Result typed(String mount, String line) {
    return on(
        "node2",
        "cd "
            + mount
            + "/"
            + name
            + " && runuser -u cntest -- env HOME=/data/home CNT_RUNTIME=embedded"
            + " PATH=/opt/condatainer/bin:/usr/bin:/bin sh -c "
            + ShellWords.quote(line));
  }

  private String submitWriter(String mount, String configured) {
    String job =
        "#!/bin/bash\n#SBATCH -J writer -w node1 -o out.txt\n#DEP: env.img\n#CNT -w\n"
            + "echo new >/ext3/env/new\ntouch up\nuntil [ -e over ]; do sleep 0.2; done\n";
    on("node2", "cat >/data/" + name + "/job.sh <<'END'\n" + job + "END");
    String call = call(mount, List.of("run", "job.sh"));
    Result submitted = on("node2", call.replace("CNT_RUNTIME=embedded", configured));
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    awaitFile("up");
    return submitted.out().strip();
  }

  @Test
  void twoMachinesThatReleaseAtOnceDoNoHarm() {
    startWriter("/data");
    on("node1", "pkill -9 -u cntest");
    Installed.await(
        "it is dirty",
        () -> program("node2", "/data", "lock", "status", "env.img").exitCode() == DIRTY);
    List<CompletableFuture<Result>> releases = new ArrayList<>();
    for (String machine : List.of("node1", "node2")) {
      releases.add(
          CompletableFuture.supplyAsync(
              () -> program(machine, "/data", "lock", "release", "--yes", "env.img")));
    }
    int freed = 0;
    for (CompletableFuture<Result> release : releases) {
      Result result = release.join();
      freed += result.exitCode() == FREE ? 1 : 0;
      if (result.exitCode() != FREE) {
        assertThat(result.err()).contains("another release works on");
      }
    }
    assertThat(freed).isPositive();
    assertThatNothingIsLost();
  }

  /** A server of NFSv3 keeps the lock of a machine without power until that is there again. */
  @Test
  void lockOfAMachineWithoutPowerIsReleasedWhenItIsBack() {
    startWriter("/data3");
    engine("down", MACHINES, "node1");
    Result gone = program("node2", "/data3", "lock", "status", "env.img");
    assertThat(gone.exitCode()).as(gone.everything()).isEqualTo(UNKNOWN);
    assertThat(gone.out()).contains("rule 37:");
    Result refused = program("node2", "/data3", "lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);

    engine("up", MACHINES);
    assertThat(program("node1", "/data3", "lock", "status", "env.img").out()).contains("rule 14:");
    // the server hears of the restart when its client's lock daemon starts
    Installed.await(
        "the server gives it back",
        () -> program("node1", "/data3", "lock", "status", "env.img").exitCode() == DIRTY);
    Result released = program("node1", "/data3", "lock", "release", "--yes", "env.img");
    assertThat(released.exitCode()).as(released.everything()).isEqualTo(FREE);
    assertThat(released.err()).contains("removed the lease");
    assertThatNothingIsLost();
  }

  /** Here the lease alone tells others, and they have just seen that there is none. */
  @Test
  void leaseIsSeenAtOnceWhereLocksStayOnTheirMachine() {
    Result before = program("node2", "/data3n", "lock", "status", "env.img");
    assertThat(before.exitCode()).as(before.everything()).isEqualTo(FREE);
    startWriter("/data3n");
    Result status = program("node2", "/data3n", "lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(UNKNOWN);
    assertThat(status.out()).contains("rule 37:", "rule 39:");
    Result refused = program("node2", "/data3n", "lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);
    Result check = program("node2", "/data3n", "overlay", "check", "env.img");
    assertThat(check.exitCode()).as(check.everything()).isEqualTo(4);
    Result second = program("node2", "/data3n", "exec", "-w", "-o", "env.img", "true");
    assertThat(second.exitCode()).as(second.everything()).isNotZero();
    on("node1", "touch /data/" + name + "/over");
    Installed.await(
        "it is free",
        () -> program("node2", "/data3n", "lock", "status", "env.img").exitCode() == FREE);
    assertThatNothingIsLost();
  }

  /** A writer on node1, of no job, that goes on until there is a file {@code over}. */
  private void startWriter(String mount) {
    String work = "echo >up; echo new >/ext3/env/new; until [ -e over ]; do sleep 0.2; done";
    String call = call(mount, List.of("exec", "-w", "-o", "env.img", "sh", "-c", work));
    on("node1", "(" + call + ") </dev/null >/tmp/writer.out 2>&1 &");
    awaitFile("up");
  }

  private void awaitFile(String file) {
    Installed.await(
        "there is " + file,
        () -> on("server", "test -e /data/" + name + "/" + file).exitCode() == 0);
  }

  private void assertThatNothingIsLost() {
    String image = "/data/" + name + "/env.img";
    Result check = on("server", "e2fsck -fn " + image);
    assertThat(check.exitCode()).as(check.everything()).isZero();
    Result kept = on("server", "debugfs -R 'ls -l /upper/ext3/env' " + image);
    assertThat(kept.out()).contains(" 1\n", " 200\n");
  }

  private Result program(String machine, String mount, String... arguments) {
    return on(machine, call(mount, List.of(arguments)));
  }

  private String call(String mount, List<String> arguments) {
    return "cd "
        + mount
        + "/"
        + name
        + " && runuser -u cntest -- env HOME=/data/home CNT_RUNTIME=embedded"
        + " /opt/condatainer/bin/condatainer "
        + ShellWords.join(arguments);
  }

  private Result on(String machine, String command) {
    return local(List.of(SCRIPTS + "/on", MACHINES, machine, command));
  }

  private void engine(String script, String... words) {
    List<String> command = new ArrayList<>(List.of(SCRIPTS + "/" + script));
    command.addAll(List.of(words));
    Result result = local(command);
    assertThat(result.exitCode()).as(result.everything()).isZero();
  }

  private void link(String machine, String state) {
    String network = Path.of(MACHINES).getFileName().toString();
    Result result = local(List.of("ip", "-n", network, "link", "set", machine, state));
    assertThat(result.exitCode()).as(result.everything()).isZero();
  }

  private Result local(List<String> words) {
    return new Installed("", parent, Map.of()).asUser(words, "");
  }
}
