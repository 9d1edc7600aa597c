package org.condatainer.overlay;

import java.nio.ByteBuffer;

/**
 * A file or folder of an ext image, by its inode. The positions are those of linux/fs/ext4/ext4.h,
 * {@code struct ext4_inode}.
 *
 * @param number its number
 * @param raw the inode as it is in its table, little-endian, 128 bytes at least
 */
record ExtInode(long number, ByteBuffer raw) {
  static final int FIFO = 0x1000;
  static final int CHARACTER_DEVICE = 0x2000;
  static final int FOLDER = 0x4000;
  static final int BLOCK_DEVICE = 0x6000;
  static final int FILE = 0x8000;
  static final int LINK = 0xA000;
  static final int SOCKET = 0xC000;

  private static final int TYPE_MASK = 0xF000;
  private static final int HAS_EXTENTS = 0x80000;
  private static final int HAS_INLINE_DATA = 0x10000000;
  private static final int BLOCK_FIELDS = 40;

  /** The type bits of the mode: {@link #FOLDER}, {@link #FILE}, … */
  int type() {
    return mode() & TYPE_MASK;
  }

  boolean isFolder() {
    return type() == FOLDER;
  }

  /** Type and permissions. */
  int mode() {
    return Short.toUnsignedInt(raw.getShort(0));
  }

  Owner owner() {
    return new Owner(number(2, 120), number(24, 122));
  }

  private long number(int low, int high) {
    return Short.toUnsignedLong(raw.getShort(low))
        | (Short.toUnsignedLong(raw.getShort(high)) << 16);
  }

  /** Bytes of its content; only files may have 4 GiB and more. Below 0 in a damaged image. */
  long size() {
    long low = Integer.toUnsignedLong(raw.getInt(4));
    return type() == FILE ? low | (Integer.toUnsignedLong(raw.getInt(108)) << 32) : low;
  }

  /** When its content was last changed, seconds since 1970. */
  long modifiedSeconds() {
    return raw.getInt(16);
  }

  /** How many names it has. */
  int links() {
    return Short.toUnsignedInt(raw.getShort(26));
  }

  boolean hasExtents() {
    return (raw.getInt(32) & HAS_EXTENTS) != 0;
  }

  boolean hasInlineData() {
    return (raw.getInt(32) & HAS_INLINE_DATA) != 0;
  }

  /** One of the fifteen words that say where its content is. */
  int blockField(int index) {
    return raw.getInt(BLOCK_FIELDS + 4 * index);
  }

  /** The 60 bytes of these words, for what is kept in them: a short link, the root of extents. */
  ByteBuffer blockFields() {
    return raw.slice(BLOCK_FIELDS, 60).order(raw.order());
  }
}
