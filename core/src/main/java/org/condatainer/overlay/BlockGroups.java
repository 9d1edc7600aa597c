package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.Optional;

/**
 * The block groups of an ext image: where each has its tables and bitmaps, and what these say
 * (linux/Documentation/filesystems/ext4, "Block Group Descriptors").
 *
 * <p>What was read of the table of groups is kept; who has it changed looks anew with a new object.
 */
final class BlockGroups {
  private static final int SUPERBLOCK = 1024;
  private static final int SPARSE_SUPER = 0x1;
  private static final int SPARSE_SUPER_2 = 0x200;
  private static final int TABLES_NOT_WRITTEN = 0x1;
  private static final int BLOCKS_NOT_WRITTEN = 0x2;

  /**
   * All but sparse_super, large_file, btree_dir, huge_file, uninit_bg, dir_nlink, extra_isize,
   * quota, metadata_csum, read-only, project, verity, orphan_present: those of which it is not
   * known that a bit stands for one block, such as bigalloc.
   */
  private static final int OTHER_BLOCK_BITS =
      ~(0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x40 | 0x100 | 0x400 | 0x1000 | 0x2000 | 0x8000
          | 0x10000);

  private static final int CHECKSUMMED_GROUPS = 0x10 | 0x400;

  private final FileChannel image;
  private final Superblock superblock;
  private final ByteBuffer more;
  private ImagePiece table = ImagePiece.NONE;

  BlockGroups(FileChannel image, Superblock superblock) throws IOException {
    this.image = image;
    this.superblock = superblock;
    this.more = ImageBytes.read(image, SUPERBLOCK, 1024);
  }

  /** The first inode that is not reserved for the file system itself. */
  long firstInode() {
    int first = more.getInt(84);
    return more.getInt(76) == 0 || first < 11 ? 11 : first;
  }

  /** How many there are. */
  long count() {
    long blocks = superblock.blocks() - superblock.firstDataBlock();
    return (blocks + superblock.blocksPerGroup() - 1) / superblock.blocksPerGroup();
  }

  /** A group's entry in the table of groups: 32 or more bytes. */
  ByteBuffer descriptor(long group) throws IOException {
    int size = Geometry.descriptorSize(more);
    long perBlock = superblock.blockSize() / size;
    long tableBlock = group / perBlock;
    boolean spread =
        (superblock.incompatible() & ExtFeatures.META_BG) != 0
            && tableBlock >= Integer.toUnsignedLong(more.getInt(260));
    // with bigalloc the first block of 1024 bytes counts, and the superblock is in the second
    long offset = SUPERBLOCK / superblock.blockSize();
    long block = offset + 1 + tableBlock;
    if (spread) {
      long first = tableBlock * perBlock;
      block = superblock.firstDataBlock() + first * superblock.blocksPerGroup();
      block += hasSuperblock(first) ? 1 : 0;
      block += first == 0 && superblock.firstDataBlock() < offset ? 1 : 0;
    }
    long position = block * superblock.blockSize() + group % perBlock * size;
    table = table.with(image, position, size, superblock.blockSize());
    return table.slice(position, size);
  }

  /** Whether a group begins with a copy of the superblock. */
  boolean hasSuperblock(long group) {
    if ((superblock.compatible() & SPARSE_SUPER_2) != 0) {
      return group == 0 || group == more.getInt(588) || group == more.getInt(592);
    }
    if (group <= 1 || (superblock.readOnlyCompatible() & SPARSE_SUPER) == 0) {
      return true;
    }
    return isPower(group, 3) || isPower(group, 5) || isPower(group, 7);
  }

  private static boolean isPower(long number, long base) {
    long power = base;
    while (power < number) {
      power *= base;
    }
    return power == number;
  }

  /**
   * Where a group's bitmap of blocks (0), its bitmap of inodes (1) or its table of inodes (2)
   * begins, as a block; below 0 or behind the end in a damaged image.
   */
  static long firstBlock(ByteBuffer group, int which) {
    long block = Integer.toUnsignedLong(group.getInt(4 * which));
    if (group.capacity() >= 64) {
      block |= Integer.toUnsignedLong(group.getInt(32 + 4 * which)) << 32;
    }
    return block;
  }

  /** A number of a group whose upper half is there only in long entries. */
  static long number(ByteBuffer group, int low, int high) {
    long number = Short.toUnsignedLong(group.getShort(low));
    return group.capacity() >= 64
        ? number | Short.toUnsignedLong(group.getShort(high)) << 16
        : number;
  }

  /** Blocks of a group's table of inodes. */
  long tableBlocks() {
    return superblock.inodesPerGroup() * superblock.inodeSize() / superblock.blockSize();
  }

  private long position(ByteBuffer group, int which, long blocks) {
    long first = firstBlock(group, which);
    if (first <= superblock.firstDataBlock() || first > superblock.blocks() - blocks) {
      throw ExtFileSystem.damaged(
          "the table of groups names block " + Long.toUnsignedString(first));
    }
    return first * superblock.blockSize();
  }

  /** Where a group's table of inodes begins, in bytes. */
  long inodeTable(ByteBuffer group) {
    return position(group, 2, tableBlocks());
  }

  /** Which inodes of a group are in use: a bit for each, empty if none is. */
  Optional<byte[]> usedInodes(ByteBuffer group) throws IOException {
    boolean unwritten =
        (superblock.readOnlyCompatible() & CHECKSUMMED_GROUPS) != 0
            && (group.getShort(18) & TABLES_NOT_WRITTEN) != 0;
    long free = number(group, 14, 46);
    // the count is only a hint in an image that was not unmounted in order
    if (unwritten || (superblock.clean() && free == superblock.inodesPerGroup())) {
      return Optional.empty();
    }
    int bytes = (int) ((superblock.inodesPerGroup() + 7) / 8);
    return Optional.of(ImageBytes.read(image, position(group, 1, 1), bytes).array());
  }

  /**
   * Which blocks of a group are in use: a bit for each. Empty if its bitmap was not written yet, or
   * the image is of a form in which bits mean something else.
   *
   * @throws OverlayException if the bitmap is said to be where it cannot be
   */
  Optional<BitSet> usedBlocks(long group) throws IOException {
    ByteBuffer descriptor = descriptor(group);
    boolean unwritten =
        (superblock.readOnlyCompatible() & CHECKSUMMED_GROUPS) != 0
            && (descriptor.getShort(18) & BLOCKS_NOT_WRITTEN) != 0;
    if (unwritten || !blockBitsKnown()) {
      return Optional.empty();
    }
    int bytes = (int) ((superblock.blocksPerGroup() + 7) / 8);
    return Optional.of(
        BitSet.valueOf(ImageBytes.read(image, position(descriptor, 0, 1), bytes).array()));
  }

  /** Whether a bit in a bitmap of blocks stands for one block, and says whether it is in use. */
  boolean blockBitsKnown() {
    return (superblock.readOnlyCompatible() & OTHER_BLOCK_BITS) == 0;
  }
}
