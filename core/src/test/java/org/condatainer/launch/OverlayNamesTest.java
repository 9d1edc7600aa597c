package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.condatainer.scheduler.HostEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which file a name means, and what is said of one that means none. */
class OverlayNamesTest {
  @TempDir private Path parent;
  private Path here;
  private Path first;
  private Path second;

  @BeforeEach
  void makesTheFolders() throws IOException {
    parent = parent.toRealPath();
    here = Files.createDirectory(parent.resolve("here"));
    first = Files.createDirectory(parent.resolve("first"));
    second = Files.createDirectory(parent.resolve("second"));
    for (String file :
        List.of(
            "here/env.img",
            "here/samtools",
            "here/both.sqf",
            "home/own.sqf",
            "first/samtools--1.21.sqf",
            "first/samtools--1.9.sqf",
            "first/both.sqf",
            "first/r.img",
            "first/r.sqf",
            "first/no ending",
            "first/notes.txt",
            "second/both.sqf",
            "second/samtools--1.21.sqf",
            "second/only.img",
            "second/samtools.sqf",
            "second/dir.sqf/x")) {
      Files.createDirectories(parent.resolve(file).getParent());
      Files.createFile(parent.resolve(file));
    }
    Files.createSymbolicLink(first.resolve("link.sqf"), second.resolve("only.img"));
    Files.createSymbolicLink(first.resolve("dangling.sqf"), second.resolve("gone"));
    Files.createDirectory(here.resolve("only"));
    Files.createDirectory(here.resolve("dir"));
  }

  private OverlayNames names(Path... folders) {
    HostEnvironment environment = new HostEnvironment(Map.of("HOME", parent + "/home"));
    return new OverlayNames(List.of(folders), here, environment);
  }

  @ParameterizedTest
  @CsvSource({
    "env.img, here/env.img",
    "./env.img, here/env.img",
    "../first/r.img, first/r.img",
    "~/own.sqf, home/own.sqf",
    "samtools/1.21, first/samtools--1.21.sqf",
    "samtools--1.21, first/samtools--1.21.sqf",
    "samtools--1.21.sqf, first/samtools--1.21.sqf",
    "only, second/only.img",
    "only.img, second/only.img",
    "r, first/r.sqf",
    "r.img, first/r.img",
    "no ending, first/no ending",
    "link, second/only.img",
    // a file here goes before a name, whatever it is; with its ending it is the name again
    "samtools, here/samtools",
    "samtools.sqf, second/samtools.sqf",
    "both.sqf, here/both.sqf",
    "both, first/both.sqf",
  })
  void findsAPathOrElseTheFirstOfThatName(String name, String file) {
    assertThat(names(first, second).locate(name)).isEqualTo(parent.resolve(file));
  }

  @Test
  void anotherOrderOfTheFoldersFindsAnother() {
    assertThat(names(second, first).locate("both")).isEqualTo(second.resolve("both.sqf"));
  }

  /** The one who looks at the file says what is wrong with it. */
  @ParameterizedTest
  @CsvSource({
    "/gone.img, /gone.img",
    "./gone.img, here/gone.img",
    "~/gone, home/gone",
    "dir, here/dir",
    "'', here",
  })
  void leavesAPathToWhoLooksAtIt(String name, String file) {
    assertThat(names(first, second).locate(name)).isEqualTo(parent.resolve(file));
  }

  @Test
  void withoutFoldersEverythingIsAPath() {
    assertThat(names().locate("samtools/1.21")).isEqualTo(here.resolve("samtools/1.21"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "samtools/1.20 | do you mean samtools/1.9 or samtools/1.21 or samtools?",
        "samtolls/1.21 | do you mean samtools/1.21?",
        "smatools      | do you mean samtools/1.9 or samtools/1.21 or samtools?",
        "onyl          | do you mean only?",
        "bedtools2/3   | check the name, or make an overlay: condatainer o",
        "dangling      | check the name, or make an overlay: condatainer o",
        "a/../b        | check the name, or make an overlay: condatainer o",
        "$(id)*?[x]    | check the name, or make an overlay: condatainer o",
      })
  void missingOneSaysWhereItWasLookedForAndWhatItMayHaveBeen(String name, String next) {
    assertThatThrownBy(() -> names(first, second).locate(name))
        .isInstanceOfSatisfying(
            LaunchException.class,
            e -> assertThat(e.kind()).isEqualTo(LaunchException.Kind.OVERLAY_UNUSABLE))
        .hasMessage(
            "there is no overlay "
                + name
                + ": neither a file "
                + here.resolve(name)
                + " nor one of that name in image_dirs: "
                + first
                + ", "
                + second
                + "\n  "
                + next);
  }

  @Test
  void folderThatIsNotThereIsNamedAndPassedOver() {
    OverlayNames names = names(parent.resolve("gone"), here.resolve("env.img"), second);
    assertThat(names.locate("only")).isEqualTo(second.resolve("only.img"));
    assertThatThrownBy(() -> names.locate("nothing"))
        .hasMessageContaining(parent.resolve("gone") + " (there is no such folder), ")
        .hasMessageContaining(here.resolve("env.img") + " (no folder), ");
  }

  @Test
  void folderThatMayNotBeReadIsNamedAndPassedOver() throws IOException {
    assumeThat(System.getProperty("user.name")).as("root reads all").isNotEqualTo("root");
    OverlayNames names = names(first, second);
    Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("---------"));
    try {
      assertThat(names.locate("both")).isEqualTo(second.resolve("both.sqf"));
      assertThatThrownBy(() -> names.locate("r/4.4"))
          .hasMessageContaining(first + " (you may not read it), " + second);
      // its names are to be seen, its files are not
      Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("r--------"));
      assertThatThrownBy(() -> names.locate("r"))
          .hasMessageContaining(first + " (you may not enter it), " + second)
          .hasMessageContaining("do you mean r?");
    } finally {
      Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
