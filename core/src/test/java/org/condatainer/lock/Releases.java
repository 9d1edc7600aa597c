package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that takes the release lock of an image again and again, and counts how often it was
 * not alone with it. Its arguments: the image, and how often.
 */
final class Releases {
  private Releases() {}

  public static void main(String[] arguments) throws IOException {
    Path image = Path.of(arguments[0]);
    Path marker = image.resolveSibling("inside");
    int left = Integer.parseInt(arguments[1]);
    int met = 0;
    while (left > 0) {
      Optional<ReleaseLock> lock = ReleaseLock.tryAcquire(image, true);
      if (lock.isPresent()) {
        try (ReleaseLock held = lock.get()) {
          met += held.isKept() && isAlone(marker) ? 0 : 1;
        }
        left--;
      }
    }
    System.out.println("met " + met);
  }

  private static boolean isAlone(Path marker) throws IOException {
    try {
      Files.createFile(marker);
      Files.readAllBytes(Path.of("/proc/locks")); // others come in meanwhile
      Files.delete(marker);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
