package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.condatainer.overlay.OpenFiles;

/**
 * The image's lock in our own hand, for as long as a maintenance operation works on it: containers
 * are refused meanwhile, on this host and wherever the file system carries locks.
 *
 * <p>It is a POSIX record lock of this process (fcntl(2)), with the traps of these:
 *
 * <ul>
 *   <li>Closing <em>any other</em> channel or stream of the same file in this process drops it, and
 *       {@link #held} still says true. Whoever holds it reads the image through {@link #channel}.
 *   <li>Children do not inherit it. Programs that take no lock (e2fsck, resize2fs, debugfs) may be
 *       run while it is held; a container of our own would be refused.
 *   <li>It ends with this process, however that ends.
 * </ul>
 */
public final class ExclusiveLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private ExclusiveLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock if nobody has it. Not for looking: a container that starts at this moment is
   * refused; see {@link LockProbe}.
   *
   * <p>A lock in the kernel's list is found without opening the file, and what this process has
   * open is not opened once more: closing it again would drop a lock of its own.
   *
   * @return empty if somebody holds the lock, in this process too
   * @throws IOException if the file cannot be opened for writing, or its file system has no locks
   */
  public static Optional<ExclusiveLock> tryAcquire(Path image) throws IOException {
    LockedFile file = LockedFile.of(image);
    for (KernelLock listed : KernelList.read().on(file)) {
      if (listed.excludesContainers()) {
        return Optional.empty();
      }
    }
    if (OpenFiles.now().contain(file.path())) {
      return Optional.empty();
    }
    FileChannel channel =
        FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, false);
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? Optional.empty() : Optional.of(new ExclusiveLock(channel, lock));
  }

  /** The open image, for everything that this process wants of it while it holds the lock. */
  public FileChannel channel() {
    return channel;
  }

  /** Whether it was not given back; says nothing of a lock that the kernel has dropped. */
  public boolean held() {
    return lock.isValid();
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
