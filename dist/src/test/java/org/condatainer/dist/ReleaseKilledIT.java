package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A release that is killed, wherever it is, leaves an image that the next release finishes. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledIfSystemProperty(named = Engines.APPTAINER, matches = "/.*")
final class ReleaseKilledIT {
  @TempDir private Path parent;
  private Installed condatainer;
  private Path image;
  private String hash;

  /** What a killed process group leaves: helpers with the lock, and a lease. */
  private void stale() {
    assumeTrue(!Engines.user().isEmpty(), "root's images are mounted without helpers");
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_SCHEDULER", "none")
            .with("CNT_RUNTIME", "apptainer")
            .with("CNT_APPTAINER", Engines.apptainer());
    image = condatainer.overlay("env.img");
    hash = contents();
    Process writer =
        condatainer.start(condatainer.words("e", "--", "sh", "-c", "touch up; read x"));
    Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));
    ImageProcesses.kill(condatainer, name -> !ImageProcesses.isHelper(name));
    Installed.await("it has ended", () -> !writer.isAlive());
    Installed.await("it is stale", () -> code() == 11);
    assertThat(leftovers()).containsExactly("env.img.lease");
  }

  /** Before each of the kernel's calls by which it does something, counted call by call. */
  @ParameterizedTest(name = "before {0} number {1}")
  @CsvSource({"kill, 1", "kill, 2", "unlink, 1", "unlink, 2"})
  void killedAtEveryStepItIsFinishedByTheNext(String call, int number) {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "there is no strace");
    stale();
    List<String> words = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", "trace"));
    words.addAll(List.of("-e", "trace=" + call));
    words.addAll(List.of("-e", "inject=" + call + ":signal=KILL:when=" + number));
    words.addAll(condatainer.words("lock", "release", "--yes", "env.img"));

    Result killed = condatainer.asUser(words, "");

    assertThat(killed.exitCode()).as(killed.everything()).isEqualTo(137);
    finished();
  }

  /** The check ends with the release that started it, and the next begins it anew. */
  @Test
  void killedDuringTheCheckItIsFinishedByTheNextAndNoCheckRunsBesideAnother() throws Exception {
    stale();
    ImageProcesses.kill(condatainer, name -> true);
    Installed.await("it is dirty", () -> code() == 12);
    condatainer.write("bin/e2fsck", "#!/bin/sh\necho $$ >checking\nwhile :; do sleep 0.1; done\n");
    condatainer.asUser(List.of("chmod", "755", "bin/e2fsck"), "");
    Installed slow =
        condatainer.with("PATH", condatainer.folder() + "/bin:" + System.getenv("PATH"));
    Process release = slow.start(slow.words("lock", "release", "--yes", "env.img"));
    Path checking = condatainer.folder().resolve("checking");
    Installed.await("it checks", () -> !read(checking).isEmpty());
    assertThat(code()).isEqualTo(10);
    Result refused = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(10);

    ImageProcesses.kill(condatainer, name -> name.equals("java"));
    assertThat(release.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Installed.await(
        "the check has ended", () -> !Files.exists(Path.of("/proc", read(checking).strip())));
    Installed.await("it is dirty", () -> code() == 12);
    finished();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void twoAtOnceAreSafe() throws Exception {
    stale();
    List<Process> releases = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      releases.add(condatainer.start(condatainer.words("lock", "release", "--yes", "env.img")));
    }
    int done = 0;
    for (Process release : releases) {
      assertThat(release.waitFor(60, TimeUnit.SECONDS)).isTrue();
      // the other is refused, or finds that things have changed or that nothing is left to do
      assertThat(release.exitValue()).isIn(0, 1, 10, 11, 12);
      done += release.exitValue() == 0 ? 1 : 0;
    }
    assertThat(done).isPositive();
    finished();
  }

  private void finished() {
    Result release = condatainer.call("lock", "release", "--yes", "env.img");
    assertThat(release.exitCode()).as(release.everything()).isZero();
    int check = condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode();
    assertThat(check).isZero();
    assertThat(contents()).isEqualTo(hash);
    assertThat(leftovers()).isEmpty();
  }

  private List<String> leftovers() {
    String[] names = condatainer.folder().toFile().list();
    return Stream.of(names).filter(name -> name.startsWith("env.img.")).toList();
  }

  private String contents() {
    Result result = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/fact");
    assertThat(result.exitCode()).as(result.everything()).isZero();
    return result.out();
  }

  private int code() {
    return condatainer.call("lock", "status", "env.img").exitCode();
  }
}
