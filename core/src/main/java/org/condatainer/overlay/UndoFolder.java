package org.condatainer.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.SystemWords;

/**
 * What lies beside an image to take repairs back: this image's, other images', and whatever
 * somebody else has put there under such a name.
 *
 * @param image the open image, whose lock the caller holds
 * @param path its path without links
 */
record UndoFolder(FileChannel image, Path path) {
  private static final String PREFIX = ".condatainer-undo-";

  /** One that is open, and where. */
  record Found(Path file, UndoFile undo) {}

  /** Where this image's is with this digest. */
  Path file(String digest) throws IOException {
    return path.resolveSibling(PREFIX + inode(path) + "-" + digest);
  }

  /**
   * Finds the file with the digest that the image names. Somebody may have put others beside it,
   * under the same name but for the number of the inode.
   *
   * @param without whether to do without if there is none
   * @throws OverlayException if the only ones are others, or cannot be read
   */
  Optional<Found> find(String digest, boolean without) throws IOException {
    List<Path> others = new ArrayList<>();
    Optional<IOException> unreadable = Optional.empty();
    for (Path file : files()) {
      if (digest.length() != UndoFile.DIGEST_LETTERS
          || !file.getFileName().toString().endsWith("-" + digest)) {
        continue;
      }
      try {
        Optional<UndoFile> undo = UndoFile.open(file, digest, longest());
        if (undo.isPresent()) {
          return Optional.of(new Found(file, undo.get()));
        }
        others.add(file);
      } catch (IOException e) {
        unreadable = Optional.of(e);
      }
    }
    if (unreadable.isPresent()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          path
              + ": a repair was cut short, and what takes it back cannot be read: "
              + SystemWords.of(unreadable.get())
              + "\n  let its owner check the image: condatainer overlay check IMAGE",
          unreadable.get());
    }
    if (without) {
      return Optional.empty();
    }
    if (!others.isEmpty()) {
      throw damaged(others);
    }
    throw new OverlayException(
        OverlayException.Kind.UNUSABLE,
        path
            + ": a repair was cut short, and what takes it back is not beside the image: "
            + PREFIX
            + "…-"
            + digest
            + "\n  put it there, or repair what is left: condatainer overlay check -y IMAGE");
  }

  OverlayException damaged(List<Path> files) {
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(text.length() == 0 ? "" : ", ").append(file);
    }
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        path
            + ": a repair was cut short, and "
            + text
            + " is not what was written to take it back: it is damaged, or somebody else made it\n"
            + "  put the right one there, or repair what is left: condatainer overlay check -y"
            + " IMAGE");
  }

  /** No file of this kind is longer; each block is in it twice at most. */
  long longest() throws IOException {
    return 2 * image.size() + (1 << 20);
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    OpenFiles open = OpenFiles.now();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(path.getParent(), PREFIX + "*")) {
      for (Path file : found) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !open.contain(file)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  /**
   * Removes what was written for this image and never named in it, or no more. A number of an inode
   * means something on one file system only, so the file has to know the image too.
   */
  void removeLeftovers(String digest) throws IOException {
    String own = PREFIX + inode(path) + "-";
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.startsWith(own)
          && !name.equals(own + digest)
          && UndoFile.uuid(file)
              .equals(Optional.of(ImageBytes.read(image, 1024 + UndoFile.UUID, 16)))
          && !isWantedByAnother(file)) {
        remove(file);
      }
    }
  }

  /**
   * Whether another image of the folder names it, of which this one is a copy, or that of it. What
   * this process has open is none of them: this image, and the file of a release, of which to close
   * it once more would give up the lock.
   */
  private boolean isWantedByAnother(Path undo) throws IOException {
    OpenFiles open = OpenFiles.now();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(path.getParent())) {
      for (Path file : found) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && !open.contain(file)
            && undo.getFileName().toString().endsWith("-" + digestIn(file))) {
          return true;
        }
      }
    }
    return false;
  }

  /** What another file names if it is an image that is being repaired; otherwise no digest. */
  private static String digestIn(Path file) {
    try (FileChannel channel = RegularFile.open(file)) {
      String mark = Superblock.read(channel, file).lastMountPoint();
      return mark.startsWith(RepairUndo.MARK) ? mark.substring(RepairUndo.MARK.length()) : "?";
    } catch (IOException | OverlayException e) {
      return "?";
    }
  }

  /** In a folder in which each removes only his own, it stays: it is of no use any more. */
  static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the next call of its owner's removes it
    }
  }

  /** Removes one from which a repair was taken back, unless a copy of the image needs it too. */
  void removeUsed(Path file) throws IOException {
    if (!isWantedByAnother(file)) {
      remove(file);
    }
  }

  private static long inode(Path path) throws IOException {
    return (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }
}
