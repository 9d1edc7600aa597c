package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuperblockTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("env.img");
  }

  @Test
  void tellsWhatMke2fsMade() throws IOException {
    Path image =
        Images.fileSystem(
            file(),
            "-t",
            "ext3",
            "-b",
            "1024",
            "-N",
            "512",
            "-U",
            "01234567-89ab-cdef-0123-456789abcdef");
    Superblock superblock = Superblock.read(image);
    assertThat(superblock.blockSize()).isEqualTo(1024);
    assertThat(superblock.bytes()).isEqualTo(16 << 20);
    assertThat(superblock.inodes()).isEqualTo(512);
    assertThat(superblock.freeInodes()).isEqualTo(501);
    assertThat(superblock.firstDataBlock()).isEqualTo(1);
    assertThat(superblock.inodeSize()).isEqualTo(256);
    assertThat(superblock.uuid()).hasToString("01234567-89ab-cdef-0123-456789abcdef");
    assertThat(superblock.lastMounted()).isEmpty();
    assertThat(superblock.lastWritten().orElseThrow())
        .isAfter(Instant.now().minus(1, ChronoUnit.DAYS));
    assertThat(superblock.lastMountPoint()).isEmpty();
    assertThat(superblock.mountable()).isTrue();
    assertThat(superblock.clean()).isTrue();
    assertThat(superblock.needsRecovery()).isFalse();
    assertThat(superblock.interrupted()).isFalse();
    assertThat(superblock.shorterThanItsFileSystem()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "extent, extent",
    "'64bit,extent', 64bit",
    "flex_bg, flex_bg",
    "huge_file, huge_file",
    "metadata_csum, metadata_csum",
    "dir_nlink, dir_nlink",
    "extra_isize, extra_isize",
    "quota, quota",
  })
  void namesTheFeatureThatContainersRefuse(String feature, String name) throws IOException {
    Superblock superblock = Superblock.read(Images.fileSystem(file(), "-t", "ext3", "-O", feature));
    assertThat(superblock.mountable()).isFalse();
    assertThat(superblock.foreignFeatures()).contains(name);
  }

  @Test
  void acceptsAFileSystemWithMetaBg() throws IOException {
    Path image = Images.fileSystem(file(), "-t", "ext3", "-O", "meta_bg,^resize_inode");
    assertThat(Superblock.read(image).mountable()).isTrue();
  }

  @Test
  void knowsThatExt2HasNoJournal() throws IOException {
    Superblock superblock = Superblock.read(Images.fileSystem(file(), "-t", "ext2"));
    assertThat(superblock.hasJournal()).isFalse();
    assertThat(superblock.foreignFeatures()).isEmpty();
    assertThat(superblock.mountable()).isFalse();
  }

  @Test
  void seesAJournalThatWaits() throws IOException {
    Images.overlay(file());
    Images.debugfs(file(), "feature needs_recovery");
    Superblock superblock = Superblock.read(file());
    assertThat(List.of(superblock.clean(), superblock.needsRecovery(), superblock.interrupted()))
        .containsExactly(false, true, false);
    assertThat(superblock.mountable()).isTrue();

    assertThat(Images.e2fsck("-p", file())).isZero();
    assertThat(Superblock.read(file()).clean()).isTrue();
  }

  @Test
  void seesWhatFuse2fsLeavesWhenKilled() throws IOException {
    Images.overlay(file());
    Images.debugfs(file(), "ssv state 0");
    Superblock superblock = Superblock.read(file());
    assertThat(List.of(superblock.clean(), superblock.needsRecovery(), superblock.interrupted()))
        .containsExactly(false, true, false);

    assertThat(Images.e2fsck("-p", file())).isEqualTo(1);
    assertThat(Superblock.read(file()).clean()).isTrue();
  }

  @Test
  void seesAnInterruptedResize() throws IOException {
    Images.overlay(file());
    Images.debugfs(file(), "ssv state 3");
    Superblock superblock = Superblock.read(file());
    assertThat(List.of(superblock.clean(), superblock.needsRecovery(), superblock.interrupted()))
        .containsExactly(false, false, true);
  }

  @Test
  void seesAFileThatWasCutOff() throws IOException {
    Images.overlay(file());
    try (RandomAccessFile image = new RandomAccessFile(file().toFile(), "rw")) {
      image.setLength((16 << 20) - 1);
    }
    assertThat(Superblock.read(file()).shorterThanItsFileSystem()).isTrue();
  }

  @Test
  void refusesAFileThatIsTooShort() throws IOException {
    Files.write(file(), new byte[2047]);
    assertThatThrownBy(() -> Superblock.read(file()))
        .isInstanceOf(OverlayException.class)
        .hasMessage(file() + " is no ext3 image: it is only 2047 bytes long");
  }

  @Test
  void refusesAFileWithoutSuperblock() throws IOException {
    Files.write(file(), new byte[4096]);
    assertThatThrownBy(() -> Superblock.read(file()))
        .isInstanceOf(OverlayException.class)
        .hasMessage(file() + " is no ext3 image: it has no ext superblock at byte 1024");
  }

  @Test
  void refusesADamagedSuperblock() throws IOException {
    Images.overlay(file());
    try (RandomAccessFile image = new RandomAccessFile(file().toFile(), "rw")) {
      image.seek(1024 + 24);
      image.write(new byte[] {-1, -1, -1, -1});
    }
    assertThatThrownBy(() -> Superblock.read(file()))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("damaged");
  }
}
