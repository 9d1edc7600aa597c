package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.condatainer.job.JobId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTest {
  private static final Lease LEASE =
      new Lease(
          System.getProperty("user.name"),
          "n1",
          "m1",
          "0f1c",
          "pid:[4026531836]",
          42,
          99,
          Optional.of(new HolderJob("slurm", new JobId("7_3", "alpha"))),
          "20261123-1",
          Instant.parse("2026-11-23T18:51:35Z"),
          OptionalInt.of(65535),
          Optional.of(new WriteMount(0, Instant.parse("2026-11-23T18:51:36Z"))));

  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.createFile(folder.resolve("env.img"));
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    LeaseFile.write(image, LEASE);
    assertThat(LeaseFile.read(image)).contains(LEASE);
    assertThat(folder).isDirectoryContaining("glob:**/env.img.lease");
    assertThat(folder.toFile().list()).hasSize(2);
  }

  /** Between a look at it and its opening somebody may put anything there. */
  @Test
  @Timeout(60)
  void whatIsNoFileIsNotWaitedFor() throws Exception {
    Path pipe = folder.resolve("env.img.lease");
    assertThat(new ProcessBuilder("mkfifo", "" + pipe).start().waitFor()).isZero();
    assertThatThrownBy(() -> LeaseFile.text(pipe)).hasMessageContaining("it does not open");
    Process holder =
        new ProcessBuilder("sh", "-c", "exec 3<>\"$1\"; echo; exec sleep 600", "sh", "" + pipe)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEmpty();
      assertThat(LeaseFile.text(pipe)).isEmpty();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThatThrownBy(() -> LeaseFile.read(image)).hasMessageContaining("is no regular file");
    Files.move(pipe, image, StandardCopyOption.REPLACE_EXISTING);
    MountPoints mounts = MountPoints.read();
    assertThatThrownBy(() -> ImageFile.read(image, mounts, SharedLocks.NONE))
        .hasMessageContaining("is no regular file");
  }

  /** A writer writes it again when his mount is done. */
  @Test
  void isReadWhileItIsWrittenAgain() throws Exception {
    LeaseFile.write(image, LEASE);
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              while (!enough.get()) {
                try {
                  LeaseFile.write(image, LEASE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 2000; i++) {
        assertThat(LeaseFile.read(image)).contains(LEASE);
      }
    } finally {
      enough.set(true);
      writer.join();
    }
  }

  @Test
  void unknownKeysArePassedOverAndControlCharactersDoNotReachATerminal() {
    String text = LEASE.text().replace("user=" + LEASE.user(), "colour=blue\nuser=an\u001bna");
    assertThat(Lease.parse(text).user()).isEqualTo("an?na");
  }

  @ParameterizedTest
  @CsvSource({
    "condatainer-lease=1, condatainer-lease=2, version 2",
    "condatainer-lease=1, {, no lease",
    "pid=42, pid=x, no number",
    "since=2026, since=soon, no time",
    "since=2026, since=+1000000000-12-31T23:59:59Z#, no time",
    "since=2026, since=-0001-01-01T00:00:00Z#, no time",
    "boot=0f1c, boot=, names no",
  })
  void whatIsNotUnderstoodIsNoLease(String part, String other, String message) {
    assertThatThrownBy(() -> Lease.parse(LEASE.text().replace(part, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve("env.img.lease"), victim);
    assertThatThrownBy(() -> LeaseFile.read(image)).hasMessageContaining("no regular file");
    LeaseFile.write(image, LEASE);
    assertThat(victim).hasContent("precious");
    assertThat(LeaseFile.read(image)).contains(LEASE);
  }

  @Test
  void anotherLinkToTheImageHasTheSameLease() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("other.img"), image);
    LeaseFile.write(link, LEASE);
    assertThat(folder.resolve("env.img.lease")).exists();
  }

  @Test
  void onlyTheLeaseThatWasSeenIsRemoved() throws IOException {
    LeaseFile.write(image, Lease.parse(LEASE.text().replace("pid=42", "pid=43")));
    assertThat(LeaseFile.remove(image, LEASE)).isFalse();
    LeaseFile.write(image, LEASE);
    assertThat(LeaseFile.remove(image, LEASE)).isTrue();
    assertThat(LeaseFile.read(image)).isEmpty();
  }
}
