package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;

/**
 * The blocks of an ext3 image in which e2fsck(8) repairs things: superblocks, tables of groups,
 * bitmaps, inodes, folders, indirect blocks, extended attributes and the head of the journal. What
 * it writes elsewhere are blocks that no file has.
 *
 * <p>The image may be damaged: what leads out of it is passed over, and what is met that is no such
 * block does no harm, since it is only told as it is.
 */
final class MetadataBlocks {
  private static final int PIECE = 1 << 20;
  private static final int DEEPEST = 3;
  private static final int DIRECT_BLOCKS = 12;

  private static final int LINKS = 26;
  private static final int FLAGS = 32;
  private static final int FIRST_POINTER = 40;
  private static final int ATTRIBUTES = 104;
  private static final int RESERVED_GROUP_BLOCKS = 206;
  private static final int JOURNAL_INODE = 224;
  private static final int OTHER_MAPPING = 0x80000 | 0x10000000;

  private final FileChannel image;
  private final Superblock superblock;
  private final BlockGroups groups;
  private final int blockSize;
  private final int blocks;
  private final Visitor visitor;

  /** Blocks to be told that lead no further. */
  private final BitSet leaves = new BitSet();

  /** Indirect blocks by their depth, those of folders and those of files. */
  private final BitSet[] ofFolders = sets();

  private final BitSet[] ofFiles = sets();

  private MetadataBlocks(FileChannel image, Superblock superblock, Visitor visitor)
      throws IOException {
    this.image = image;
    this.superblock = superblock;
    this.groups = new BlockGroups(image, superblock);
    this.blockSize = superblock.blockSize();
    this.blocks = (int) Math.min(Integer.MAX_VALUE, superblock.blocks());
    this.visitor = visitor;
  }

  private static BitSet[] sets() {
    return new BitSet[] {new BitSet(), new BitSet(), new BitSet(), new BitSet()};
  }

  /** Told of each piece, some perhaps twice. */
  interface Visitor {
    /**
     * A piece of the image.
     *
     * @param position where it begins, in bytes
     * @param bytes whole blocks, from the buffer's first byte to its limit
     */
    void piece(long position, ByteBuffer bytes) throws IOException;
  }

  /** Goes through them. */
  static void forEach(FileChannel image, Superblock superblock, Visitor visitor)
      throws IOException {
    new MetadataBlocks(image, superblock, visitor).tell();
  }

  private void tell() throws IOException {
    ByteBuffer head = ImageBytes.read(image, 1024, 1024);
    long journal = Integer.toUnsignedLong(head.getInt(JOURNAL_INODE));
    long count = groups.count();
    long descriptors = (count * 32 + blockSize - 1) / blockSize;
    long heads = 1 + descriptors + Short.toUnsignedInt(head.getShort(RESERVED_GROUP_BLOCKS));
    run(0, superblock.firstDataBlock(), false, 0, 0);
    for (long group = 0; group < count; group++) {
      if (groups.hasSuperblock(group)) {
        long first = superblock.firstDataBlock() + group * superblock.blocksPerGroup();
        run(first, heads, false, 0, 0);
      }
      ByteBuffer descriptor = groups.descriptor(group);
      run(Integer.toUnsignedLong(descriptor.getInt(0)), 1, false, 0, 0);
      run(Integer.toUnsignedLong(descriptor.getInt(4)), 1, false, 0, 0);
      long bytes = superblock.inodesPerGroup() * superblock.inodeSize();
      run(
          Integer.toUnsignedLong(descriptor.getInt(8)),
          (bytes + blockSize - 1) / blockSize,
          true,
          group * superblock.inodesPerGroup() + 1,
          journal);
    }
    for (int depth = DEEPEST; depth > 0; depth--) {
      indirect(ofFolders, depth, true);
      indirect(ofFiles, depth, false);
    }
    for (int first = leaves.nextSetBit(0); first >= 0; ) {
      int end = leaves.nextClearBit(first);
      run(first, end - first, false, 0, 0);
      first = leaves.nextSetBit(end);
    }
  }

  private void run(long first, long count, boolean inodes, long firstNumber, long journal)
      throws IOException {
    if (first >= blocks) {
      return;
    }
    long end = Math.min(blocks, first + count) * blockSize;
    long start = first * blockSize;
    for (long at = start; at < end; at += PIECE) {
      ByteBuffer bytes = ImageBytes.read(image, at, (int) Math.min(PIECE, end - at));
      visitor.piece(at, bytes);
      if (inodes) {
        inodes(bytes, firstNumber + (at - start) / superblock.inodeSize(), journal);
      }
    }
  }

  private void inodes(ByteBuffer table, long firstNumber, long journal) {
    int size = superblock.inodeSize();
    for (int at = 0; at + size <= table.limit(); at += size) {
      int mode = Short.toUnsignedInt(table.getShort(at));
      if (mode == 0
          || table.getShort(at + LINKS) == 0
          || (table.getInt(at + FLAGS) & OTHER_MAPPING) != 0) {
        continue;
      }
      add(leaves, table.getInt(at + ATTRIBUTES));
      int type = mode & 0xF000;
      if (type != ExtInode.FOLDER && type != ExtInode.FILE) {
        continue;
      }
      boolean folder = type == ExtInode.FOLDER;
      int first = at + FIRST_POINTER;
      if (firstNumber + at / size == journal) {
        add(leaves, table.getInt(first));
      }
      for (int i = 0; folder && i < DIRECT_BLOCKS; i++) {
        add(leaves, table.getInt(first + 4 * i));
      }
      for (int depth = 1; depth <= DEEPEST; depth++) {
        int pointer = table.getInt(first + 4 * (DIRECT_BLOCKS + depth - 1));
        add((folder ? ofFolders : ofFiles)[depth], pointer);
      }
    }
  }

  private void indirect(BitSet[] found, int depth, boolean folder) throws IOException {
    for (int block = found[depth].nextSetBit(0);
        block >= 0;
        block = found[depth].nextSetBit(block + 1)) {
      ByteBuffer pointers = ImageBytes.read(image, (long) block * blockSize, blockSize);
      visitor.piece((long) block * blockSize, pointers);
      for (int i = 0; (folder || depth > 1) && i < blockSize; i += 4) {
        add(depth > 1 ? found[depth - 1] : leaves, pointers.getInt(i));
      }
    }
  }

  private void add(BitSet set, int block) {
    if (block > 0 && block < blocks) {
      set.set(block);
    }
  }
}
