package org.condatainer.overlay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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

  private final FileChannel image;
  private final Superblock superblock;
  private final BlockGroups groups;
  private ImagePiece inodes = ImagePiece.NONE;

  ExtFileSystem(FileChannel image, Superblock superblock) throws IOException {
    this.image = image;
    this.superblock = superblock;
    this.groups = new BlockGroups(image, superblock);
  }

  Superblock superblock() {
    return superblock;
  }

  BlockGroups groups() {
    return groups;
  }

  /** Whether this class knows the image's form. */
  boolean readable() {
    return (superblock.incompatible() & ~READABLE) == 0 && !superblock.shorterThanItsFileSystem();
  }

  /** The features that it does not know, by their names in ext4(5). */
  List<String> unknownFeatures() {
    return ExtFeatures.names(0, superblock.incompatible() & ~READABLE, 0);
  }

  static OverlayException damaged(String what) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        "the file system is damaged: "
            + what
            + "\n  look at it, and repair it: condatainer overlay check -f IMAGE");
  }

  ExtInode inode(long number) throws IOException {
    if (number < 1 || number > superblock.inodes()) {
      throw damaged("it names inode " + number + " of " + superblock.inodes());
    }
    long index = (number - 1) % superblock.inodesPerGroup();
    long group = (number - 1) / superblock.inodesPerGroup();
    long table = groups.inodeTable(groups.descriptor(group));
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
