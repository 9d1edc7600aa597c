package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.Superblock;

/**
 * What the image's file tells.
 *
 * @param superblock what its file system says of itself, empty if it is no ext file system
 * @param modified when the file was last written to
 * @param mount the file system that it lies on
 */
public record ImageFile(Optional<Superblock> superblock, Instant modified, ImageMount mount) {
  public ImageFile {
    requireNonNull(superblock, "superblock is null");
    requireNonNull(modified, "modified is null");
    requireNonNull(mount, "mount is null");
  }

  static ImageFile read(Path image, MountPoints mounts) throws IOException {
    Path real = image.toRealPath();
    Optional<Superblock> superblock = Optional.empty();
    try {
      superblock = Optional.of(Superblock.read(real));
    } catch (OverlayException e) {
      // a squashfs, say: nobody writes to it
    }
    return new ImageFile(
        superblock, Files.getLastModifiedTime(real).toInstant(), ImageMount.of(real, mounts));
  }
}
