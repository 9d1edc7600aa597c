package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The folders of an ext3 image, read directly, for the few small ones at its top: only a folder's
 * direct blocks are looked at, and no image with the feature meta_bg, which keeps its tables
 * elsewhere (linux/Documentation/filesystems/ext4).
 */
final class ExtTree {
  private static final int ROOT_INODE = 2;
  private static final int DIRECT_BLOCKS = 12;
  private static final int DIRECTORY = 0x4000;
  private static final int TYPE_MASK = 0xF000;

  private final FileChannel image;
  private final Superblock superblock;

  ExtTree(FileChannel image, Superblock superblock) {
    this.image = image;
    this.superblock = superblock;
  }

  /** Whether this image's tables are where this class looks for them. */
  boolean readable() {
    return superblock.mountable()
        && (superblock.incompatible() & ExtFeatures.META_BG) == 0
        && !superblock.shorterThanItsFileSystem();
  }

  /**
   * The owner of a folder.
   *
   * @param path names below the root folder
   * @return empty if there is no such folder
   */
  Optional<Owner> folderOwner(String... path) throws IOException {
    ByteBuffer inode = inode(ROOT_INODE);
    for (String name : path) {
      long number = entry(inode, name);
      if (number <= 0 || number > superblock.inodes()) {
        return Optional.empty();
      }
      inode = inode(number);
      if ((Short.toUnsignedInt(inode.getShort(0)) & TYPE_MASK) != DIRECTORY) {
        return Optional.empty();
      }
    }
    return Optional.of(new Owner(number(inode, 2, 120), number(inode, 24, 122)));
  }

  private static long number(ByteBuffer inode, int low, int high) {
    return Short.toUnsignedLong(inode.getShort(low))
        | (Short.toUnsignedLong(inode.getShort(high)) << 16);
  }

  private ByteBuffer inode(long number) throws IOException {
    long group = (number - 1) / superblock.inodesPerGroup();
    long index = (number - 1) % superblock.inodesPerGroup();
    long descriptors = (superblock.firstDataBlock() + 1) * superblock.blockSize();
    long table =
        Integer.toUnsignedLong(ImageBytes.read(image, descriptors + group * 32 + 8, 4).getInt(0));
    return ImageBytes.read(
        image, table * superblock.blockSize() + index * superblock.inodeSize(), 128);
  }

  /** The inode of a folder's entry, 0 if it has none of this name. */
  private long entry(ByteBuffer folder, String name) throws IOException {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < DIRECT_BLOCKS; i++) {
      long block = Integer.toUnsignedLong(folder.getInt(40 + 4 * i));
      if (block == 0) {
        continue;
      }
      int blockSize = superblock.blockSize();
      ByteBuffer entries = ImageBytes.read(image, block * blockSize, blockSize);
      int position = 0;
      while (position + 8 <= blockSize) {
        int length = Short.toUnsignedInt(entries.getShort(position + 4));
        int nameLength = Byte.toUnsignedInt(entries.get(position + 6));
        if (length < 8 || position + 8 + nameLength > blockSize) {
          break;
        }
        long inode = Integer.toUnsignedLong(entries.getInt(position));
        if (inode != 0 && nameLength == wanted.length && matches(entries, position + 8, wanted)) {
          return inode;
        }
        position += length;
      }
    }
    return 0;
  }

  private static boolean matches(ByteBuffer entries, int position, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (entries.get(position + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
