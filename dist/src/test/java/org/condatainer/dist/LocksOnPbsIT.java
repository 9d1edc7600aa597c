package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.pbs.PbsProvider;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job of a simulated PBS has an image's lock. It is looked at from a pid namespace in which that
 * lock is not listed, as another node's.
 */
final class LocksOnPbsIT {
  private static final int IN_USE = 10;
  private static final int STALE = 11;
  private static final int UNKNOWN = 13;

  @TempDir private Path parent;
  private SimulatedLaboratory pbs;
  private Installed condatainer;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    started.forEach(Process::destroyForcibly);
    if (pbs != null) {
      pbs.close();
    }
  }

  @Test
  void jobHoldsUntilPbsSaysThatItHasEnded() throws IOException {
    open(true);
    String id = holder();

    look(IN_USE, "rule 3:", "(R)");
    for (String word : List.of("S", "H", "Q", "E", "Z")) {
      pbs.show(JobId.of(id), word);
      look(IN_USE, "rule 3:", "(" + word + ")");
    }
    refused(IN_USE);
    pbs.mend();
    pbs.make(Fault.STOPPED);
    look(UNKNOWN, "rule 31:", "Connection refused");
    refused(UNKNOWN);
    pbs.mend();

    end(id);
    look(STALE, "rule 12:", "(F");
    Result released = elsewhere("lock", "release", "--yes", "env.img");
    assertThat(released.exitCode()).as(released.everything()).isZero();
    assertThat(condatainer.folder().resolve("env.img.lease")).doesNotExist();
  }

  @Test
  void endThatNoHistoryKeepsIsNoProof() throws IOException {
    open(false);
    String id = holder();
    look(IN_USE, "rule 3:", "(R)");

    end(id);

    look(UNKNOWN, "rule 33:", "keeps no history");
    refused(UNKNOWN);
  }

  private void open(boolean history) throws IOException {
    // Every scheduler found is asked which jobs use the image.
    assumeTrue(
        Boolean.getBoolean(Engines.SLURM) || !Engines.isInPath("sbatch"),
        "a Slurm that does not run would be asked, and prove nothing");
    Path folder = Files.createDirectory(parent.resolve("laboratory"));
    pbs = SimulatedLaboratory.pbs(new PbsProvider(), folder, history);
    condatainer =
        Installed.in(parent, "")
            .with("CNT_SCHEDULER", "pbs")
            .with("PATH", pbs.variables().get("PATH") + ":" + System.getenv("PATH"));
    Result made = condatainer.call("o", "env.img", "-s", "16M", "--sparse");
    assertThat(made.exitCode()).as(made.everything()).isZero();
  }

  /** A job that has the image's lock, and the lease that it would have written. */
  private String holder() throws IOException {
    condatainer.write("job.sh", "#!/bin/bash\n" + lock());
    Result submitted =
        condatainer.asUser(List.of("env", "qsub", "-o", "/dev/null", "-j", "oe", "job.sh"), "");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    Installed.await("it has the lock", () -> Files.exists(up()));
    Files.writeString(
        condatainer.folder().resolve("env.img.lease"),
        "condatainer-lease=1\nuser="
            + System.getProperty("user.name")
            + "\nhost=n77\nmachine=m77\nboot=b77\npidns=pid:[77]\npid=42\nstart=99\n"
            + "scheduler=pbs\ncluster=\njob="
            + id
            + "\nrun=r\nmode=write\nsince="
            + Instant.now()
            + "\n");
    return id;
  }

  /** Ends the job; its lock stays, as on a file system that does not give it back. */
  private void end(String id) throws IOException {
    Files.delete(up());
    started.add(condatainer.start(List.of("bash", "-c", lock())));
    condatainer.asUser(List.of("env", "qdel", id), "");
    Installed.await("the lock is kept", () -> Files.exists(up()));
    Installed.await(
        "the job has ended",
        () -> !condatainer.asUser(List.of("env", "qstat", "-f", "-w", id), "").err().isEmpty());
  }

  private Path up() {
    return condatainer.folder().resolve("up");
  }

  private String lock() {
    return "exec python3 -c \"import fcntl,time\n"
        + "f=open('FOLDER/env.img','r+b')\n".replace("FOLDER", condatainer.folder().toString())
        + "while True:\n"
        + "  try:\n"
        + "    fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)\n"
        + "    break\n"
        + "  except OSError: time.sleep(0.1)\n"
        + "open('FOLDER/up','w')\n".replace("FOLDER", condatainer.folder().toString())
        + "time.sleep(200)\"\n";
  }

  private void look(int exitCode, String... words) {
    Result status = elsewhere("lock", "status", "env.img");
    assertThat(status.exitCode()).as(status.everything()).isEqualTo(exitCode);
    assertThat(status.out()).contains(words);
  }

  private void refused(int exitCode) {
    Result refused = elsewhere("lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(exitCode);
    assertThat(condatainer.folder().resolve("env.img.lease")).exists();
  }

  private Result elsewhere(String... arguments) {
    List<String> words = new ArrayList<>(List.of("unshare"));
    if (!Engines.isRoot()) {
      words.addAll(List.of("--user", "--map-current-user"));
    }
    words.addAll(List.of("--pid", "--fork", "--mount-proc"));
    words.addAll(condatainer.words(arguments));
    return condatainer.asUser(words, "");
  }
}
