package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.condatainer.lock.KernelLock.FileNumber;

/**
 * An image as the kernel's lists name it.
 *
 * @param path with all links resolved
 * @param byStat its number by stat(2)
 * @param byMount its number with the device of its mount, which differs on btrfs and overlayfs:
 *     there stat tells the device of a subvolume or layer, and {@code /proc/locks} that of the
 *     mount
 */
record LockedFile(Path path, FileNumber byStat, FileNumber byMount) {
  /**
   * @throws IOException if there is no such file
   */
  static LockedFile of(Path image) throws IOException {
    return of(image, MountPoints.read());
  }

  static LockedFile of(Path image, MountPoints mounts) throws IOException {
    Path real = image.toRealPath();
    long device = (Long) Files.getAttribute(real, "unix:dev");
    long inode = (Long) Files.getAttribute(real, "unix:ino");
    FileNumber byStat = new FileNumber(major(device), minor(device), inode);
    Optional<MountPoints.MountPoint> point = mounts.of(real);
    FileNumber byMount =
        point.isPresent()
            ? new FileNumber(point.get().major(), point.get().minor(), inode)
            : byStat;
    return new LockedFile(real, byStat, byMount);
  }

  boolean isLockedBy(KernelLock lock) {
    return lock.file().is(byStat) || lock.file().is(byMount);
  }

  /** The major number in a device number of the C library (gnu_dev_major in sys/sysmacros.h). */
  static long major(long device) {
    return ((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L);
  }

  /** The minor number in a device number of the C library (gnu_dev_minor in sys/sysmacros.h). */
  static long minor(long device) {
    return (device & 0xff) | ((device >>> 12) & 0xffffff00L);
  }
}
