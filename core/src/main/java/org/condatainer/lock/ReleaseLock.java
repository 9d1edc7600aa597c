package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps two releases of one image apart, on all machines that see each other's locks: a locked file
 * {@code env.img.release}. When a release is killed the kernel drops the lock, and the next one
 * takes over the file.
 */
final class ReleaseLock implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private ReleaseLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @return empty if another release works on the image
   * @throws IOException if the file cannot be made, or is a link
   */
  static Optional<ReleaseLock> tryAcquire(Path image) throws IOException {
    Path real = image.toRealPath();
    Path file = real.resolveSibling(real.getFileName() + ".release");
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
      boolean kept = false;
      try {
        Object opened = key(file);
        FileLock lock = channel.tryLock();
        if (lock == null) {
          return Optional.empty();
        }
        // A release that has just ended has removed the file that was opened.
        kept = opened != null && Objects.equals(opened, key(file));
        if (kept) {
          return Optional.of(new ReleaseLock(file, channel));
        }
      } catch (OverlappingFileLockException e) {
        return Optional.empty();
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  private static Object key(Path file) throws IOException {
    try {
      return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }
}
