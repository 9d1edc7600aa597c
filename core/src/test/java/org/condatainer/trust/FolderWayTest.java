package org.condatainer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWayTest {
  private static final int STRANGER = 41002;

  @TempDir private Path temporary;
  private Path project;
  private Path runs;

  @BeforeEach
  void make() throws IOException {
    Path real = temporary.toRealPath();
    assumeThat(FolderWay.doubts(real)).as("the way to the tests' folder").isEmpty();
    project = Files.createDirectory(real.resolve("project"));
    runs = Files.createDirectory(project.resolve("runs"));
    mode(project, 0755);
    mode(runs, 0700);
  }

  private static void mode(Path folder, int mode) throws IOException {
    Files.setAttribute(folder, "unix:mode", mode);
  }

  private static void give(Path folder, int uid, int gid) throws IOException {
    assumeThat(Ownership.ofThisProcess()).isZero();
    Files.setAttribute(folder, "unix:uid", uid);
    Files.setAttribute(folder, "unix:gid", gid);
  }

  @Test
  void nobodyIsDoubtedWhereOnlyTheUserWrites() throws IOException {
    assertThat(FolderWay.doubts(runs.resolve("not/there/yet"))).isEmpty();
  }

  @Test
  void whatEverybodyCanRenameIsDoubtedUnlessItIsSticky() throws IOException {
    mode(project, 0777);
    assertThat(FolderWay.doubts(runs))
        .containsExactly(new FolderWay.Doubt(project, "can be written by everybody", true));
    mode(project, 01777);
    assertThat(FolderWay.doubts(runs)).isEmpty();
  }

  @Test
  void theFolderOfAGroupIsDoubtedAndOneOfTheUsersOwnGroupIsNot() throws IOException {
    mode(project, 02770);
    give(project, 0, STRANGER);
    assertThat(FolderWay.doubts(runs))
        .containsExactly(
            new FolderWay.Doubt(project, "can be written by the group " + STRANGER, false));
    give(project, 0, 0);
    assertThat(FolderWay.doubts(runs)).isEmpty();
  }

  @Test
  void theFolderOfAStrangerIsDoubted() throws IOException {
    give(project, STRANGER, 0);
    assertThat(FolderWay.doubts(runs).toString())
        .isEqualTo("[" + project + " belongs to " + STRANGER + "]");
  }

  @Test
  void theFolderOfALinkOnTheWayIsDoubtedToo() throws IOException {
    Path open = Files.createDirectory(project.resolveSibling("open"));
    mode(open, 0777);
    Path link = Files.createSymbolicLink(open.resolve("link"), runs);
    assertThat(FolderWay.doubts(link))
        .containsExactly(new FolderWay.Doubt(open, "can be written by everybody", true));
  }
}
