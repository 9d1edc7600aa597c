package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.condatainer.script.ShellWords;

/**
 * What an ext file system says of itself, read from the image file without mounting it. The
 * positions of the fields are those of linux/fs/ext4/ext4.h, {@code struct ext4_super_block}.
 *
 * @param fileBytes length of the image file in bytes
 * @param blockSize bytes of a block
 * @param blocks how many blocks the file system has
 * @param freeBlocks blocks without content, those kept for root included
 * @param reservedBlocks blocks that only root may fill
 * @param inodes how many files and folders it can hold
 * @param freeInodes how many more it can hold
 * @param firstDataBlock 1 with blocks of 1024 bytes, otherwise 0
 * @param blocksPerGroup blocks of a block group
 * @param inodesPerGroup inodes of a block group
 * @param inodeSize bytes of an inode
 * @param state bit 0 unmounted cleanly, bit 1 errors found
 * @param compatible the word of compatible features
 * @param incompatible the word of incompatible features
 * @param readOnlyCompatible the word of read-only compatible features
 * @param lastMounted when it was last mounted, empty for never
 * @param lastWritten when the superblock was last written, empty for never
 * @param lastChecked when e2fsck last ran over it
 * @param mountCount mounts since the last check
 * @param errorCount errors that the kernel met in it
 * @param uuid its identity
 * @param lastMountPoint where it was last mounted, empty if fuse2fs did that
 */
public record Superblock(
    long fileBytes,
    int blockSize,
    long blocks,
    long freeBlocks,
    long reservedBlocks,
    long inodes,
    long freeInodes,
    long firstDataBlock,
    long blocksPerGroup,
    long inodesPerGroup,
    int inodeSize,
    int state,
    int compatible,
    int incompatible,
    int readOnlyCompatible,
    Optional<Instant> lastMounted,
    Optional<Instant> lastWritten,
    Optional<Instant> lastChecked,
    int mountCount,
    long errorCount,
    UUID uuid,
    String lastMountPoint) {
  private static final int START = 1024;
  private static final int LENGTH = 1024;
  private static final int MAGIC = 0xEF53;
  private static final int STATE_VALID = 1;
  private static final int STATE_ERRORS = 2;

  /**
   * Reads the superblock of an image file.
   *
   * <p>Closing the file drops every lock that this process holds on it; whoever holds one reads
   * through {@link #read(FileChannel, Path)} and the lock's own channel.
   *
   * @throws OverlayException if the file is too short for an ext file system, or is none
   * @throws IOException if the file cannot be read
   */
  public static Superblock read(Path image) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return read(channel, image);
    }
  }

  /**
   * Reads the superblock of an open image file.
   *
   * @param image its name, for messages
   * @throws OverlayException if the file is too short for an ext file system, is none, or has a
   *     superblock whose numbers do not fit together
   */
  public static Superblock read(FileChannel channel, Path image) throws IOException {
    long length = channel.size();
    refuseOtherKinds(channel, image);
    if (length < START + LENGTH) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image + " is no ext3 image: it is only " + length + " bytes long");
    }
    ByteBuffer block = ImageBytes.read(channel, START, LENGTH);
    if (unsigned16(block, 56) != MAGIC) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image + " is no ext3 image: it has no ext superblock at byte " + START);
    }
    if (!Geometry.fits(block)) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image + " has a damaged ext superblock; e2fsck -fy may repair it from a copy inside");
    }
    return new Superblock(
        length,
        1024 << block.getInt(24),
        Geometry.blocks(block),
        Geometry.wide(block, 12, 344),
        Geometry.wide(block, 8, 340),
        unsigned32(block, 0),
        unsigned32(block, 16),
        unsigned32(block, 20),
        unsigned32(block, 32),
        unsigned32(block, 40),
        Geometry.inodeSize(block),
        unsigned16(block, 58),
        block.getInt(92),
        block.getInt(96),
        block.getInt(100),
        time(block, 44),
        time(block, 48),
        time(block, 64),
        unsigned16(block, 52),
        unsigned32(block, 404),
        uuid(block, 104),
        text(block, 136, 64));
  }

  private static void refuseOtherKinds(FileChannel channel, Path image) throws IOException {
    String what = "";
    if (OverlayKind.of(channel).equals(Optional.of(OverlayKind.SQUASHFS))) {
      what =
          " is a frozen overlay, which is always read-only\n  name the image that it was made from,"
              + " or use it as it is: condatainer exec -o ";
    } else if (OverlayUnpack.isPacked(channel)) {
      what = " is packed\n  unpack it first: condatainer overlay unpack ";
    }
    if (!what.isEmpty()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE, image + what + ShellWords.quote(image.toString()));
    }
  }

  static boolean isExt(FileChannel image) throws IOException {
    return unsigned16(ImageBytes.read(image, START + 56, 2), 0) == MAGIC;
  }

  /** Whether containers accept it as ext3. */
  public boolean mountable() {
    return hasJournal() && foreignFeatures().isEmpty();
  }

  /** Whether it has the journal that makes an ext2 file system an ext3 one. */
  public boolean hasJournal() {
    return (compatible & ExtFeatures.HAS_JOURNAL) != 0;
  }

  /** The features that ext3 does not have, which containers refuse, by their names in ext4(5). */
  public List<String> foreignFeatures() {
    return ExtFeatures.offenders(incompatible, readOnlyCompatible);
  }

  /** All its features, by their names in ext4(5). */
  public List<String> features() {
    return ExtFeatures.names(compatible, incompatible, readOnlyCompatible);
  }

  /** Unmounted in order and without known errors. */
  public boolean clean() {
    return (state & STATE_VALID) != 0 && !interrupted() && !journalNeedsRecovery();
  }

  /**
   * Mounted writable at this moment, or not unmounted since: {@code e2fsck -p} cures it when nobody
   * has it mounted. The kernel shows it by the journal, fuse2fs by the state.
   */
  public boolean needsRecovery() {
    return journalNeedsRecovery() || (state & STATE_VALID) == 0;
  }

  /** The journal holds changes that are not in the file system yet. */
  public boolean journalNeedsRecovery() {
    return (incompatible & ExtFeatures.NEEDS_RECOVERY) != 0;
  }

  /** Errors are recorded: a resize was cut short, or the disk below was full. */
  public boolean interrupted() {
    return (state & STATE_ERRORS) != 0;
  }

  /** A repair was cut short, or goes on: {@code overlay check} takes it back first. */
  public boolean inRepair() {
    return interrupted() && lastMountPoint.startsWith(RepairUndo.MARK);
  }

  /** The length of the file system in bytes. */
  public long bytes() {
    return blocks * blockSize;
  }

  /** Whether the file ends before its file system does: its end was cut off. */
  public boolean shorterThanItsFileSystem() {
    return fileBytes < bytes();
  }

  private static int unsigned16(ByteBuffer block, int position) {
    return Short.toUnsignedInt(block.getShort(position));
  }

  private static long unsigned32(ByteBuffer block, int position) {
    return Integer.toUnsignedLong(block.getInt(position));
  }

  private static Optional<Instant> time(ByteBuffer block, int position) {
    long seconds = unsigned32(block, position);
    return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
  }

  private static UUID uuid(ByteBuffer block, int position) {
    return new UUID(
        Long.reverseBytes(block.getLong(position)), Long.reverseBytes(block.getLong(position + 8)));
  }

  private static String text(ByteBuffer block, int position, int length) {
    byte[] field = new byte[length];
    block.get(position, field);
    int end = 0;
    while (end < length && field[end] != 0) {
      end++;
    }
    return new String(field, 0, end, StandardCharsets.UTF_8);
  }
}
