package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A loop device that is in use.
 *
 * @param device its file
 * @param backing the file behind it, as the kernel names it; it may be out of reach from here, or
 *     another name of a file
 * @param bytes its size
 */
record LoopDevice(Path device, Path backing, long bytes) {
  private static final Path BLOCK_DEVICES = Path.of("/sys/block");
  private static final long SECTOR = 512;

  static List<LoopDevice> all() {
    List<LoopDevice> found = new ArrayList<>();
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(BLOCK_DEVICES, "loop*")) {
      for (Path device : devices) {
        String backing =
            new ProcessFolder(device.resolve("loop")).text("backing_file").stripTrailing();
        if (!backing.isEmpty()) {
          String size = new ProcessFolder(device).text("size").strip();
          found.add(
              new LoopDevice(
                  Path.of("/dev").resolve(device.getFileName()),
                  Path.of(backing),
                  size.isEmpty() ? 0 : Long.parseLong(size) * SECTOR));
        }
      }
    } catch (IOException e) {
      return found;
    }
    return found;
  }

  /** Those that have a file open, by its path without links. */
  static List<Path> of(Path real, List<LoopDevice> all) {
    List<Path> found = new ArrayList<>();
    for (LoopDevice loop : all) {
      if (loop.isOf(real)) {
        found.add(loop.device());
      }
    }
    return found;
  }

  /**
   * A hard link and a bind mount are other names of the file. Only a device of the file's own size
   * is looked at so closely: other files may lie where nothing answers.
   */
  private boolean isOf(Path real) {
    if (backing.equals(real)) {
      return true;
    }
    try {
      long size = Files.size(real);
      return bytes == size - size % SECTOR
          && Files.exists(backing)
          && Files.isSameFile(backing, real);
    } catch (IOException e) {
      return false;
    }
  }
}
