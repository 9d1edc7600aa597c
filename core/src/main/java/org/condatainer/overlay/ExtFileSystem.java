package org.condatainer.overlay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The files and folders of an ext image, read from the image file without a mount and without any
 * other program (linux/Documentation/filesystems/ext4). What a mounted image's kernel has not
 * written out is not seen.
 *
 * <p>Folders are read as they lie there, which is right for hashed ones too: their index blocks
 * look like blocks with one unused entry.
 *
 * <p>What was read of the tables of groups and inodes is kept; who has them changed looks anew with
 * a new object.
 */
final class ExtFileSystem {
  static final long ROOT = 2;

  /** filetype, recover, meta_bg, extent, 64bit, flex_bg, csum_seed, large_dir. */
  private static final int READABLE = 0x2 | 0x4 | 0x10 | 0x40 | 0x80 | 0x200 | 0x2000 | 0x4000;

  private static final int FILE_TYPES = 0x2;

  /** More than any list of files in {@code conda-meta} has. */
  private static final int LARGEST_AT_ONCE = 64 << 20;

  private static final int PIECE = 1 << 20;

  /** Files that were made one after the other have neighbouring inodes. */
  private static final int TABLE_PIECE = 1 << 14;

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
  private ImagePiece groups = ImagePiece.NONE;
  private ImagePiece inodes = ImagePiece.NONE;

  ExtFileSystem(FileChannel image, Superblock superblock) throws IOException {
    this.image = image;
    this.superblock = superblock;
    this.more = ImageBytes.read(image, SUPERBLOCK, 1024);
  }

  Superblock superblock() {
    return superblock;
  }

  /** Whether this class knows the image's form. */
  boolean readable() {
    return (superblock.incompatible() & ~READABLE) == 0 && !superblock.shorterThanItsFileSystem();
  }

  /** The first inode that is not reserved for the file system itself. */
  long firstInode() {
    int first = more.getInt(84);
    return more.getInt(76) == 0 || first < 11 ? 11 : first;
  }

  /** How many block groups there are. */
  long groups() {
    long blocks = superblock.blocks() - superblock.firstDataBlock();
    return (blocks + superblock.blocksPerGroup() - 1) / superblock.blocksPerGroup();
  }

  /** A block group's entry in the table of groups: 32 or more bytes. */
  ByteBuffer group(long group) throws IOException {
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
    groups = groups.with(image, position, size, superblock.blockSize());
    return groups.slice(position, size);
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
  static long count(ByteBuffer group, int low, int high) {
    long count = Short.toUnsignedLong(group.getShort(low));
    return group.capacity() >= 64
        ? count | Short.toUnsignedLong(group.getShort(high)) << 16
        : count;
  }

  /** Blocks of a group's table of inodes. */
  long tableBlocks() {
    return superblock.inodesPerGroup() * superblock.inodeSize() / superblock.blockSize();
  }

  private long position(ByteBuffer group, int which, long blocks) {
    long first = firstBlock(group, which);
    if (first <= superblock.firstDataBlock() || first > superblock.blocks() - blocks) {
      throw damaged("the table of groups names block " + Long.toUnsignedString(first));
    }
    return first * superblock.blockSize();
  }

  /** Where a group's table of inodes begins, in bytes. */
  long inodeTable(ByteBuffer group) {
    return position(group, 2, tableBlocks());
  }

  static OverlayException damaged(String what) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        "the file system is damaged: "
            + what
            + "\n  look at it, and repair it: condatainer overlay check -f IMAGE");
  }

  /** Which inodes of a group are in use: a bit for each, empty if none is. */
  Optional<byte[]> usedInodes(ByteBuffer group) throws IOException {
    boolean unwritten =
        (superblock.readOnlyCompatible() & CHECKSUMMED_GROUPS) != 0
            && (group.getShort(18) & TABLES_NOT_WRITTEN) != 0;
    long free = count(group, 14, 46);
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
    ByteBuffer descriptor = group(group);
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

  ExtInode inode(long number) throws IOException {
    if (number < 1 || number > superblock.inodes()) {
      throw damaged("it names inode " + number + " of " + superblock.inodes());
    }
    long index = (number - 1) % superblock.inodesPerGroup();
    long table = inodeTable(group((number - 1) / superblock.inodesPerGroup()));
    int size = superblock.inodeSize();
    long position = table + index * size;
    inodes = inodes.with(image, position, size, TABLE_PIECE);
    return new ExtInode(number, inodes.slice(position, size));
  }

  /**
   * The file of a path, no link followed.
   *
   * @param path names below the root folder
   * @return empty if there is none
   */
  Optional<ExtInode> find(String... path) throws IOException {
    ExtInode inode = inode(ROOT);
    for (String name : path) {
      if (!inode.isFolder()) {
        return Optional.empty();
      }
      byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
      Optional<ExtInode> found = entry(inode, wanted);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      inode = found.get();
    }
    return Optional.of(inode);
  }

  /** What a name in a folder names, empty if there is no such name. */
  Optional<ExtInode> entry(ExtInode folder, byte[] wanted) throws IOException {
    refuseInline(folder);
    for (ExtBlocks.Run run : ExtBlocks.of(image, superblock, folder)) {
      for (long i = 0; i < run.length(); i++) {
        FolderBlock block = block(run, i);
        while (block.next()) {
          if (block.isCalled(wanted)) {
            return Optional.of(inode(block.inode()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private FolderBlock block(ExtBlocks.Run run, long number) throws IOException {
    int blockSize = superblock.blockSize();
    long position = (run.physical() + number) * blockSize;
    return new FolderBlock(ImageBytes.read(image, position, blockSize).array());
  }

  /** The owner of a folder, empty if there is no such folder. */
  Optional<Owner> folderOwner(String... path) throws IOException {
    Optional<ExtInode> found = find(path);
    return found.isPresent() && found.get().isFolder()
        ? Optional.of(found.get().owner())
        : Optional.empty();
  }

  /** Told of each name in a folder. */
  interface EntryVisitor {
    /**
     * A name; the folder itself and the one above it are not among them.
     *
     * @param name its bytes, in whatever encoding its maker had
     * @param inode what it names
     */
    void entry(byte[] name, long inode) throws IOException;
  }

  /** Told of each name in a folder, and of what kind it is there. */
  interface TypedVisitor {
    /**
     * A name.
     *
     * @param regular whether it is a regular file, by the folder alone; true, too, where folders do
     *     not say it
     */
    void entry(byte[] name, long inode, boolean regular) throws IOException;
  }

  /** Goes through a folder in the order in which it lies there. */
  void forEachEntry(ExtInode folder, EntryVisitor visitor) throws IOException {
    forEachTyped(
        folder,
        new TypedVisitor() {
          @Override
          public void entry(byte[] name, long inode, boolean regular) throws IOException {
            visitor.entry(name, inode);
          }
        });
  }

  /** The same, without a look at the inodes. */
  void forEachTyped(ExtInode folder, TypedVisitor visitor) throws IOException {
    refuseInline(folder);
    boolean typed = (superblock.incompatible() & FILE_TYPES) != 0;
    for (ExtBlocks.Run run : ExtBlocks.of(image, superblock, folder)) {
      for (long i = 0; i < run.length(); i++) {
        FolderBlock block = block(run, i);
        while (block.next()) {
          if (block.isOfTheFolder()) {
            byte[] name = block.name();
            refuseImpossible(name);
            visitor.entry(name, block.inode(), !typed || block.isRegular());
          }
        }
      }
    }
  }

  private static void refuseImpossible(byte[] name) {
    for (byte letter : name) {
      if (letter == '/' || letter == 0) {
        throw damaged("a name has a slash or a zero in it");
      }
    }
  }

  /** The content of a small file, or of a link. */
  byte[] content(ExtInode file) throws IOException {
    if (file.type() == ExtInode.LINK && file.size() < 60 && !file.hasExtents()) {
      byte[] target = new byte[(int) file.size()];
      file.blockFields().get(0, target);
      return target;
    }
    if (file.size() < 0 || file.size() > LARGEST_AT_ONCE) {
      throw new IOException("inode " + file.number() + " has " + file.size() + " bytes");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream((int) file.size());
    copy(file, out);
    return out.toByteArray();
  }

  /** Writes a file's content to a stream, neighbouring blocks at once. */
  void copy(ExtInode file, OutputStream out) throws IOException {
    refuseInline(file);
    int blockSize = superblock.blockSize();
    long position = 0;
    for (ExtBlocks.Run run : ExtBlocks.of(image, superblock, file)) {
      zeros(run.logical() * blockSize - position, out);
      position = run.logical() * blockSize;
      long end = Math.min(file.size(), position + run.length() * blockSize);
      long from = run.physical() * blockSize - position;
      while (position < end) {
        int length = (int) Math.min(PIECE, end - position);
        out.write(ImageBytes.read(image, from + position, length).array());
        position += length;
      }
    }
    zeros(file.size() - position, out);
  }

  /** The extended attributes of a file. */
  List<ExtAttributes.Attribute> attributes(ExtInode file) throws IOException {
    return ExtAttributes.of(image, superblock, file);
  }

  private static void zeros(long count, OutputStream out) throws IOException {
    for (long left = count; left > 0; left -= PIECE) {
      out.write(new byte[(int) Math.min(PIECE, left)]);
    }
  }

  private static void refuseInline(ExtInode inode) throws IOException {
    if (inode.hasInlineData()) {
      throw new IOException("inode " + inode.number() + " has inline data, which cannot be read");
    }
  }
}
