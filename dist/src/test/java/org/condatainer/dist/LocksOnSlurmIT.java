package org.condatainer.dist;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.condatainer.script.ShellWords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Overlays that jobs of a real Slurm hold, and what its word on them is worth. */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class LocksOnSlurmIT {
  private static final int FREE = 0;
  private static final int IN_USE = 10;
  private static final int STALE = 11;
  private static final int DIRTY = 12;
  private static final int UNKNOWN = 13;

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void userWithApptainer() {
    condatainer = installed(Engines.user());
  }

  private Installed installed(String user) {
    return Installed.in(parent, user)
        .with("CNT_RUNTIME", "apptainer")
        .with("CNT_APPTAINER", Engines.apptainer());
  }

  @Test
  void theJobIsNamedAndCancelledOnRequest() {
    Path image = condatainer.overlay("env.img");
    String id = writer();
    try {
      Result status = condatainer.call("lock", "status", "--json", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out())
          .contains("\"jobId\" : \"" + id + "\"", "\"jobName\" : \"writer\"")
          .contains("\"jobState\" : \"RUNNING\"", "\"scheduler\" : \"slurm\"");
      Result plain = condatainer.call("lock", "release", "--yes", "env.img");
      assertThat(plain.exitCode()).as(plain.everything()).isEqualTo(IN_USE);
      assertThat(plain.out()).contains("--cancel would cancel slurm job " + id);

      Result release = condatainer.call("lock", "release", "--cancel", "--yes", "env.img");

      assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
      assertThat(release.err()).contains("Slurm says that it has ended");
      assertThat(check(image)).isZero();
    } finally {
      cancel(id);
    }
  }

  /** One task of each array has the array's own number, by which scancel ends all of them. */
  @Test
  void theTaskThatHoldsIsCancelledAndNotItsArray() {
    condatainer.overlay("env.img");
    String work = "touch up; until [ -e over ]; do sleep 0.2; done";
    condatainer.write(
        "two.sh",
        "#!/bin/bash\n#SBATCH --array=1-2 --mem=10 -J two -o two_%a.txt\n"
            + "if [ \"$SLURM_JOB_ID\" = \"$SLURM_ARRAY_JOB_ID\" ]; then\n  "
            + ShellWords.join(condatainer.words("e", "--", "sh", "-c", work))
            + "\nelse\n  until [ -e over ]; do sleep 0.2; done\nfi\n");
    Result submitted = condatainer.asUser(List.of("sbatch", "--parsable", "two.sh"), "");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    try {
      Installed.await("one has it", () -> Files.exists(condatainer.folder().resolve("up")));
      String task =
          show(id).replaceAll("(?s).*JobId=" + id + " ArrayJobId.*?ArrayTaskId=(\\d).*", "$1");
      Result status = condatainer.call("lock", "status", "--json", "env.img");
      assertThat(status.out()).contains("\"jobId\" : \"" + id + "_" + task + "\"");

      Result release = condatainer.call("lock", "release", "--cancel", "--yes", "env.img");

      assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
      String other = task.equals("1") ? "2" : "1";
      assertThat(show(id + "_" + other)).contains("JobState=RUNNING");
      assertThat(show(id + "_" + task)).contains("JobState=CANCELLED");
    } finally {
      cancel(id);
    }
  }

  /** The second job was submitted while the image was free, and meets it held. */
  @Test
  void aJobThatMeetsAHeldImageIsToldByWhomOrWaits() throws IOException {
    condatainer.overlay("env.img");
    String job = "#!/bin/bash\n#SBATCH --mem=10\n#DEP: env.img\n#CNT -w\ntrue\n";
    condatainer.write("second.sh", job);
    String second = submitted("run", "--hold", "-o", "second.txt", "second.sh");
    String third = submitted("run", "--hold", "--wait-lock", "10m", "-o", "third.txt", "second.sh");
    String id = writer();
    try {
      String whose =
          "env.img is in use by another process: its lease was written by "
              + condatainer.user()
              + " on "
              + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip()
              + " (process ";
      slurm("scontrol", "suspend", id);
      slurm("scontrol", "release", second);
      Installed.await("it is refused", () -> show(second).contains("JobState=FAILED"));
      assertThat(show(second)).contains("ExitCode=4:0");
      assertThat(output("second.txt")).contains(whose, ", slurm job " + id + ") since ");
      slurm("scontrol", "resume", id);

      slurm("scontrol", "release", third);
      Installed.await(
          "it waits", () -> output("third.txt").contains("waits until it is free, at most 600 s"));
      assertThat(output("third.txt")).contains(whose, ", slurm job " + id + ") since ");
      condatainer.write("over", "");
      Installed.await(
          "it has ended", () -> !show(third).matches("(?s).*JobState=(RUNNING|COMPLETING).*"));
      assertThat(show(third)).as(output("third.txt")).contains("JobState=COMPLETED");
    } finally {
      cancel(id);
      cancel(second);
      cancel(third);
    }
  }

  private String submitted(String... words) {
    Result result = condatainer.call(words);
    assertThat(result.exitCode()).as(result.everything()).isZero();
    return result.out().strip();
  }

  @Test
  void aSuspendedJobHolds() {
    condatainer.overlay("env.img");
    String id = writer();
    try {
      slurm("scontrol", "suspend", id);
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("SUSPENDED");
      slurm("scontrol", "resume", id);
    } finally {
      cancel(id);
    }
  }

  @Test
  void aRequeuedJobHoldsAndGoesOn() throws IOException {
    condatainer.overlay("env.img");
    String id = writer();
    try {
      Files.delete(condatainer.folder().resolve("up"));
      slurm("scontrol", "requeuehold", id);
      Installed.await("it is held", () -> show(id).contains("JobState=PENDING"));
      Instant putBack = Instant.now();
      Files.writeString(
          condatainer.folder().resolve("env.img.lease"),
          lease(condatainer.user(), id, Instant.now().minusSeconds(60)));
      Result another = condatainer.call("e", "--", "true");
      assertThat(another.exitCode()).as(another.everything()).isEqualTo(4);
      assertThat(another.err())
          .contains("Slurm job " + id + " of " + condatainer.user() + ", which wrote its lease")
          .contains("has not ended (PENDING) and goes on with it");
      Result status = condatainer.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out()).contains("rule 3:");
      Result refused =
          condatainer.callWithInput("env.img\n", "lock", "release", "--force", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
      Files.delete(condatainer.folder().resolve("env.img.lease"));
      // A node refuses a job whose credential is of the second of the requeue, and that ends it;
      // Slurm itself waits for two minutes (slurmctld's log: "Job credential revoked").
      Installed.await(
          "a later second",
          () -> Instant.now().isAfter(putBack.truncatedTo(SECONDS).plusMillis(1500)));
      slurm("scontrol", "release", id);
      slurm("scontrol", "update", "jobid=" + id, "StartTime=now");
      Installed.await(
          "it runs again",
          () -> {
            assertThat(show(id)).as(output()).containsPattern("JobState=(PENDING|RUNNING)");
            return Files.exists(condatainer.folder().resolve("up"));
          });
    } finally {
      cancel(id);
    }
  }

  @Test
  void whatAJobsKilledContainerLeftIsReleased() throws Exception {
    Path image = condatainer.overlay("env.img");
    String id = writer();
    try {
      List<String> words = new ArrayList<>(List.of("kill", "-9"));
      try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
        for (Path process : processes) {
          try {
            String comm = Files.readString(process.resolve("comm")).strip();
            boolean ofJob =
                Files.readString(process.resolve("environ")).contains("SLURM_JOB_ID=" + id);
            if (ofJob && !comm.equals("slurmstepd")) {
              words.add(process.getFileName().toString());
            }
          } catch (IOException e) {
            // it has ended
          }
        }
      }
      assertThat(words.size()).isGreaterThan(2);
      assertThat(new ProcessBuilder(words).start().waitFor(20, TimeUnit.SECONDS)).isTrue();
      Installed.await(
          "the job has ended", () -> !show(id).matches("(?s).*JobState=(RUNNING|COMPLETING).*"));
      // what its last command started may still be ending
      Installed.await(
          "nobody works with it",
          () ->
              List.of(STALE, DIRTY, FREE)
                  .contains(condatainer.call("lock", "status", "env.img").exitCode()));

      Result release = condatainer.call("lock", "release", "--yes", "env.img");

      assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
      assertThat(check(image)).isZero();
      assertThat(image.resolveSibling("env.img.lease")).doesNotExist();
    } finally {
      cancel(id);
    }
  }

  /** Who logs in on another machine is told by which job the overlay is held, and where. */
  @Test
  void anotherHostIsToldByWhichJobItIsHeld() {
    condatainer.overlay("env.img");
    String id = writer();
    try {
      OtherHost other = new OtherHost(condatainer);
      Result status = other.call("lock", "status", "env.img");
      assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
      assertThat(status.out())
          .contains("slurm job " + id + " \"writer\" RUNNING", "rule 2:", "rule 3:");
      Result evidence = other.call("lock", "explain", "env.img");
      assertThat(evidence.out()).contains("n88", "by another machine");
      Result refused = other.call("e", "--", "true");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(4);
      assertThat(refused.err())
          .contains("It is held on another node", condatainer.user(), "slurm job " + id);
      for (String option : List.of("--yes", "--force")) {
        Result kept = other.callWithInput("env.img\n", "lock", "release", option, "env.img");
        assertThat(kept.exitCode()).as(kept.everything()).isEqualTo(IN_USE);
      }
    } finally {
      cancel(id);
    }
  }

  /**
   * A lock that this machine's list does not show, as another node's: a process outside of the pid
   * namespace that is looked from has it. The lease, of that node, names a real job.
   */
  @Test
  void anotherNodesLockIsWorthWhatTheSchedulerSays() throws Exception {
    condatainer = installed("");
    Path image = condatainer.overlay("env.img");
    String contents = contents();
    Process holder =
        condatainer.start(
            List.of(
                "python3",
                "-c",
                "import fcntl,sys\nf=open('env.img','r+b')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "open('up','w')\nsys.stdin.readline()"));
    Installed.await("it has the lock", () -> Files.exists(condatainer.folder().resolve("up")));
    String id = "";
    try {
      Result nobody = elsewhere("lock", "status", "env.img");
      assertThat(nobody.exitCode()).as(nobody.everything()).isEqualTo(UNKNOWN);
      assertThat(nobody.out()).contains("rule 36:");

      condatainer.write("wait.sh", "#!/bin/bash\n#SBATCH --mem=10 -J other\nsleep 300\n");
      id =
          slurm(
                  "sbatch",
                  "--parsable",
                  "-D",
                  condatainer.folder().toString(),
                  condatainer.folder() + "/wait.sh")
              .strip();
      String running = id;
      Installed.await("it runs", () -> show(running).contains("JobState=RUNNING"));
      Path lease = condatainer.folder().resolve("env.img.lease");
      Instant since = Instant.now();
      Files.writeString(lease, lease("root", id, since));
      Result alive = elsewhere("lock", "status", "env.img");
      assertThat(alive.exitCode()).as(alive.everything()).isEqualTo(IN_USE);
      assertThat(alive.out())
          .contains("process " + holder.pid() + " (running): python3", "rule 2:", "rule 3:")
          .contains("lock release --cancel");

      slurm("scancel", id);
      Installed.await("it ends", () -> show(running).contains("JobState=CANCELLED"));
      // a controller that does not answer never leads to a release
      Path dead = condatainer.folder().resolve("slurm.conf");
      Files.writeString(
          dead,
          Files.readString(Path.of(System.getenv("SLURM_CONF")))
              .replaceAll("(?m)^SlurmctldPort=.*$", "SlurmctldPort=1"));
      Installed cut = condatainer.with("SLURM_CONF", dead.toString());
      Result silent = elsewhere(cut, "lock", "status", "--limit", "4", "env.img");
      assertThat(silent.exitCode()).as(silent.everything()).isEqualTo(UNKNOWN);
      assertThat(silent.out()).contains("rule 31:");
      for (String option : List.of("--force", "--cancel")) {
        Result refused = elsewhere(cut, "lock", "release", option, "env.img");
        assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(UNKNOWN);
      }

      // an older job of the same id, and one of somebody else, prove nothing
      Files.writeString(lease, lease("root", id, Instant.now().plusSeconds(7200)));
      Result older = elsewhere("lock", "status", "env.img");
      assertThat(older.exitCode()).as(older.everything()).isEqualTo(UNKNOWN);
      assertThat(older.out()).contains("rule 34:");

      Files.writeString(lease, lease("root", id, since));
      Result lost = elsewhere("lock", "status", "env.img");
      assertThat(lost.exitCode()).as(lost.everything()).isEqualTo(UNKNOWN);
      assertThat(lost.out())
          .contains("rule 12:", "rule 44:", "proctrack/linuxproc", "next: srun -w n77 -n 1 ");
      Result kept = elsewhere("lock", "release", "--yes", "env.img");
      assertThat(kept.exitCode()).as(kept.everything()).isEqualTo(UNKNOWN);

      Installed together = condatainer.withProcessesHeldTogether();
      Result ended = elsewhere(together, "lock", "status", "env.img");
      assertThat(ended.exitCode()).as(ended.everything()).isEqualTo(STALE);
      assertThat(ended.out()).contains("rule 12:").doesNotContain("rule 44:");

      Object inode = Files.getAttribute(image, "unix:ino");
      Result release = elsewhere(together, "lock", "release", "--yes", "env.img");
      assertThat(release.exitCode()).as(release.everything()).isEqualTo(FREE);
      assertThat(Files.getAttribute(image, "unix:ino")).isNotEqualTo(inode);
      assertThat(condatainer.folder().toFile().list())
          .anyMatch(name -> name.startsWith("env.img.before-"));
      assertThat(lease).doesNotExist();
      assertThat(contents()).isEqualTo(contents);
      assertThat(check(image)).isZero();
    } finally {
      holder.getOutputStream().close();
      assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
      cancel(id);
    }
  }

  private Result elsewhere(String... arguments) {
    return elsewhere(condatainer, arguments);
  }

  private static Result elsewhere(Installed installed, String... arguments) {
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(installed.words(arguments));
    return installed.asUser(words, "env.img\n");
  }

  private static String lease(String user, String job, Instant since) {
    return "condatainer-lease=1\nuser="
        + user
        + "\nhost=n77\nmachine=m77\nboot=b77\npidns=pid:[77]\npid=42\nstart=99\nscheduler=slurm\n"
        + "cluster=\njob="
        + job
        + "\nrun=r\nmode=write\nsince="
        + since
        + "\n";
  }

  /** A writable job that goes on until it is ended. */
  private String writer() {
    condatainer.write(
        "writer.sh",
        """
        #!/bin/bash
        #SBATCH --mem=10 -J writer -o writer.txt --requeue
        #DEP: env.img
        #CNT -w
        echo written > /ext3/env/new
        touch up
        until [ -e over ]; do sleep 0.2; done
        """);
    String id = submitted("run", "writer.sh");
    Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));
    return id;
  }

  private String contents() {
    return condatainer
        .with("CNT_SCHEDULER", "none")
        .call("exec", "-o", "env.img", "cat", "/ext3/env/fact")
        .out();
  }

  private int check(Path image) {
    return condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode();
  }

  private String slurm(String... words) {
    Result result = new Installed("", parent, condatainer.variables()).asUser(List.of(words), "");
    return result.out() + result.err();
  }

  private void cancel(String id) {
    if (!id.isEmpty()) {
      slurm("scancel", id);
      Installed.await(
          "it has gone", () -> !show(id).matches("(?s).*JobState=(RUNNING|COMPLETING).*"));
    }
  }

  private String show(String id) {
    return slurm("scontrol", "show", "job", id);
  }

  /** What the writer's job printed. */
  private String output() {
    return output("writer.txt");
  }

  private String output(String name) {
    try {
      return Files.readString(condatainer.folder().resolve(name));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
