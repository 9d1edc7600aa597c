package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether the tables of inodes lie where the table of groups says: asked before anything is written
 * there, as a pointer to another place would have a user's files overwritten.
 *
 * <p>No two tables or bitmaps may share a block, each block of theirs has to be in use, and each
 * inode that is in use has to be one by the rules of the kernel and of e2fsck(8), those beside it
 * in its block too. That is no check in full, which is {@link OverlayCheckUp}'s.
 */
final class InodeTables {
  private static final int FLEXIBLE_GROUPS = 0x200;
  private static final int CHECKSUMMED_GROUPS = 0x10 | 0x400;
  private static final int EXTENTS = 0x80000;
  private static final int EXTENT_MAGIC = 0xF30A;
  private static final int INLINE_DATA = 0x10000000;
  private static final int PIECE = 1 << 18;
  private static final int SHORT_LINK = 60;

  private final FileChannel image;
  private final Superblock superblock;
  private final BlockGroups groups;

  /** Blocks that the file system itself needs. */
  private record Run(long first, long length, String what) {}

  InodeTables(FileChannel image, Superblock superblock, BlockGroups groups) {
    this.image = image;
    this.superblock = superblock;
    this.groups = groups;
  }

  /**
   * Looks at them all.
   *
   * @throws OverlayException if they are elsewhere, or damaged
   */
  void requireSound() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (long group = 0; group < groups.count(); group++) {
      ByteBuffer descriptor = groups.descriptor(group);
      long first = superblock.firstDataBlock() + group * superblock.blocksPerGroup();
      long end = Math.min(first + superblock.blocksPerGroup(), superblock.blocks());
      if (groups.hasSuperblock(group)) {
        runs.add(new Run(first, 1, "the superblock"));
      }
      for (int which = 0; which < 3; which++) {
        long start = BlockGroups.firstBlock(descriptor, which);
        Run run =
            new Run(start, which == 2 ? groups.tableBlocks() : 1, "a table of group " + group);
        boolean anywhere = (superblock.incompatible() & FLEXIBLE_GROUPS) != 0;
        if (start < (anywhere ? superblock.firstDataBlock() : first)
            || start > (anywhere ? superblock.blocks() : end) - run.length()) {
          throw elsewhere(run);
        }
        runs.add(run);
      }
    }
    requireApart(runs);
    requireInUse(runs);
    for (long group = 0; group < groups.count(); group++) {
      inodes(group);
    }
  }

  private static OverlayException elsewhere(Run run) {
    return ExtFileSystem.damaged(
        run.what() + " is said to begin at block " + run.first() + ", which cannot be");
  }

  private static void requireApart(List<Run> runs) {
    runs.sort(Comparator.comparingLong(Run::first));
    for (int i = 1; i < runs.size(); i++) {
      Run before = runs.get(i - 1);
      if (before.first() + before.length() > runs.get(i).first()) {
        throw elsewhere(runs.get(i));
      }
    }
  }

  private void requireInUse(List<Run> sorted) throws IOException {
    long known = -1;
    BitSet used = new BitSet();
    boolean written = false;
    for (Run run : sorted) {
      for (long block = run.first(); block < run.first() + run.length(); block++) {
        long inGroups = block - superblock.firstDataBlock();
        long group = inGroups / superblock.blocksPerGroup();
        if (group != known) {
          known = group;
          Optional<BitSet> bits = groups.usedBlocks(group);
          written = bits.isPresent();
          used = bits.orElse(used);
        }
        if (written && !used.get((int) (inGroups % superblock.blocksPerGroup()))) {
          throw elsewhere(run);
        }
      }
    }
  }

  private void inodes(long group) throws IOException {
    ByteBuffer descriptor = groups.descriptor(group);
    Optional<byte[]> bytes = groups.usedInodes(descriptor);
    BitSet used = BitSet.valueOf(bytes.orElse(new byte[0]));
    int most = (int) superblock.inodesPerGroup();
    int count = used.get(0, most).cardinality();
    if (bytes.isPresent() && count != most - BlockGroups.number(descriptor, 14, 46)) {
      throw ExtFileSystem.damaged(
          "group " + group + " has " + count + " inodes in use, and says" + " otherwise");
    }
    int size = superblock.inodeSize();
    int perBlock = superblock.blockSize() / size;
    long table = groups.inodeTable(descriptor);
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int index = used.nextSetBit(0); index >= 0 && index < most; ) {
      int first = index - index % perBlock;
      int last = Math.min(used.previousSetBit(first + PIECE / size - 1), most - 1);
      int end = last - last % perBlock + perBlock;
      piece.clear().limit((end - first) * size);
      ImageBytes.read(image, table + (long) first * size, piece);
      for (int i = first; i < end; i++) {
        long number = group * superblock.inodesPerGroup() + 1 + i;
        if (!isSound(piece, (i - first) * size, number, used.get(i))) {
          throw ExtFileSystem.damaged(
              "inode " + number + " is none, or the table of group " + group + " is elsewhere");
        }
      }
      index = used.nextSetBit(end);
    }
  }

  private boolean isSound(ByteBuffer table, int at, long number, boolean used) {
    int links = Short.toUnsignedInt(table.getShort(at + 26));
    if (number != ExtFileSystem.ROOT && number < groups.firstInode()) {
      return true;
    }
    if (!used) {
      // where groups have checksums, a table may not have been written to its end yet
      return links == 0 || (superblock.readOnlyCompatible() & CHECKSUMMED_GROUPS) != 0;
    }
    int mode = Short.toUnsignedInt(table.getShort(at));
    int type = mode & 0xF000;
    boolean folder = type == ExtInode.FOLDER;
    boolean known =
        folder
            || type == ExtInode.FILE
            || type == ExtInode.LINK
            || type == ExtInode.FIFO
            || type == ExtInode.SOCKET
            || type == ExtInode.CHARACTER_DEVICE
            || type == ExtInode.BLOCK_DEVICE;
    if (!known || links == 0 || table.getInt(at + 20) != 0) {
      return false;
    }
    if (number == ExtFileSystem.ROOT && !folder) {
      return false;
    }
    int size = superblock.inodeSize();
    int more = size > 128 ? Short.toUnsignedInt(table.getShort(at + 128)) : 0;
    if (more > size - 128 || more % 4 != 0) {
      return false;
    }
    boolean shortLink = type == ExtInode.LINK && table.getInt(at + 4) < SHORT_LINK;
    int flags = table.getInt(at + 32);
    if ((!folder && type != ExtInode.FILE && type != ExtInode.LINK)
        || shortLink
        || (flags & INLINE_DATA) != 0) {
      return true;
    }
    if ((flags & EXTENTS) != 0) {
      return Short.toUnsignedInt(table.getShort(at + 40)) == EXTENT_MAGIC;
    }
    for (int i = 0; i < 15; i++) {
      if (Integer.toUnsignedLong(table.getInt(at + 40 + 4 * i)) >= superblock.blocks()) {
        return false;
      }
    }
    return true;
  }
}
