package org.condatainer.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What an image says of itself, read without a mount.
 *
 * @param image its name
 * @param kind what it is
 * @param fileBytes the length of its file
 * @param superblock of an ext image; empty for a squashfs
 * @param readable whether the files of an ext image can be read here: it is not cut off, and of a
 *     form that is known; false for a squashfs
 * @param upper the owner of {@code /upper}, where an overlay keeps its files; empty if it has none
 * @param environment the Conda environment in it; empty if it has none, or cannot be read here
 */
public record OverlayInfo(
    Path image,
    OverlayKind kind,
    long fileBytes,
    Optional<Superblock> superblock,
    boolean readable,
    Optional<Owner> upper,
    Optional<CondaEnvironment> environment) {

  /**
   * Reads it. Closing the file drops every lock that this process holds on it.
   *
   * @throws OverlayException if it is no image of an overlay
   * @throws IOException if it cannot be read
   */
  public static OverlayInfo read(Path image) throws IOException {
    return read(image, false);
  }

  /**
   * As {@link #read}, but of the packages only what is quickly read: their addresses and checksums
   * may be empty.
   */
  public static OverlayInfo glance(Path image) throws IOException {
    return read(image, true);
  }

  private static OverlayInfo read(Path image, boolean glance) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      Optional<OverlayKind> kind = OverlayKind.of(channel);
      if (kind.isEmpty()) {
        throw new OverlayException(
            OverlayException.Kind.UNUSABLE,
            image
                + " is neither an ext3 nor a squashfs image"
                + "\n  a compressed one is unpacked first: condatainer overlay unpack");
      }
      if (kind.get() == OverlayKind.SQUASHFS) {
        return new OverlayInfo(
            image,
            kind.get(),
            channel.size(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty());
      }
      Superblock superblock = Superblock.read(channel, image);
      ExtFileSystem files = new ExtFileSystem(channel, superblock);
      boolean readable = files.readable();
      return new OverlayInfo(
          image,
          kind.get(),
          channel.size(),
          Optional.of(superblock),
          readable,
          readable ? files.folderOwner("upper") : Optional.empty(),
          readable ? environment(files, glance) : Optional.empty());
    }
  }

  private static Optional<CondaEnvironment> environment(ExtFileSystem files, boolean glance)
      throws IOException {
    return glance ? CondaEnvironment.glance(files) : CondaEnvironment.read(files);
  }
}
