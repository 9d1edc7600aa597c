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
  private record Kept(Path file, FileChannel channel) {}

  private final Optional<Kept> kept;

  private ReleaseLock(Optional<Kept> kept) {
    this.kept = kept;
  }

  /** For a folder in which no file can be made. */
  static ReleaseLock none() {
    return new ReleaseLock(Optional.empty());
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
      boolean taken = false;
      try {
        Object opened = key(file);
        FileLock lock = channel.tryLock();
        if (lock == null) {
          return Optional.empty();
        }
        // A release that has just ended has removed the file that was opened.
        taken = opened != null && Objects.equals(opened, key(file));
        if (taken) {
          return Optional.of(new ReleaseLock(Optional.of(new Kept(file, channel))));
        }
      } catch (OverlappingFileLockException e) {
        return Optional.empty();
      } finally {
        if (!taken) {
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
    if (kept.isPresent()) {
      Files.deleteIfExists(kept.get().file());
      kept.get().channel().close();
    }
  }
}
