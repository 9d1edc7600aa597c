package org.condatainer.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.overlay.RegularFile;

/**
 * The file beside an image that holds its {@link Lease}: {@code env.img.lease}. Links are never
 * followed: an image may lie in a folder that others can write to.
 */
public final class LeaseFile {
  /** Far more than a lease has. */
  private static final int LIMIT = 8192;

  private static final int MOST_TRIES = 100;

  private LeaseFile() {}

  /** Where the lease of an image is, all links in the image's own path resolved. */
  public static Path of(Path image) throws IOException {
    Path real = image.toRealPath();
    return real.resolveSibling(real.getFileName() + ".lease");
  }

  /**
   * Reads the lease of an image.
   *
   * @return empty if there is none
   * @throws IOException if there is one that cannot be read, or that is none; the message says why
   */
  public static Optional<Lease> read(Path image) throws IOException {
    Path file = of(image);
    askServer(file.getParent());
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(file + " is no regular file");
      }
      try {
        Map<String, Object> before = ownership(file);
        String text = text(file);
        Map<String, Object> after = ownership(file);
        // A writer writes it again when his mount is done.
        if (before.equals(after)) {
          return Optional.of(believed(file, text, after));
        }
      } catch (NoSuchFileException e) {
        // it has just been removed, or another is there now
      }
    }
    throw new IOException(file + " is being replaced all the time");
  }

  /** What was a file a moment ago may be a pipe by now, at which one would wait for ever. */
  static String text(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LIMIT);
    try (FileChannel channel = RegularFile.open(file)) {
      // a pipe that somebody holds open opens at once, and is empty
      while (channel.size() > 0 && buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until it is full or the file has ended
      }
    }
    return UTF_8.decode(buffer.flip()).toString();
  }

  /**
   * A client of NFS that has once seen that a file is not there believes so for up to a minute; it
   * asks its server anew when the folder is opened (nfs(5), close-to-open).
   */
  static void askServer(Path folder) {
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(folder)) {
      requireNonNull(opened, "no folder was opened");
    } catch (IOException e) {
      // a folder that may not be listed: what it holds can be read all the same
    }
  }

  /**
   * In a folder that others can write to, anybody can leave a lease in anybody's name, and so let a
   * live holder appear to be gone.
   */
  private static Lease believed(Path file, String text, Map<String, Object> owned)
      throws IOException {
    Lease lease;
    try {
      lease = Lease.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage() + "; if it stays so, remove it", e);
    }
    String owner = String.valueOf(owned.get("owner"));
    if (!owned.get("uid").equals(0) && !owner.equals(lease.user())) {
      throw new IOException(
          file
              + " belongs to "
              + owner
              + " and speaks for "
              + lease.user()
              + ": it is not believed; if it is wrong, remove it");
    }
    return lease;
  }

  private static Map<String, Object> ownership(Path file) throws IOException {
    return Files.readAttributes(file, "unix:ino,uid,owner", LinkOption.NOFOLLOW_LINKS);
  }

  /** Writes a lease in one step, in the place of any that was there. */
  public static void write(Path image, Lease lease) throws IOException {
    Path unfinished = unfinished(image, lease);
    try {
      Files.move(unfinished, of(image), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Writes a lease where there is none, in one step: link(2) succeeds for one alone, of whatever
   * machine, on every shared file system that has hard links. On another the file is made and then
   * filled: who is killed between leaves one that is not understood.
   *
   * @return whether it is there now; false if there was one, or somebody else was first
   */
  static boolean claim(Path image, Lease lease) throws IOException {
    Path file = of(image);
    Path unfinished = unfinished(image, lease);
    try {
      Files.createLink(file, unfinished);
      return true;
    } catch (FileAlreadyExistsException e) {
      // On NFS a request that was repeated meets its own link.
      return ((Integer) Files.getAttribute(unfinished, "unix:nlink")) > 1;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return made(file, lease);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static boolean made(Path file, Lease lease) throws IOException {
    try {
      create(file, lease);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static Path unfinished(Path image, Lease lease) throws IOException {
    Path file = of(image);
    Path unfinished =
        file.resolveSibling(
            file.getFileName() + "." + lease.host() + "." + lease.pid() + "." + System.nanoTime());
    create(unfinished, lease);
    return unfinished;
  }

  private static void create(Path file, Lease lease) throws IOException {
    boolean written = false;
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
      try {
        ByteBuffer text = ByteBuffer.wrap(lease.text().getBytes(UTF_8));
        // a full disk takes a part first
        while (text.hasRemaining()) {
          channel.write(text);
        }
        written = true;
      } finally {
        if (!written) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /**
   * Removes a lease, if the file still holds that one.
   *
   * @return whether it was removed
   */
  public static boolean remove(Path image, Lease lease) throws IOException {
    Optional<Lease> found = read(image);
    // as it is written: a record's own comparison takes Java 12 ms the first time
    return found.isPresent()
        && found.get().text().equals(lease.text())
        && Files.deleteIfExists(of(image));
  }
}
