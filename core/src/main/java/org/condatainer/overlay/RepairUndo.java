package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.process.SystemWords;

/**
 * What e2fsck(8) may overwrite in an image, kept in a file beside it for as long as it works:
 * killed while it sorts a folder anew, it loses names, and its own undo file (-z) is not complete
 * before its end. The image's superblock names the file by its digest, which only somebody who may
 * write the image can put there; who next works on the image plays it back, and the image is as it
 * was before the repair.
 *
 * <p>It is played back only into what the repair left: not once e2fsck has come to its end, or the
 * image was mounted. Both count in the superblock.
 */
final class RepairUndo {
  /** How the last mount point of an image begins that is being repaired. */
  static final String MARK = "condatainer-repair-";

  private static final int SUPERBLOCK = 1024;
  private static final int STATE = 58;
  private static final int LAST_MOUNT_POINT = 136;
  private static final int MARK_LENGTH = 64;

  private final FileChannel image;
  private final Path path;
  private final Path file;
  private final String digest;
  private final ByteBuffer before;

  private RepairUndo(FileChannel image, Path path, Path file, String digest, ByteBuffer before) {
    this.image = image;
    this.path = path;
    this.file = file;
    this.digest = digest;
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
    String digest;
    Path file;
    try (UnfinishedImage unfinished = UnfinishedImage.in(path.getParent(), 1)) {
      try (FileChannel out = unfinished.open()) {
        digest = UndoFile.write(image, superblock, before, out);
      }
      readableAs(path, unfinished.path());
      file = new UndoFolder(image, path).file(digest);
      unfinished.publish(file);
    } catch (AccessDeniedException e) {
      throw notKept(
          path,
          "you may not write in the folder " + path.getParent(),
          "let somebody check it who may, or repair a copy elsewhere: cp --sparse=always",
          e);
    } catch (IOException e) {
      throw noRoom(path, SystemWords.why(e), e);
    }
    byte[] mark = Arrays.copyOf((MARK + digest).getBytes(StandardCharsets.UTF_8), MARK_LENGTH);
    ByteBuffer marked = ByteBuffer.allocate(SUPERBLOCK).order(ByteOrder.LITTLE_ENDIAN);
    marked.put(before.duplicate().rewind()).put(LAST_MOUNT_POINT, mark);
    // not valid, with errors: nobody takes it for sound before e2fsck has said so
    marked.putShort(STATE, (short) ((before.getShort(STATE) & ~1) | 2));
    put(image, marked.rewind(), SUPERBLOCK);
    image.force(false);
    return Optional.of(new RepairUndo(image, path, file, digest, before));
  }

  private static OverlayException noRoom(Path path, String why, IOException cause) {
    return notKept(
        path,
        why,
        "make room in " + path.getParent() + ", or repair a copy elsewhere: cp --sparse=always",
        cause);
  }

  private static OverlayException notKept(Path path, String why, String next, IOException cause) {
    return new OverlayException(
        OverlayException.Kind.FAILED,
        path
            + " was not repaired: what would take a repair back that is cut short, some MiB, could"
            + " not be written beside it: "
            + why
            + "\n  "
            + next,
        cause);
  }

  /** Who may read the image may play it back, and nobody else sees the names in it. */
  private static void readableAs(Path image, Path file) {
    Set<PosixFilePermission> wanted = EnumSet.of(PosixFilePermission.OWNER_READ);
    try {
      wanted.addAll(Files.getPosixFilePermissions(image));
      wanted.removeAll(
          EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
      Files.setAttribute(file, "unix:gid", Files.getAttribute(image, "unix:gid"));
    } catch (UnsupportedOperationException | IOException e) {
      wanted.remove(PosixFilePermission.GROUP_READ);
    }
    try {
      Files.setPosixFilePermissions(file, wanted);
      // root repairs the image of somebody who has to be able to go on
      Files.setAttribute(file, "unix:uid", Files.getAttribute(image, "unix:uid"));
    } catch (UnsupportedOperationException | IOException e) {
      // then it is for its maker
    }
  }

  /** The repair has come to its end: its mark is taken away, and then the file. */
  void finished() throws IOException {
    finish(image, before);
    UndoFolder.remove(file);
  }

  private static void finish(FileChannel image, ByteBuffer before) throws IOException {
    ByteBuffer field = before.duplicate();
    put(image, field.position(LAST_MOUNT_POINT).limit(LAST_MOUNT_POINT + MARK_LENGTH), SUPERBLOCK);
    image.force(false);
  }

  /** The repair failed: the image becomes what it was. */
  void takeBack() throws IOException {
    UndoFolder folder = new UndoFolder(image, path);
    Optional<UndoFile> undo = UndoFile.open(file, digest, folder.longest());
    if (undo.isEmpty()) {
      throw folder.damaged(List.of(file));
    }
    try (UndoFile open = undo.get()) {
      playBack(image, open);
    }
    UndoFolder.remove(file);
  }

  /**
   * Takes back a repair that was cut short, and removes what one that was killed near its end has
   * left.
   *
   * @param image the open image, whose lock the caller holds
   * @param path its path without links
   * @param without whether to go on when the file is gone from which it would be taken back, or is
   *     no longer what it was
   * @return whether one was taken back
   * @throws OverlayException if the file is gone, damaged, or cannot be read
   */
  static boolean settle(FileChannel image, Path path, boolean without) throws IOException {
    Superblock now = Superblock.read(image, path);
    String mark = now.lastMountPoint();
    String digest = mark.startsWith(MARK) ? mark.substring(MARK.length()) : "";
    UndoFolder folder = new UndoFolder(image, path);
    folder.removeLeftovers(digest);
    if (digest.isEmpty()) {
      return false;
    }
    // a repair that has come to its end needs it no more
    Optional<UndoFolder.Found> found = folder.find(digest, without || (now.state() & 1) != 0);
    if (found.isEmpty()) {
      finish(image, ByteBuffer.allocate(SUPERBLOCK));
      return false;
    }
    boolean cutShort;
    try (UndoFile undo = found.get().undo()) {
      ByteBuffer before = undo.before();
      cutShort =
          (now.state() & 1) == 0
              && field(image, 52, 2).equals(before.slice(52, 2))
              && field(image, 64, 4).equals(before.slice(64, 4));
      if (cutShort) {
        playBack(image, undo);
      } else {
        finish(image, before);
      }
    }
    folder.removeUsed(found.get().file());
    return cutShort;
  }

  /**
   * Two fields that e2fsck changes at its end, and a mount: the count of mounts, the last check.
   */
  private static ByteBuffer field(FileChannel image, int at, int length) throws IOException {
    return ImageBytes.read(image, SUPERBLOCK + at, length);
  }

  private static void playBack(FileChannel image, UndoFile undo) throws IOException {
    long end = image.size();
    undo.forEach(
        (position, bytes) -> {
          // what was behind the end of a file that had been cut off was read as zeros
          ByteBuffer wanted =
              bytes.limit((int) Math.max(0, Math.min(bytes.limit(), end - position)));
          if (position <= SUPERBLOCK && position + wanted.limit() >= 2 * SUPERBLOCK) {
            // its mark stays until all else is on the disk
            int at = (int) (SUPERBLOCK - position);
            wanted.put(at, field(image, 0, SUPERBLOCK).array());
          }
          ByteBuffer there = ImageBytes.read(image, position, wanted.limit());
          if (!there.equals(wanted)) {
            put(image, wanted, position);
          }
        });
    image.force(false);
    put(image, undo.before(), SUPERBLOCK);
    image.force(false);
  }

  private static void put(FileChannel image, ByteBuffer bytes, long position) throws IOException {
    while (bytes.hasRemaining()) {
      image.write(bytes, position + bytes.position());
    }
  }
}
