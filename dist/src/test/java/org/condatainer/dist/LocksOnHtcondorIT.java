package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Overlays that jobs of a real HTCondor hold, and what its word on them is worth. */
@EnabledIfSystemProperty(named = Engines.HTCONDOR, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
@EnabledIfSystemProperty(named = LocksOnHtcondorIT.SCHEDD, matches = "[0-9]+")
final class LocksOnHtcondorIT {
  /** The process of a schedd that may be stopped for a while. */
  static final String SCHEDD = "condatainer.it.htcondor.schedd";

  private static final int FREE = 0;
  private static final int IN_USE = 10;
  private static final int STALE = 11;
  private static final int UNKNOWN = 13;

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userWithApptainer() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer())
            .with("CNT_SCHEDULER", "htcondor")
            .with("PATH", Engines.htcondorPrograms() + ":" + System.getenv("PATH"));
  }

  @Test
  void aJobHoldsWhateverItDoesAndItsEndProvesThatItIsGone() throws Exception {
    Path image = condatainer.overlay("env.img");
    Path lease = condatainer.folder().resolve("env.img.lease");
    String id = writer();
    String leased = ofAnotherMachine(lease);
    assertThat(leased).contains("scheduler=htcondor\n", "job=" + id + "\n");

    Result running = condatainer.call("lock", "status", "--json", "env.img");
    assertThat(running.exitCode()).as(running.everything()).isEqualTo(IN_USE);
    assertThat(running.out())
        .contains("\"jobId\" : \"" + id + "\"", "\"scheduler\" : \"htcondor\"")
        .contains("\"jobState\" : \"Running\"");

    htcondor("condor_suspend", id);
    Installed.await("it is suspended", () -> status(id).equals("7"));
    Result suspended = condatainer.call("lock", "status", "env.img");
    assertThat(suspended.exitCode()).as(suspended.everything()).isEqualTo(IN_USE);
    assertThat(suspended.out()).contains("htcondor job " + id + " (Suspended)");
    htcondor("condor_continue", id);

    signalSchedd("STOP");
    try {
      Result silent = elsewhere("lock", "status", "--limit", "4", "env.img");
      assertThat(silent.exitCode()).as(silent.everything()).isEqualTo(UNKNOWN);
      assertThat(silent.out()).contains("rule 31:");
      Result refused = elsewhere("lock", "release", "--force", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);
    } finally {
      signalSchedd("CONT");
    }

    Result release = condatainer.call("lock", "release", "--cancel", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
    assertThat(release.err()).contains("HTCondor says that it has ended");
    assertThat(check(image)).isZero();

    // as where a file system keeps the lock of a node that is no longer to be asked
    Process keeper = keeper();
    try {
      Files.writeString(
          lease, leased.replaceAll("since=.*", "since=" + Instant.now().plusSeconds(7200)));
      Result another = elsewhere("lock", "status", "env.img");
      assertThat(another.exitCode()).as(another.everything()).isEqualTo(UNKNOWN);
      assertThat(another.out()).contains("rule 34:");
      Files.writeString(lease, leased);
      Result ended = elsewhere("lock", "status", "env.img");
      assertThat(ended.exitCode()).as(ended.everything()).isEqualTo(STALE);
      assertThat(ended.out()).contains("rule 12:", "(Removed, ");
    } finally {
      keeper.destroyForcibly().waitFor();
    }
  }

  /** It starts again as soon as somebody releases it, and goes on with what it has written. */
  @Test
  void aHeldJobIsAHolderUntilItIsRemoved() throws Exception {
    condatainer.overlay("env.img");
    Path lease = condatainer.folder().resolve("env.img.lease");
    String id = writer();
    String leased = ofAnotherMachine(lease);
    htcondor("condor_hold", id);
    Installed.await("it is held", () -> status(id).equals("5"));
    Installed.await("its processes end", () -> ImageProcesses.of(condatainer).isEmpty());
    assertThat(condatainer.call("lock", "status", "env.img").exitCode()).isEqualTo(FREE);

    // as where its node was lost, or a file system kept its lock
    Process keeper = keeper();
    try {
      Files.writeString(lease, leased);
      Result held = elsewhere("lock", "status", "env.img");
      assertThat(held.exitCode()).as(held.everything()).isEqualTo(IN_USE);
      assertThat(held.out()).contains("rule 3:", "(Held)");
      Result release = elsewhere("lock", "release", "--force", "--yes", "env.img");
      assertThat(release.exitCode()).as(release.everything()).isEqualTo(IN_USE);
      htcondor("condor_rm", id);
      Installed.await("it has left the queue", () -> status(id).isEmpty());
      Result removed = elsewhere("lock", "status", "env.img");
      assertThat(removed.exitCode()).as(removed.everything()).isEqualTo(STALE);
    } finally {
      keeper.destroyForcibly().waitFor();
    }
  }

  /** {@code condor_rm -forcex} takes a job out of the queue, and its processes may go on. */
  @Test
  void aJobThatWasRemovedByForceProvesNothing() throws Exception {
    condatainer.overlay("env.img");
    String id = writer();
    Path lease = condatainer.folder().resolve("env.img.lease");
    String leased = ofAnotherMachine(lease);
    long starter = starter(lease);
    ImageProcesses.signal("STOP", List.of(starter));
    try {
      htcondor("condor_rm", id);
      Installed.await("it is being removed", () -> status(id).equals("3"));
      htcondor("condor_rm", "-forcex", id);
      Installed.await("it has left the queue", () -> status(id).isEmpty());
      Files.writeString(lease, leased);
      Result forced = elsewhere("lock", "status", "env.img");
      assertThat(forced.exitCode()).as(forced.everything()).isEqualTo(UNKNOWN);
      assertThat(forced.out()).contains("rule 32:");
    } finally {
      ImageProcesses.signal("CONT", List.of(starter));
    }
    Installed.await("its processes end", () -> ImageProcesses.of(condatainer).isEmpty());
  }

  /** The process of HTCondor above the one that wrote the lease. */
  private static long starter(Path lease) throws IOException {
    String text = Files.readString(lease);
    int start = text.indexOf("\npid=") + "\npid=".length();
    long pid = Long.parseLong(text.substring(start, text.indexOf('\n', start)));
    while (!ImageProcesses.comm(pid).equals("condor_starter")) {
      pid = ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
    }
    return pid;
  }

  private static String ofAnotherMachine(Path lease) throws IOException {
    return Files.readString(lease).replaceAll("(?m)^(host|machine|boot)=.*$", "$1=n77");
  }

  /** A writable job that goes on until it is ended. */
  private String writer() {
    condatainer.write(
        "writer.sh",
        """
        #!/bin/bash
        #CONDOR request_memory = 10
        #CONDOR output = writer.txt
        #CONDOR error = writer.txt
        #DEP: env.img
        #CNT -w
        echo written > /ext3/env/new
        touch up
        while :; do sleep 0.2; done
        """);
    Result submitted = condatainer.call("run", "writer.sh");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));
    return submitted.out().strip();
  }

  /** A process that no scheduler knows of waits for the lock and keeps it. */
  private Process keeper() throws IOException {
    Process keeper =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl,time\nf=open('env.img','r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "open('kept','w')\ntime.sleep(200)")
            .directory(condatainer.folder().toFile())
            .start();
    Installed.await("the lock is kept", () -> Files.exists(condatainer.folder().resolve("kept")));
    return keeper;
  }

  /** As root, from where no process of this machine is seen. */
  private Result elsewhere(String... arguments) {
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(condatainer.words(arguments));
    return new Installed("", condatainer.folder(), condatainer.variables())
        .asUser(words, "env.img\n");
  }

  private String status(String id) {
    return htcondor("condor_q", id, "-af", "JobStatus");
  }

  private String htcondor(String... words) {
    return condatainer.asUser(List.of(words), "").out().strip();
  }

  private int check(Path image) {
    return condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode();
  }

  private static void signalSchedd(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, System.getProperty(SCHEDD)).start();
    assertThat(kill.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }
}
