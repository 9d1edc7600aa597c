package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the content of a file is: its blocks in order, by the indirect blocks of ext3 or by the
 * extents of ext4 (linux/Documentation/filesystems/ext4, "The Contents of inode.i_block").
 */
final class ExtBlocks {
  private static final int DIRECT_BLOCKS = 12;
  private static final int EXTENT_MAGIC = 0xF30A;
  private static final int DEEPEST_EXTENTS = 5;
  private static final int LONGEST_WRITTEN_EXTENT = 32768;

  private final FileChannel image;
  private final int blockSize;
  private final long imageBlocks;
  private final long count;
  private final List<Run> runs = new ArrayList<>();

  /** Blocks of the file's tables that were read: each has one place there. */
  private final Set<Long> tables = new HashSet<>();

  /** The first block of the file that may come next. */
  private long next;

  private long mapped;

  private ExtBlocks(FileChannel image, int blockSize, long imageBlocks, long count) {
    this.image = image;
    this.blockSize = blockSize;
    this.imageBlocks = imageBlocks;
    this.count = count;
  }

  /**
   * Neighbouring blocks of a file that are neighbours in the image too.
   *
   * @param logical the number of the first in the file
   * @param physical the number of the first in the image
   * @param length how many they are
   */
  record Run(long logical, long physical, long length) {}

  /**
   * The blocks of a file, in order; what is between them is a hole.
   *
   * @throws OverlayException if the file's tables lead out of the image, are not in order, or are
   *     met twice
   */
  static List<Run> of(FileChannel image, Superblock superblock, ExtInode file) throws IOException {
    int blockSize = superblock.blockSize();
    long count = (file.size() + blockSize - 1) / blockSize;
    if (file.size() < 0 || (file.isFolder() && count > superblock.blocks())) {
      throw damaged("a size of " + Long.toUnsignedString(file.size()) + " bytes", file.number());
    }
    ExtBlocks found = new ExtBlocks(image, blockSize, superblock.blocks(), count);
    if (file.hasExtents()) {
      int depth = Short.toUnsignedInt(file.blockFields().getShort(6));
      found.extents(file.blockFields(), Math.min(depth, DEEPEST_EXTENTS), file.number());
    } else {
      found.indirect(file);
    }
    return found.runs;
  }

  private void indirect(ExtInode file) throws IOException {
    for (int i = 0; i < DIRECT_BLOCKS; i++) {
      add(i, Integer.toUnsignedLong(file.blockField(i)), file.number());
    }
    long position = DIRECT_BLOCKS;
    for (int depth = 1; depth <= 3; depth++) {
      long block = Integer.toUnsignedLong(file.blockField(DIRECT_BLOCKS + depth - 1));
      position = indirect(block, depth, position, file.number());
    }
  }

  /** Adds what an indirect block names, and returns the position behind. */
  private long indirect(long block, int depth, long from, long inode) throws IOException {
    int pointers = blockSize / 4;
    long covered = 1;
    for (int i = 0; i < depth; i++) {
      covered *= pointers;
    }
    if (block == 0 || from >= count) {
      return from + covered;
    }
    ByteBuffer table = table(block, inode);
    long position = from;
    for (int i = 0; i < pointers && position < count; i++) {
      long pointer = Integer.toUnsignedLong(table.getInt(4 * i));
      if (depth == 1) {
        add(position++, pointer, inode);
      } else {
        position = indirect(pointer, depth - 1, position, inode);
      }
    }
    return from + covered;
  }

  private void add(long logical, long block, long inode) {
    if (block == 0 || logical >= count) {
      return;
    }
    checked(block, inode);
    if (logical < next) {
      throw damaged("tables that are not in order", inode);
    }
    next = logical + 1;
    if (++mapped > imageBlocks) {
      throw damaged("more blocks than the image", inode);
    }
    int last = runs.size() - 1;
    if (last >= 0) {
      Run run = runs.get(last);
      if (logical == run.logical + run.length && block == run.physical + run.length) {
        runs.set(last, new Run(run.logical, run.physical, run.length + 1));
        return;
      }
    }
    runs.add(new Run(logical, block, 1));
  }

  private ByteBuffer table(long block, long inode) throws IOException {
    checked(block, inode);
    if (!tables.add(block)) {
      throw damaged("tables that lead in a circle", inode);
    }
    return ImageBytes.read(image, block * blockSize, blockSize);
  }

  private void extents(ByteBuffer node, int depth, long inode) throws IOException {
    int entries = Short.toUnsignedInt(node.getShort(2));
    if (Short.toUnsignedInt(node.getShort(0)) != EXTENT_MAGIC
        || Short.toUnsignedInt(node.getShort(6)) != depth
        || 12 * (entries + 1) > node.capacity()) {
      throw damaged("a table of extents that is none", inode);
    }
    for (int i = 1; i <= entries; i++) {
      int at = 12 * i;
      long logical = Integer.toUnsignedLong(node.getInt(at));
      if (depth > 0) {
        long child =
            Integer.toUnsignedLong(node.getInt(at + 4))
                | (Short.toUnsignedLong(node.getShort(at + 8)) << 32);
        extents(table(child, inode), depth - 1, inode);
        continue;
      }
      int length = Short.toUnsignedInt(node.getShort(at + 4));
      long start =
          Integer.toUnsignedLong(node.getInt(at + 8))
              | (Short.toUnsignedLong(node.getShort(at + 6)) << 32);
      // a longer one is allocated and not written yet: it reads as zeros
      for (int j = 0; length <= LONGEST_WRITTEN_EXTENT && j < length && logical + j < count; j++) {
        add(logical + j, start + j, inode);
      }
    }
  }

  private void checked(long block, long inode) {
    if (block >= imageBlocks) {
      throw damaged("block " + block + ", behind the end of the image", inode);
    }
  }

  private static OverlayException damaged(String what, long inode) {
    return ExtFileSystem.damaged("inode " + inode + " has " + what);
  }
}
