package org.condatainer.overlay;

import java.nio.ByteBuffer;

/**
 * Whether the numbers of an ext superblock fit together. What is refused here the kernel refuses
 * too (linux/fs/ext4/super.c, {@code ext4_fill_super}), so that nothing is read or written by
 * numbers that no file system can have.
 */
final class Geometry {
  private static final int WIDE = 0x80;
  private static final int BIGALLOC = 0x200;
  private static final int NARROW_DESCRIPTOR = 32;
  private static final int WIDE_DESCRIPTOR = 64;
  private static final int LARGEST_LOG_BLOCK_SIZE = 6;

  private Geometry() {}

  /**
   * Whether a file system can be like this.
   *
   * @param block the superblock, 1024 bytes
   */
  static boolean fits(ByteBuffer block) {
    int log = block.getInt(24);
    if (log < 0 || log > LARGEST_LOG_BLOCK_SIZE) {
      return false;
    }
    int blockSize = 1024 << log;
    long blocks = blocks(block);
    long first = unsigned(block, 20);
    if (first > 1 || first >= blocks || blocks > Long.MAX_VALUE / 2 / blockSize) {
      return false;
    }
    return blocksFit(block, blockSize)
        && inodesFit(block, blockSize)
        && groupsFit(block, blockSize, blocks - first);
  }

  /** How many blocks a file system has. */
  static long blocks(ByteBuffer block) {
    return wide(block, 4, 336);
  }

  /** A number whose upper half counts only where blocks have numbers of 64 bits. */
  static long wide(ByteBuffer block, int low, int high) {
    return unsigned(block, low) | (isWide(block) ? unsigned(block, high) << 32 : 0);
  }

  /** Bytes of a group's entry in the table of groups. */
  static int descriptorSize(ByteBuffer block) {
    return isWide(block) ? Short.toUnsignedInt(block.getShort(254)) : NARROW_DESCRIPTOR;
  }

  /** Bytes of an inode. */
  static int inodeSize(ByteBuffer block) {
    return block.getInt(76) == 0 ? 128 : Short.toUnsignedInt(block.getShort(88));
  }

  private static boolean blocksFit(ByteBuffer block, int blockSize) {
    long perGroup = unsigned(block, 32);
    long inUnits = perGroup;
    if ((block.getInt(100) & BIGALLOC) != 0) {
      inUnits = unsigned(block, 36);
      int log = block.getInt(28) - block.getInt(24);
      if (log < 0 || log > 20 || inUnits << log != perGroup) {
        return false;
      }
    }
    long reserved = Short.toUnsignedLong(block.getShort(206));
    return perGroup > 0 && inUnits <= 8L * blockSize && reserved <= blockSize / 4;
  }

  private static boolean inodesFit(ByteBuffer block, int blockSize) {
    int size = inodeSize(block);
    if (size < 128 || size > blockSize || Integer.bitCount(size) != 1) {
      return false;
    }
    long perGroup = unsigned(block, 40);
    int perBlock = blockSize / size;
    return perGroup >= perBlock && perGroup <= 8L * blockSize && perGroup % perBlock == 0;
  }

  private static boolean groupsFit(ByteBuffer block, int blockSize, long blocks) {
    int size = descriptorSize(block);
    int least = isWide(block) ? WIDE_DESCRIPTOR : NARROW_DESCRIPTOR;
    if (size < least || size > blockSize || Integer.bitCount(size) != 1) {
      return false;
    }
    long groups = (blocks + unsigned(block, 32) - 1) / unsigned(block, 32);
    long perBlock = blockSize / size;
    boolean spread = (block.getInt(96) & ExtFeatures.META_BG) != 0;
    return groups <= 0xffffffffL
        && groups * unsigned(block, 40) == unsigned(block, 0)
        && (!spread || unsigned(block, 260) <= (groups + perBlock - 1) / perBlock);
  }

  private static boolean isWide(ByteBuffer block) {
    return (block.getInt(96) & WIDE) != 0;
  }

  private static long unsigned(ByteBuffer block, int position) {
    return Integer.toUnsignedLong(block.getInt(position));
  }
}
