package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  private LockProbe() {}

  /** The state of the lock on an image. Never throws for what it meets; it says so instead. */
  public static ImageLock probe(Path image) {
    return probe(image, KernelList.read());
  }

  /** The same by a list that is at hand. */
  static ImageLock probe(Path image, KernelList list) {
    try {
      return probeAndPlace(LockedFile.of(image), list);
    } catch (IOException e) {
      return ImageLock.unknown(Patience.words(e));
    }
  }

  /** The same of a file that was looked up. */
  static ImageLock probeAndPlace(LockedFile file, KernelList list) {
    ImageLock lock = probe(file, list);
    return lock.place() == Place.ELSEWHERE ? placed(lock, file, KernelList.read()) : lock;
  }

  /** The same of a file; a lock that is {@code ELSEWHERE} is to be {@link #placed}. */
  static ImageLock probe(LockedFile file, KernelList list) {
    Optional<LockMode> here = list.mode(file);
    if (here.isPresent()) {
      return ImageLock.held(here.get(), Place.HERE);
    }
    if (!Files.isRegularFile(file.path())) {
      return ImageLock.unknown("it is not a regular file");
    }
    // flock locks count where the file system turns them into the other kind, as NFS does
    boolean elsewhere = list.isKnown() && list.on(file).isEmpty();
    return sharedLock(file.path(), elsewhere ? Place.ELSEWHERE : Place.HERE);
  }

  /** A lock that refused us, by a list that was read after it: it may have been taken meanwhile. */
  static ImageLock placed(ImageLock lock, LockedFile file, KernelList later) {
    if (lock.place() != Place.ELSEWHERE) {
      return lock;
    }
    if (!later.isKnown()) {
      return ImageLock.held(LockMode.WRITE, Place.HERE);
    }
    return later.mode(file).map(mode -> ImageLock.held(mode, Place.HERE)).orElse(lock);
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

  private static ImageLock sharedLock(Path file, Place placeIfHeld) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null ? ImageLock.held(LockMode.WRITE, placeIfHeld) : ImageLock.free();
    } catch (OverlappingFileLockException e) {
      return ImageLock.held(LockMode.WRITE, Place.HERE);
    } catch (IOException e) {
      return ImageLock.unknown(Patience.words(e));
    }
  }
}
