package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.OverlayKind;
import org.condatainer.overlay.Superblock;

/**
 * What the image's file tells.
 *
 * @param superblock what its file system says of itself, empty if it is no ext file system
 * @param modified when the file was last written to
 * @param mount the file system that it lies on
 * @param overlay whether it is an ext or a squashfs image at all; a container mounts nothing else
 */
public record ImageFile(
    Optional<Superblock> superblock, Instant modified, ImageMount mount, boolean overlay) {
  public ImageFile {
    requireNonNull(superblock, "superblock is null");
    requireNonNull(modified, "modified is null");
    requireNonNull(mount, "mount is null");
  }

  /** The file of an overlay. */
  public ImageFile(Optional<Superblock> superblock, Instant modified, ImageMount mount) {
    this(superblock, modified, mount, true);
  }

  /** The same on this mount. */
  ImageFile on(ImageMount another) {
    return new ImageFile(superblock, modified, another, overlay);
  }

  static ImageFile read(Path image, MountPoints mounts, SharedLocks declared) throws IOException {
    Path real = image.toRealPath();
    if (!Files.isRegularFile(real)) {
      // a pipe would not open
      throw new IOException(real + " is no regular file");
    }
    Optional<Superblock> superblock = Optional.empty();
    boolean overlay = true;
    try {
      superblock = Optional.of(Superblock.read(real));
    } catch (OverlayException e) {
      // a squashfs, say: nobody writes to it
      try (FileChannel file = FileChannel.open(real, StandardOpenOption.READ)) {
        overlay = OverlayKind.of(file).equals(Optional.of(OverlayKind.SQUASHFS));
      }
    }
    return new ImageFile(
        superblock,
        Files.getLastModifiedTime(real).toInstant(),
        ImageMount.of(real, mounts, declared),
        overlay);
  }
}
