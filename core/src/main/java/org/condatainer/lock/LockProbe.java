package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.lock.ImageLock.Place;

/**
 * Looks at the lock on an image without disturbing anybody: first in the kernel's list, and only if
 * that shows nothing by a shared lock that is given back at once.
 *
 * <p>The list comes first for another reason too: opening and closing the file would drop a lock
 * that this very process holds on it, and such a lock is in the list.
 *
 * <p>On a network file system whose server does not answer, opening or locking a file may take as
 * long as that lasts.
 */
public final class LockProbe {
  private static final Path KERNEL_LIST = Path.of("/proc/locks");

  private LockProbe() {}

  /** The state of the lock on an image. Never throws for what it meets; it says so instead. */
  public static ImageLock probe(Path image) {
    LockedFile file;
    try {
      file = LockedFile.of(image);
    } catch (NoSuchFileException e) {
      return ImageLock.unknown("there is no such file");
    } catch (IOException e) {
      return ImageLock.unknown(e.toString());
    }
    Optional<List<KernelLock>> listed = kernelLocks(file);
    List<KernelLock> locks = listed.orElse(List.of());
    Optional<LockMode> here = strongest(locks);
    if (here.isPresent()) {
      return ImageLock.held(here.get(), Place.HERE);
    }
    if (!Files.isRegularFile(file.path())) {
      return ImageLock.unknown("it is not a regular file");
    }
    // flock locks count where the file system turns them into the other kind, as NFS does
    boolean elsewhere = listed.isPresent() && locks.isEmpty();
    return sharedLock(file.path(), elsewhere ? Place.ELSEWHERE : Place.HERE);
  }

  /**
   * Whether nobody holds an image for writing, asked by a shared lock alone. That saves the
   * kernel's list, which takes the kernel 10 ms to lock the first time. Not for a process that
   * itself holds a lock on the image: this would drop it.
   */
  static boolean isFreeToRead(Path image) {
    return Files.isRegularFile(image)
        && sharedLock(image, Place.HERE).state() == ImageLock.State.FREE;
  }

  /** The kernel's locks on a file, as this host lists them; empty if the list cannot be read. */
  static Optional<List<KernelLock>> kernelLocks(LockedFile file) {
    String text;
    try {
      text = new String(Files.readAllBytes(KERNEL_LIST), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return Optional.empty();
    }
    List<KernelLock> found = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      Optional<KernelLock> lock = KernelLock.parse(line);
      if (lock.isPresent() && file.isLockedBy(lock.get())) {
        found.add(lock.get());
      }
    }
    return Optional.of(found);
  }

  private static Optional<LockMode> strongest(List<KernelLock> locks) {
    Optional<LockMode> mode = Optional.empty();
    for (KernelLock lock : locks) {
      if (lock.excludesContainers()) {
        if (lock.mode() == LockMode.WRITE) {
          return Optional.of(LockMode.WRITE);
        }
        mode = Optional.of(LockMode.READ);
      }
    }
    return mode;
  }

  private static ImageLock sharedLock(Path file, Place placeIfHeld) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null ? ImageLock.held(LockMode.WRITE, placeIfHeld) : ImageLock.free();
    } catch (OverlappingFileLockException e) {
      return ImageLock.held(LockMode.WRITE, Place.HERE);
    } catch (IOException e) {
      return ImageLock.unknown(e.toString());
    }
  }
}
