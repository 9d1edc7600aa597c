package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Slurm of the test's own, whose daemons are killed and stopped. A job has the image's lock,
 * and it is looked at from a pid namespace in which that lock is not listed, as another node's.
 */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LocksOnLostNodesIT {
  private static final int IN_USE = 10;
  private static final int STALE = 11;
  private static final int UNKNOWN = 13;
  private static final Path ENGINE = Path.of("../engines/slurm").toAbsolutePath().normalize();

  @TempDir private Path parent;
  private Path slurm;
  private Installed condatainer;
  private final List<Process> keepers = new ArrayList<>();

  private void ownSlurm(boolean accounting) {
    slurm = parent.resolve("slurm");
    Installed here = Installed.in(parent, "").with("CNT_RUNTIME", "embedded");
    Result up =
        here.with("PORT", "17600")
            .with("ACCOUNTING", accounting ? "1" : "0")
            .asUser(List.of(ENGINE + "/up", slurm.toString()), "");
    assertThat(up.exitCode()).as(up.everything()).isZero();
    condatainer = here.with("SLURM_CONF", slurm + "/slurm.conf").withProcessesHeldTogether();
  }

  @AfterEach
  void down() {
    keepers.forEach(Process::destroyForcibly);
    signal("CONT", "slurmctld.pid", "slurmdbd.pid", "slurmd.n1.pid", "slurmd.n2.pid");
    call("scancel", "-u", "root");
    call(ENGINE + "/down", slurm.toString());
  }

  @Test
  void whatIsLostOrSilentIsNoProofAndAnEndIs() throws IOException {
    ownSlurm(false);
    String timed = holder("timed.img", "n1", "--time=1");
    call("scontrol", "update", "jobid=" + timed, "EndTime=now");
    String lost = holder("lost.img", "n2");
    String left = holder("left.img", "n1");
    look("lost.img", IN_USE, "RUNNING");

    signal("STOP", "slurmctld.pid");
    look("lost.img", UNKNOWN, "rule 31:");
    refused("lost.img", UNKNOWN);
    signal("CONT", "slurmctld.pid");

    // its processes go on: slurmd is killed, not what it has started
    signal("KILL", "slurmd.n2.pid");
    call("scontrol", "update", "NodeName=n2", "State=DOWN", "Reason=lost");
    Installed.await("it is lost", () -> show(lost).contains("JobState=NODE_FAIL"));
    look("lost.img", UNKNOWN, "rule 32:");
    refused("lost.img", UNKNOWN);

    Installed.await("its time is over", () -> show(timed).contains("JobState=TIMEOUT"));
    hold("timed.img");
    look("timed.img", STALE, "rule 12:", "TIMEOUT");

    signal("STOP", "slurmd.n1.pid");
    call("scancel", left);
    Installed.await("it completes", () -> show(left).contains("JobState=COMPLETING"));
    look("left.img", IN_USE, "COMPLETING");
    refused("left.img", IN_USE);
    // Slurm gives the node up, and calls a job cancelled whose processes go on
    call("scontrol", "update", "NodeName=n1", "State=DOWN", "Reason=silent");
    Installed.await("it is given up", () -> show(left).contains("JobState=CANCELLED"));
    look("left.img", UNKNOWN, "rule 32:", "does not hear from n1");
    refused("left.img", UNKNOWN);
    signal("CONT", "slurmd.n1.pid");
    call("scontrol", "update", "NodeName=n1", "State=RESUME");
    Installed.await("it ends there", () -> code("left.img") == 0);
    hold("left.img");
    Installed.await("its node answers", () -> code("left.img") == STALE);
    look("left.img", STALE, "rule 12:", "CANCELLED");

    // as if it had been forgotten: no accounting is there to agree
    Files.writeString(condatainer.folder().resolve("left.img.lease"), lease("999999"));
    look("left.img", UNKNOWN, "rule 33:");
    refused("left.img", UNKNOWN);
  }

  /** The queue has forgotten all jobs, and the accounting has not. */
  @Test
  void whatOnlyTheAccountingKnowsHasEndedAndWhatNobodyKnowsIsTheOwnersOrRootsToProve()
      throws IOException {
    ownSlurm(true);
    String ended = holder("ended.img", "n1");
    call("scancel", ended);
    Installed.await("it has ended", () -> show(ended).contains("JobState=CANCELLED"));
    Installed.await(
        "it is kept", () -> call("sacct", "-nXj", ended, "-o", "state").contains("CANCELLED"));
    hold("ended.img");
    String leased = Files.readString(condatainer.folder().resolve("ended.img.lease"));
    forget();
    assertThat(show(ended)).contains("Invalid job id");
    look("ended.img", STALE, "rule 12:", "CANCELLED");

    Path lease = condatainer.folder().resolve("ended.img.lease");
    Files.writeString(
        lease, leased.replace("job=" + ended + "\n", "job=999999\n").replace("=root", "=anna"));
    look("ended.img", STALE, "rule 13:");

    if (!Engines.user().isEmpty()) {
      // a queue may hide others' jobs
      Installed user = new Installed(Engines.user(), condatainer.folder(), condatainer.variables());
      Result asked = new OtherHost(user).call("lock", "status", "ended.img");
      assertThat(asked.exitCode()).as(asked.everything()).isEqualTo(UNKNOWN);
      assertThat(asked.out()).contains("rule 33:");
    }

    Files.writeString(lease, leased);
    signal("STOP", "slurmdbd.pid");
    refused("ended.img", UNKNOWN);
  }

  /** Starts the controller anew without any of its jobs: as if all were purged long ago. */
  private void forget() throws IOException {
    String pid = Files.readString(slurm.resolve("slurmctld.pid")).strip();
    signal("TERM", "slurmctld.pid");
    Installed.await("the controller ends", () -> !Files.exists(Path.of("/proc", pid)));
    call("slurmctld", "-c", "-f", slurm + "/slurm.conf");
    Installed.await("it answers", () -> call("scontrol", "ping").contains("is UP"));
    Installed.await(
        "its nodes answer", () -> call("scontrol", "show", "node", "n1").contains("State=IDLE"));
  }

  /** A job that has the lock of a new image, and the lease that it would have written. */
  private String holder(String image, String node, String... options) throws IOException {
    condatainer.overlay(image);
    condatainer.write(image + ".sh", "#!/bin/bash\n" + LOCK.replace("IMAGE", image));
    List<String> words =
        new ArrayList<>(List.of("sbatch", "--parsable", "--no-requeue", "--mem=10", "-w", node));
    words.addAll(List.of(options));
    words.addAll(List.of("-D", condatainer.folder().toString()));
    words.add(condatainer.folder() + "/" + image + ".sh");
    Result submitted = condatainer.asUser(words, "");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    Installed.await(
        "it has the lock", () -> Files.exists(condatainer.folder().resolve(image + ".up")));
    Files.writeString(condatainer.folder().resolve(image + ".lease"), lease(id));
    return id;
  }

  private static final String LOCK =
      "exec python3 -c \"import fcntl,time\n"
          + "f=open('IMAGE','r+b')\n"
          + "while True:\n"
          + "  try:\n"
          + "    fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\n"
          + "    break\n"
          + "  except OSError: time.sleep(0.1)\n"
          + "open('IMAGE.up','w')\n"
          + "time.sleep(200)\"\n";

  /** The lock as a file system that does not give it back keeps it: a process that is no job's. */
  private void hold(String image) throws IOException {
    Path up = condatainer.folder().resolve(image + ".up");
    Files.delete(up);
    keepers.add(condatainer.start(List.of("bash", "-c", LOCK.replace("IMAGE", image))));
    Installed.await("the lock is kept", () -> Files.exists(up));
  }

  private void look(String image, int exitCode, String... words) {
    Result status = elsewhere("lock", "status", image);
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(exitCode);
    assertThat(status.out()).contains(words);
  }

  private int code(String image) {
    return elsewhere("lock", "status", image).exitCode();
  }

  private void refused(String image, int exitCode) {
    Result refused = elsewhere("lock", "release", "--yes", image);
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(exitCode);
    assertThat(condatainer.folder().resolve(image + ".lease")).exists();
  }

  private Result elsewhere(String... arguments) {
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(condatainer.words(arguments));
    return condatainer.asUser(words, "");
  }

  private static String lease(String job) {
    return "condatainer-lease=1\nuser=root\nhost=n77\nmachine=m77\nboot=b77\npidns=pid:[77]\n"
        + "pid=42\nstart=99\nscheduler=slurm\ncluster=\njob="
        + job
        + "\nrun=r\nmode=write\nsince="
        + Instant.now()
        + "\n";
  }

  private String show(String id) {
    return call("scontrol", "show", "job", id);
  }

  private String call(String... words) {
    Result result = condatainer.asUser(List.of(words), "");
    return result.out() + result.err();
  }

  private void signal(String name, String... files) {
    for (String file : files) {
      call("bash", "-c", "kill -" + name + " \"$(<\"$0\")\"", slurm.resolve(file).toString());
    }
  }
}
