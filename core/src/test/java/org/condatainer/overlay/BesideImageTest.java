package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.condatainer.process.Command;
import org.condatainer.process.ProcessRunner;
import org.condatainer.trust.Ownership;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BesideImageTest {
  /** Nobody in particular: neither root nor who runs the tests. */
  private static final int BOB = 41001;

  private static final int MALLORY = 41002;

  @TempDir private Path folder;
  private Path image;
  private Path file;

  @BeforeEach
  void lay() throws IOException {
    image = Files.writeString(folder.resolve("h.img"), "image");
    file = Files.writeString(folder.resolve("h.img.env"), "A=1\n");
    mode(image, "rw-r--r--");
    mode(file, "rw-r--r--");
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void give(Path path, int uid, int gid) throws IOException {
    assumeThat(Ownership.ofThisProcess()).isZero();
    Files.setAttribute(path, "unix:uid", uid);
    Files.setAttribute(path, "unix:gid", gid);
  }

  private Map<String, String> read() {
    return OverlayEnvironment.of(image).variables();
  }

  private void refused(String words) {
    ThrowingCallable reading = this::read;
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.UNUSABLE))
        .hasMessageStartingWith(file.toAbsolutePath().toString())
        .hasMessageContaining(words);
  }

  @Test
  void aFileOfAStrangerIsNotBelieved() throws IOException {
    give(image, BOB, BOB);
    give(file, MALLORY, MALLORY);
    refused("belongs to " + MALLORY + ", and the image to " + BOB);
  }

  @Test
  void theImagesOwnerAndRootAreBelieved() throws IOException {
    give(image, BOB, BOB);
    assertThat(read()).containsEntry("A", "1");
    give(file, BOB, BOB);
    assertThat(read()).containsEntry("A", "1");
  }

  @Test
  void whatEverybodyCanWriteIsNotBelieved() throws IOException {
    mode(file, "rw-r--rw-");
    refused("can be written by everybody");
  }

  @Test
  void aGroupIsBelievedThatCanWriteTheImage() throws IOException {
    mode(file, "rw-rw-r--");
    refused("can be written by the group ");
    mode(image, "rw-rw-r--");
    assertThatCode(this::read).doesNotThrowAnyException();
  }

  @Test
  void anotherGroupThanTheImagesIsNot() throws IOException {
    mode(image, "rw-rw-r--");
    mode(file, "rw-rw-r--");
    give(file, 0, MALLORY);
    refused("can be written by the group " + MALLORY);
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "A=2\n");
    for (Path target : List.of(elsewhere, Path.of("/dev/zero"), folder.resolve("nowhere"))) {
      Files.delete(file);
      Files.createSymbolicLink(file, target);
      refused("is no regular file");
    }
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Files.delete(file);
    new ProcessRunner(System.getenv()).run(Command.of("mkfifo", file.toString()));
    refused("is no regular file");
  }

  @Test
  void aFileThatCannotBeVariablesIsNotRead() throws IOException {
    Files.writeString(file, "A=" + "x".repeat(BesideImage.LIMIT));
    refused("is larger than 1 MiB");
  }

  @Test
  void theFileBesideTheImageItselfCountsAndNotTheOneBesideALink() throws IOException {
    Path linked = Files.createDirectory(folder.resolve("linked")).resolve("h.img");
    Files.createSymbolicLink(linked, image);
    Files.writeString(linked.resolveSibling("h.img.env"), "A=2\n");
    assertThat(OverlayEnvironment.of(linked).variables()).containsEntry("A", "1");
  }
}
