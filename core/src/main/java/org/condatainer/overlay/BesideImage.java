package org.condatainer.overlay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.condatainer.trust.Ownership;

/**
 * A small file beside an image that speaks for it. In a folder where others can write, anybody can
 * lay one there; it counts only if those who could have written it could have written the image, or
 * are trusted anyway: root and this user.
 */
final class BesideImage {
  /** Far more than variables need. */
  static final int LIMIT = 1 << 20;

  private static final int MOST_TRIES = 100;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private BesideImage() {}

  /**
   * Its bytes.
   *
   * @param image all links in its path resolved
   * @return empty if there is no such file
   * @throws IOException if it cannot be read, or is not believed; the message says why and what to
   *     do
   */
  static Optional<byte[]> read(Path file, Path image) throws IOException {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      try {
        regular(file, Ownership.of(file, LinkOption.NOFOLLOW_LINKS));
        Optional<byte[]> bytes = opened(file, image);
        if (bytes.isPresent()) {
          return bytes;
        }
      } catch (NoSuchFileException e) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          return Optional.empty();
        }
      }
    }
    throw refused(file, "is being replaced all the time");
  }

  /**
   * What is open under this name is judged and read, whatever lies there by then.
   *
   * @return empty if it was renamed or removed since it was opened
   */
  private static Optional<byte[]> opened(Path file, Path image) throws IOException {
    try (FileChannel channel = RegularFile.open(file)) {
      Optional<Path> descriptor = descriptor(file);
      if (descriptor.isEmpty() || !channel.isOpen()) {
        return Optional.empty();
      }
      Ownership owned = Ownership.of(descriptor.get());
      regular(file, owned);
      judge(file, owned, image, Ownership.of(image), Ownership.ofThisProcess());
      try (InputStream in = Files.newInputStream(descriptor.get())) {
        byte[] bytes = in.readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
          throw refused(file, "is larger than 1 MiB; it is for variables, a line each");
        }
        return Optional.of(bytes);
      }
    }
  }

  /** Java tells no number of a channel, and asks of open files by their names alone. */
  private static Optional<Path> descriptor(Path file) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path one : all) {
        if (Files.isSymbolicLink(one) && Files.readSymbolicLink(one).equals(file)) {
          return Optional.of(one);
        }
      }
    }
    return Optional.empty();
  }

  private static void regular(Path file, Ownership owned) throws IOException {
    if (!owned.isRegular()) {
      throw refused(file, "is no regular file, but a link, a pipe or the like; remove it");
    }
  }

  /**
   * Whether a file is believed.
   *
   * @throws FileSystemException if not
   */
  static void judge(Path file, Ownership owned, Path image, Ownership imageOwned, long self)
      throws IOException {
    if (owned.uid() != 0 && owned.uid() != self && owned.uid() != imageOwned.uid()) {
      throw refused(
          file,
          "belongs to "
              + Ownership.nameOfOwner(file, LinkOption.NOFOLLOW_LINKS)
              + ", and the image to "
              + Ownership.nameOfOwner(image)
              + ": it is not believed, since it sets variables for programs that run as you"
              + "; read it, then remove it or put a copy of your own in its place");
    }
    if (owned.othersWrite()) {
      throw refused(
          file, "can be written by everybody, so it is not believed; read it, then: chmod go-w");
    }
    // A lab's images lie in folders of its group, made with umask 002: who writes the image
    // decides what runs anyway.
    boolean imagesGroup = imageOwned.groupWrites() && imageOwned.gid() == owned.gid();
    if (owned.groupWrites() && !imagesGroup) {
      throw refused(
          file,
          "can be written by the group "
              + Ownership.nameOfGroup(file, LinkOption.NOFOLLOW_LINKS)
              + ", which the image cannot, so it is not believed; read it, then: chmod g-w");
    }
  }

  private static IOException refused(Path file, String why) {
    return new FileSystemException(file.toString(), null, why);
  }
}
