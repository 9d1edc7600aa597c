package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A mount of an image that nobody sees by its lock: {@code mount -o loop} and a fuse2fs that was
 * called by hand take none. A program that changes the image below such a mount destroys it.
 *
 * @param by who serves the mount, in words
 * @param next how to end it
 */
public record UnlockedMount(String by, String next) {
  private static final String FUSE2FS = "fuse2fs";

  /** An unmounted loop device needs a moment, and more on a machine that is busy. */
  private static final Duration TAKEN_DOWN = Duration.ofSeconds(5);

  /**
   * Looks for one on this host, among this user's processes and the kernel's loop devices. To be
   * asked by who has the image's lock: no container has it then that excludes him.
   *
   * @param writableOnly leaves out mounts that only read
   */
  public static Optional<UnlockedMount> find(Path image, boolean writableOnly) throws IOException {
    Path real = image.toRealPath();
    Optional<UnlockedMount> loop = byLoopDevice(real, writableOnly);
    return loop.isPresent() ? loop : byFuse2fs(LockedFile.of(real), writableOnly);
  }

  private static Optional<UnlockedMount> byLoopDevice(Path image, boolean writableOnly) {
    long end = System.nanoTime() + TAKEN_DOWN.toNanos();
    while (true) {
      Optional<Path> device = Optional.empty();
      for (Path found : LoopDevice.of(image, LoopDevice.all())) {
        if (!writableOnly || !isReadOnly(found)) {
          device = Optional.of(found);
        }
      }
      if (device.isEmpty()) {
        return Optional.empty();
      }
      String mounts = new ProcessFolder(Path.of("/proc/self")).text("mountinfo");
      boolean mounted = mounts.contains(" " + device.get() + " ");
      if (mounted || System.nanoTime() > end) {
        return Optional.of(
            new UnlockedMount(
                "the loop device " + device.get(),
                mounted ? "unmount it: umount " + device.get() : "see losetup -l"));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        end = System.nanoTime();
      }
    }
  }

  private static boolean isReadOnly(Path device) {
    Path folder = Path.of("/sys/block").resolve(device.getFileName());
    return new ProcessFolder(folder).text("ro").strip().equals("1");
  }

  private static Optional<UnlockedMount> byFuse2fs(LockedFile image, boolean writableOnly)
      throws IOException {
    for (Path process : KernelLocks.processes()) {
      ProcessFolder folder = new ProcessFolder(process);
      if (folder.program().equals(FUSE2FS) && serves(process, image, writableOnly)) {
        return Optional.of(
            new UnlockedMount(
                "fuse2fs, process " + process.getFileName(),
                "unmount it: fusermount -u FOLDER, or kill -TERM " + process.getFileName()));
      }
    }
    return Optional.empty();
  }

  /** Whether a process has the image open, and no lock on it. */
  private static boolean serves(Path process, LockedFile image, boolean writableOnly) {
    boolean open = false;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (!Files.exists(file) || !Files.isSameFile(file, image.path())) {
          continue;
        }
        Path about = process.resolve("fdinfo").resolve(file.getFileName());
        String text = new String(Files.readAllBytes(about), StandardCharsets.UTF_8);
        if (text.contains("lock:")) {
          return false;
        }
        open |= !writableOnly || isWritable(text);
      }
    } catch (IOException e) {
      // it has just ended, or is somebody else's
      return false;
    }
    return open;
  }

  /** The last octal digit of the flags is the access mode (proc(5), open(2)). */
  private static boolean isWritable(String about) {
    for (String line : List.of(about.split("\n", -1))) {
      if (line.startsWith("flags:")) {
        return (line.charAt(line.length() - 1) - '0' & 3) != 0;
      }
    }
    return true;
  }
}
