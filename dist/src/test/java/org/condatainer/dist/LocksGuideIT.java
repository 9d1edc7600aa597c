package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Every command of docs/locks.md in its order, each where the page says that it helps. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class LocksGuideIT {
  private static final Path GUIDE = Path.of("../docs/locks.md");
  private static final int FREE = 0;
  private static final int REFUSED = 4;
  private static final int IN_USE = 10;
  private static final int STALE = 11;

  @TempDir private Path parent;
  private Installed condatainer;
  private String job = "";

  @Test
  void everyCommandInItDoesWhatItSaysInItsOrder() throws Exception {
    assumeTrue(!Engines.user().isEmpty(), "root's images are mounted without helpers");
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer())
            .with("PATH", Installed.PROGRAM.resolve("bin") + ":" + System.getenv("PATH"));
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH --mem=10\n#DEP: env.img\n#CNT -w\ntrue\n");
    leaveAHelper();
    int done = 0;
    try {
      for (Guide.Code code : Guide.read(GUIDE)) {
        for (String line : code.block() ? code.lines() : List.<String>of()) {
          step(line);
          done++;
        }
      }
    } finally {
      if (!job.isEmpty()) {
        condatainer.asUser(List.of("scancel", job), "");
      }
    }
    assertThat(done).as("commands in " + GUIDE).isEqualTo(10);
  }

  private void step(String line) throws Exception {
    switch (line) {
      case "condatainer lock status env.img" -> {
        Result refused = condatainer.call("e", "--", "true");
        assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(REFUSED);
        Result status = expect(STALE, line, "");
        assertThat(status.out()).contains("env.img: stale", "rule 11:", "next: condatainer lock");
      }
      case "condatainer lock release --dry-run env.img" ->
          assertThat(expect(STALE, line, "").out()).contains("plan:");
      case "condatainer lock release env.img" -> {
        expect(STALE, line, "n\n");
        assertThat(expect(FREE, line, "y\n").out()).contains("plan:", "env.img: free");
      }
      case "condatainer lock status --watch env.img" -> {
        Process writer = writer();
        Process watch = condatainer.start(List.of("bash", "-c", line + " >watched"));
        Installed.await("it is shown", () -> text("watched").contains("in use, to write"));
        end(writer);
        assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.exitValue()).isEqualTo(FREE);
        assertThat(text("watched")).contains("env.img: free");
      }
      case "condatainer run --wait-lock 10m job.sh" -> {
        Process writer = writer();
        Process run = condatainer.start(List.of("bash", "-c", line + " >id 2>waits"));
        Installed.await("it waits", () -> text("waits").contains("at most 10 min"));
        end(writer);
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        job = text("id").strip();
        Installed.await("the job has ended", () -> ended(job));
      }
      case "condatainer lock release --cancel env.img" -> {
        condatainer.write(
            "job.sh",
            "#!/bin/bash\n#SBATCH --mem=10\n#DEP: env.img\n#CNT -w\ntouch up; sleep 300\n");
        Files.deleteIfExists(condatainer.folder().resolve("up"));
        Result submitted = condatainer.call("run", "job.sh");
        job = submitted.out().strip();
        Installed.await("it runs", () -> Files.exists(condatainer.folder().resolve("up")));
        expect(FREE, line, "y\n");
        assertThat(ended(job)).isTrue();
      }
      case "cp --sparse=always env.img copy.img" -> {
        expect(FREE, line, "");
        expect(FREE, "/sbin/e2fsck -fn copy.img", "");
      }
      case "condatainer lock explain env.img" ->
          assertThat(expect(FREE, line, "").out()).contains("this machine: ", "jobs by tag: ");
      case "condatainer lock status --all-users .",
          "condatainer lock status --all-users --json ." -> {
        Result refused = condatainer.asUser(List.of("bash", "-c", line), "");
        assertThat(refused.err()).contains("--all-users is for root");
        Installed root = new Installed("", condatainer.folder(), condatainer.variables());
        Result all = root.asUser(List.of("bash", "-c", line), "");
        assertThat(all.exitCode()).as(all.everything()).isEqualTo(FREE);
        assertThat(all.out()).contains("env.img");
      }
      default -> throw new AssertionError("nobody has tried: " + line);
    }
  }

  private Result expect(int exitCode, String line, String input) {
    Result result = condatainer.asUser(List.of("bash", "-c", line), input);
    assertThat(result.exitCode()).as(line + "\n" + result.everything()).isEqualTo(exitCode);
    return result;
  }

  /** What the page begins with: in use by another process, and nobody is there. */
  private void leaveAHelper() throws Exception {
    Process writer = writer();
    ImageProcesses.kill(condatainer, name -> !ImageProcesses.isHelper(name));
    assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Installed.await(
        "it is stale", () -> condatainer.call("lock", "status", "env.img").exitCode() == STALE);
  }

  private Process writer() throws IOException {
    Files.deleteIfExists(condatainer.folder().resolve("up"));
    Process writer =
        condatainer.start(condatainer.words("e", "--", "sh", "-c", "touch up; read x"));
    Installed.await("it writes", () -> Files.exists(condatainer.folder().resolve("up")));
    assertThat(condatainer.call("lock", "status", "env.img").exitCode()).isEqualTo(IN_USE);
    return writer;
  }

  private static void end(Process writer) throws Exception {
    writer.getOutputStream().close();
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private boolean ended(String id) {
    return !condatainer
        .asUser(List.of("scontrol", "show", "job", id), "")
        .out()
        .matches("(?s).*JobState=(PENDING|RUNNING|COMPLETING).*");
  }

  private String text(String name) {
    try {
      return Files.readString(condatainer.folder().resolve(name));
    } catch (IOException e) {
      return "";
    }
  }
}
