package org.condatainer.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** What an overlay image is, by its content and never by its name. */
public enum OverlayKind {
  /** An ext2, ext3 or ext4 file system; {@link Superblock} says whether containers accept it. */
  EXT3,
  /** A squashfs file system: always read-only. */
  SQUASHFS;

  /** The kind of an image, empty for any other file. */
  public static Optional<OverlayKind> of(FileChannel image) throws IOException {
    // the magic "hsqs" of squashfs 4.0, little endian (linux/fs/squashfs/squashfs_fs.h)
    byte[] start = ImageBytes.read(image, 0, 4).array();
    if (start[0] == 'h' && start[1] == 's' && start[2] == 'q' && start[3] == 's') {
      return Optional.of(SQUASHFS);
    }
    return Superblock.isExt(image) ? Optional.of(EXT3) : Optional.empty();
  }
}
