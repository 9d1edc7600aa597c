package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.trust.FolderWay;
import org.condatainer.trust.Ownership;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsFolderTest {
  private static final int GROUP = 41900;

  @TempDir private Path temporary;
  private Path lab;
  private Path runs;

  @BeforeEach
  void make() throws IOException {
    assumeThat(FolderWay.doubts(temporary)).as("the way to the tests' folder").isEmpty();
    lab = Files.createDirectory(temporary.toRealPath().resolve("lab"));
    Files.setAttribute(lab, "unix:mode", 0755);
    runs = lab.resolve("runs");
  }

  @Test
  void nothingIsSaidOfTheUsersOwnFolder() {
    assertThat(RunsFolder.check(runs, true)).isEmpty();
  }

  @Test
  void whatEverybodyCanWriteIsRefusedWithTheFolder() throws IOException {
    Files.setAttribute(lab, "unix:mode", 0777);
    assertThatThrownBy(() -> RunsFolder.check(runs, false))
        .isInstanceOfSatisfying(
            LaunchException.class, e -> assertThat(e.kind()).isEqualTo(LaunchException.Kind.FAILED))
        .hasMessageStartingWith(lab + " can be written by everybody")
        .hasMessageContaining("chmod o-w " + lab);
  }

  @Test
  void theFolderOfAGroupIsWarnedOfUnlessTheScriptStaysThere() throws IOException {
    assumeThat(Ownership.ofThisProcess()).isZero();
    Files.setAttribute(lab, "unix:gid", GROUP);
    Files.setAttribute(lab, "unix:mode", 02770);
    String words = lab + " can be written by the group " + GROUP;
    assertThat(RunsFolder.check(runs, false).orElseThrow()).contains("warning: ", words);
    assertThatThrownBy(() -> RunsFolder.check(runs, true))
        .hasMessageStartingWith(words)
        .hasMessageContaining("the script is read there when a job or a task starts");
  }
}
