package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.condatainer.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtFileSystemTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ext3",
        "-t ext3 -b 1024",
        "-t ext3 -b 1024 -g 1024",
        "-t ext3 -O meta_bg,^resize_inode -b 1024 -g 1024",
        "-t ext2 -I 128",
        "-t ext4",
        "-t ext4 -O metadata_csum,64bit",
        "-t ext4 -O ^flex_bg,uninit_bg,^metadata_csum",
      })
  void readsEveryNameAndEveryContent(String options) {
    Path tree = OddTree.make(folder.resolve("tree"), 20, 50);
    Path image = OddTree.image(folder.resolve("e.img"), tree, "200M", options.split(" ", -1));
    List<String> expected = OddTree.listing(tree);
    assertThat(expected).hasSizeGreaterThan(4000);
    assertThat(OddTree.listingOf(image)).isEqualTo(expected);
  }

  @Test
  void readsFoldersThatAreHashed() {
    Path tree = OddTree.make(folder.resolve("tree"), 1, 1);
    Path image = OddTree.image(folder.resolve("e.img"), tree, "200M", "-t", "ext3");
    // -D of e2fsck(8) rebuilds folders, large ones with an index
    assertThat(Images.e2fsck("-fyD", image)).isLessThanOrEqualTo(1);
    String many =
        OddTree.command(
                Command.of(
                    "/usr/sbin/debugfs", "-R", "stat /upper/ext3/env/many", image.toString()))
            .output();
    assertThat(many).contains("Flags: 0x1000");
    assertThat(OddTree.listingOf(image)).isEqualTo(OddTree.listing(tree));
  }

  @Test
  void saysThatAFileSystemIsDamagedInsteadOfReadingElsewhere() throws IOException {
    Path image = Images.overlay(folder.resolve("e.img"));
    Images.debugfs(image, "sif /upper block[0] 99999999");
    assertThatThrownBy(() -> OddTree.listingOf(image))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("the file system is damaged: inode ")
        .hasMessageContaining("condatainer overlay check -f IMAGE");
  }

  @Test
  void survivesFoldersOfNoise() throws IOException {
    Path tree = OddTree.make(folder.resolve("tree"), 2, 20);
    Path image = OddTree.image(folder.resolve("e.img"), tree, "64M", "-t", "ext3");
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        // behind the superblock and the journal's front: tables, folders and files alike
        file.seek(4096 + random.nextInt(40 << 20));
        byte[] noise = new byte[64];
        random.nextBytes(noise);
        file.write(noise);
      }
      try {
        List<String> read = OddTree.listingOf(image);
        assertThat(read).isNotNull();
      } catch (OverlayException e) {
        assertThat(e.kind()).isEqualTo(OverlayException.Kind.UNUSABLE);
      } catch (UncheckedIOException e) {
        assertThat(e.getCause()).hasMessageContaining("inode");
      }
    }
  }
}
