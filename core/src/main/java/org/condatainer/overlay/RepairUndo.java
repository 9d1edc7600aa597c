package org.condatainer.overlay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * What e2fsck(8) may overwrite in an image, kept in a file beside it for as long as it works:
 * killed while it sorts a folder anew, it loses names, and its own undo file (-z) is not complete
 * before its end. The image's superblock names the file; who next works on the image plays it back,
 * and the image is as it was before the repair.
 *
 * <p>It is played back only into what the repair left: not once e2fsck has come to its end, or the
 * image was mounted. Both count in the superblock.
 */
final class RepairUndo {
  /** How the last mount point of an image begins that is being repaired. */
  static final String MARK = "condatainer-repair-";

  private static final String PREFIX = ".condatainer-undo-";
  private static final long MAGIC = 0x434e54554e444f31L; // CNTUNDO1
  private static final int SUPERBLOCK = 1024;
  private static final int STATE = 58;
  private static final int LAST_MOUNT_POINT = 136;
  private static final int MARK_LENGTH = 64;
  private static final int DATA = 0;
  private static final int ZEROS = 1;
  private static final int END = 2;

  private final FileChannel image;
  private final Path file;
  private final ByteBuffer before;

  private RepairUndo(FileChannel image, Path file, ByteBuffer before) {
    this.image = image;
    this.file = file;
    this.before = before;
  }

  /**
   * Keeps what a repair may overwrite, and marks the image as being repaired.
   *
   * @param image the open image, whose lock the caller holds; its journal has been replayed
   * @param path its path without links
   * @return empty for what is more than ext3, and no overlay
   * @throws OverlayException if there is no room for the file beside the image; nothing was done
   */
  static Optional<RepairUndo> begin(FileChannel image, Path path) throws IOException {
    Superblock superblock = Superblock.read(image, path);
    if (!superblock.foreignFeatures().isEmpty() || superblock.blocks() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    ByteBuffer before = ImageBytes.read(image, SUPERBLOCK, SUPERBLOCK);
    String token =
        Long.toHexString(System.currentTimeMillis()) + "-" + ProcessHandle.current().pid();
    Path file = path.resolveSibling(PREFIX + inode(path) + "-" + token);
    try (UnfinishedImage unfinished = UnfinishedImage.in(path.getParent(), 1)) {
      try (FileChannel out = unfinished.open()) {
        write(image, superblock, before, Channels.newOutputStream(out));
      }
      readableAs(path, unfinished.path());
      unfinished.publish(file);
    } catch (FileSystemException e) {
      throw noRoom(path, e.getReason() == null ? e.toString() : e.getReason(), e);
    } catch (IOException e) {
      throw noRoom(path, e.getMessage(), e);
    }
    byte[] mark = Arrays.copyOf((MARK + token).getBytes(StandardCharsets.UTF_8), MARK_LENGTH);
    ByteBuffer marked = ByteBuffer.allocate(SUPERBLOCK).order(ByteOrder.LITTLE_ENDIAN);
    marked.put(before.duplicate().rewind()).put(LAST_MOUNT_POINT, mark);
    // not valid, with errors: nobody takes it for sound before e2fsck has said so
    marked.putShort(STATE, (short) ((before.getShort(STATE) & ~1) | 2));
    put(image, marked.rewind(), SUPERBLOCK);
    image.force(false);
    return Optional.of(new RepairUndo(image, file, before));
  }

  private static OverlayException noRoom(Path path, String why, IOException cause) {
    return new OverlayException(
        OverlayException.Kind.FAILED,
        path
            + " was not repaired: what would take a repair back that is cut short, some MiB, could"
            + " not be written beside it: "
            + why
            + "\n  make room in "
            + path.getParent()
            + ", or repair a copy elsewhere: cp --sparse=always",
        cause);
  }

  /** Who may read the image may play it back. */
  private static void readableAs(Path image, Path file) {
    try {
      Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(image));
    } catch (UnsupportedOperationException | IOException e) {
      // then it is for its maker alone
    }
  }

  private static long inode(Path path) throws IOException {
    return (Long) Files.getAttribute(path, "unix:ino");
  }

  private static void write(
      FileChannel image, Superblock superblock, ByteBuffer before, OutputStream stream)
      throws IOException {
    CheckedOutputStream checked =
        new CheckedOutputStream(new BufferedOutputStream(stream, 1 << 20), new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeLong(MAGIC);
    byte[] superblockBytes = new byte[SUPERBLOCK];
    before.get(0, superblockBytes);
    out.write(superblockBytes);
    MetadataBlocks.forEach(
        image, superblock, (position, bytes) -> piece(out, position, bytes, superblock));
    out.writeByte(END);
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  private static void piece(
      DataOutputStream out, long position, ByteBuffer bytes, Superblock superblock)
      throws IOException {
    int block = superblock.blockSize();
    int from = 0;
    while (from < bytes.limit()) {
      boolean zero = isZero(bytes, from, block);
      int to = from + block;
      while (to < bytes.limit() && isZero(bytes, to, block) == zero) {
        to += block;
      }
      out.writeByte(zero ? ZEROS : DATA);
      out.writeLong(position + from);
      out.writeInt(to - from);
      if (!zero) {
        byte[] data = new byte[to - from];
        bytes.get(from, data);
        out.write(data);
      }
      from = to;
    }
  }

  private static boolean isZero(ByteBuffer bytes, int from, int length) {
    for (int at = from; at < from + length; at += 8) {
      if (bytes.getLong(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The repair has come to its end: its mark is taken away, and then the file. */
  void finished() throws IOException {
    finish(image, before);
    Files.deleteIfExists(file);
  }

  private static void finish(FileChannel image, ByteBuffer before) throws IOException {
    put(image, before.duplicate().position(LAST_MOUNT_POINT).limit(LAST_MOUNT_POINT + MARK_LENGTH));
    image.force(false);
  }

  private static void put(FileChannel image, ByteBuffer superblock) throws IOException {
    put(image, superblock, SUPERBLOCK);
  }

  /** The repair failed: the image becomes what it was. */
  void takeBack() throws IOException {
    playBack(image, file);
    Files.deleteIfExists(file);
  }

  /**
   * Takes back a repair that was cut short, and removes what one that was killed near its end has
   * left.
   *
   * @param image the open image, whose lock the caller holds
   * @param path its path without links
   * @param without whether to go on when the file is gone from which it would be taken back
   * @return whether one was taken back
   * @throws OverlayException if the file is gone, damaged, or somebody else's
   */
  static boolean settle(FileChannel image, Path path, boolean without) throws IOException {
    Superblock now = Superblock.read(image, path);
    String mark = now.lastMountPoint();
    String token = mark.startsWith(MARK) ? mark.substring(MARK.length()) : "";
    Optional<Path> undo = Optional.empty();
    String own = PREFIX + inode(path) + "-";
    try (DirectoryStream<Path> found = Files.newDirectoryStream(path.getParent(), PREFIX + "*")) {
      for (Path file : found) {
        String name = file.getFileName().toString();
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        if (!token.isEmpty() && name.endsWith("-" + token)) {
          undo = Optional.of(file);
        } else if (name.startsWith(own)) {
          Files.deleteIfExists(file);
        }
      }
    }
    if (token.isEmpty()) {
      return false;
    }
    if (undo.isEmpty()) {
      return settleWithout(image, path, now, token, without);
    }
    ByteBuffer before = header(undo.get(), path);
    boolean cutShort =
        (now.state() & 1) == 0
            && field(image, 52, 2).equals(before.slice(52, 2))
            && field(image, 64, 4).equals(before.slice(64, 4));
    if (cutShort) {
      playBack(image, undo.get());
    } else {
      finish(image, before);
    }
    Files.deleteIfExists(undo.get());
    return cutShort;
  }

  private static boolean settleWithout(
      FileChannel image, Path path, Superblock now, String token, boolean without)
      throws IOException {
    if (!without && (now.state() & 1) == 0) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          path
              + ": a repair was cut short, and what takes it back is not beside the image: "
              + PREFIX
              + "…-"
              + token
              + "\n  put it there, or repair what is left: condatainer overlay check -y IMAGE");
    }
    finish(image, ByteBuffer.allocate(SUPERBLOCK));
    return false;
  }

  /**
   * Two fields that e2fsck changes at its end, and a mount: the count of mounts, the last check.
   */
  private static ByteBuffer field(FileChannel image, int at, int length) throws IOException {
    return ImageBytes.read(image, SUPERBLOCK + at, length);
  }

  private static ByteBuffer header(Path undo, Path path) throws IOException {
    try (DataInputStream in =
        new DataInputStream(Files.newInputStream(undo, LinkOption.NOFOLLOW_LINKS))) {
      byte[] superblock = new byte[SUPERBLOCK];
      if (in.readLong() != MAGIC) {
        throw damaged(undo);
      }
      in.readFully(superblock);
      return ByteBuffer.wrap(superblock).order(ByteOrder.LITTLE_ENDIAN);
    } catch (EOFException e) {
      throw damaged(undo);
    } catch (FileSystemException e) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          path
              + ": a repair was cut short, and what takes it back cannot be read: "
              + e.getMessage()
              + "\n  let its owner check the image: condatainer overlay check IMAGE",
          e);
    }
  }

  private static OverlayException damaged(Path undo) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        undo
            + " is damaged, so a repair that was cut short cannot be taken back\n  remove it, and"
            + " repair what is left: condatainer overlay check -y IMAGE");
  }

  private static void playBack(FileChannel image, Path undo) throws IOException {
    // nothing of a damaged file gets into the image
    read(undo, (position, bytes) -> {});
    ByteBuffer before =
        read(
            undo,
            (position, bytes) -> {
              ByteBuffer wanted = bytes;
              if (position <= SUPERBLOCK && position + bytes.limit() >= 2 * SUPERBLOCK) {
                // its mark stays until all else is on the disk
                int at = (int) (SUPERBLOCK - position);
                wanted.put(at, field(image, 0, SUPERBLOCK).array());
              }
              ByteBuffer there = ImageBytes.read(image, position, bytes.limit());
              if (!there.equals(wanted)) {
                put(image, wanted, position);
              }
            });
    image.force(false);
    put(image, before, SUPERBLOCK);
    image.force(false);
  }

  private static void put(FileChannel image, ByteBuffer bytes, long position) throws IOException {
    while (bytes.hasRemaining()) {
      image.write(bytes, position + bytes.position());
    }
  }

  /** Reads all of it, and its superblock. */
  private static ByteBuffer read(Path undo, MetadataBlocks.Visitor visitor) throws IOException {
    try (FileChannel channel =
            FileChannel.open(undo, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        InputStream raw = new BufferedInputStream(Channels.newInputStream(channel), 1 << 20)) {
      CheckedInputStream checked = new CheckedInputStream(raw, new CRC32());
      DataInputStream in = new DataInputStream(checked);
      byte[] superblock = new byte[SUPERBLOCK];
      if (in.readLong() != MAGIC) {
        throw damaged(undo);
      }
      in.readFully(superblock);
      for (int kind = in.readByte(); kind != END; kind = in.readByte()) {
        long position = in.readLong();
        int length = in.readInt();
        if (length < 0 || length > 1 << 24 || (kind != DATA && kind != ZEROS)) {
          throw damaged(undo);
        }
        byte[] bytes = new byte[length];
        if (kind == DATA) {
          in.readFully(bytes);
        }
        visitor.piece(position, ByteBuffer.wrap(bytes));
      }
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw damaged(undo);
      }
      return ByteBuffer.wrap(superblock);
    } catch (EOFException e) {
      throw damaged(undo);
    }
  }
}
