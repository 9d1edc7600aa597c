package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.StringTokenizer;
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
    Path real = image.toRealPath();
    long device = (Long) Files.getAttribute(real, "unix:dev");
    long inode = (Long) Files.getAttribute(real, "unix:ino");
    FileNumber byStat = new FileNumber(major(device), minor(device), inode);
    return new LockedFile(real, byStat, mountOf(real, inode).orElse(byStat));
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

  private static Optional<FileNumber> mountOf(Path real, long inode) {
    String text;
    try {
      text =
          new String(Files.readAllBytes(Path.of("/proc/self/mountinfo")), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return Optional.empty();
    }
    Path longest = null;
    String device = "";
    for (String line : text.split("\n", -1)) {
      StringTokenizer words = new StringTokenizer(line);
      if (words.countTokens() < 5) {
        continue;
      }
      words.nextToken();
      words.nextToken();
      String number = words.nextToken();
      words.nextToken();
      Path point = Path.of(unescaped(words.nextToken()));
      // of two mounts on one place, the later covers the earlier
      if (real.startsWith(point)
          && (longest == null || point.getNameCount() >= longest.getNameCount())) {
        longest = point;
        device = number;
      }
    }
    int colon = device.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new FileNumber(
            Long.parseLong(device.substring(0, colon)),
            Long.parseLong(device.substring(colon + 1)),
            inode));
  }

  static String unescaped(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
