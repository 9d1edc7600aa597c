package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/**
 * Gives an image a fresh inode, which no lock is on. For file systems that keep a lock which nobody
 * holds. A writer that lives nevertheless would go on with the old file: so that one is kept.
 */
record FreshCopy(CommandRunner runner, FileSystemCheck check) {
  private static final Duration LIMIT = Duration.ofHours(6);

  /** Asked once more before the copy takes the image's place. */
  interface LastLook {
    /**
     * Looks.
     *
     * @throws IOException if the image must be left as it is
     */
    void look() throws IOException;
  }

  /**
   * Replaces it.
   *
   * @return where the old file is kept
   * @throws IOException if it failed or the image was changed meanwhile; it is as it was then
   */
  Path replace(Path image, LastLook lastLook) throws IOException {
    Path real = image.toRealPath();
    FileTime modified = Files.getLastModifiedTime(real);
    long size = Files.size(real);
    removeLeftCopies(real);
    Path copy = Files.createTempFile(real.getParent(), real.getFileName() + ".fresh-", "");
    try {
      copy(real, copy);
      check.preen(copy);
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      if (!Files.getLastModifiedTime(real).equals(modified) || Files.size(real) != size) {
        throw new IOException(real + " was written to while it was copied: somebody works with it");
      }
      lastLook.look();
      Path kept = real.resolveSibling(real.getFileName() + ".before-" + modified.toMillis());
      keep(real, kept);
      Files.move(copy, real, StandardCopyOption.ATOMIC_MOVE);
      return kept;
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Of a release that was killed; no other works on this image now. */
  private static void removeLeftCopies(Path real) throws IOException {
    String start = real.getFileName() + ".fresh-";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(real.getParent())) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean left =
            name.length() > start.length()
                && name.startsWith(start)
                && name.substring(start.length()).chars().allMatch(Character::isDigit);
        if (left && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void keep(Path real, Path kept) throws IOException {
    try {
      Files.createLink(kept, real);
    } catch (FileAlreadyExistsException e) {
      // a release that was killed has got as far as this
      if (!Files.isSameFile(kept, real)) {
        throw e;
      }
    }
  }

  private void copy(Path from, Path to) throws IOException {
    try {
      CommandResult result =
          runner.run(
              Command.of(
                      "cp",
                      "--sparse=always",
                      "--reflink=auto",
                      "--preserve=mode,ownership",
                      "--",
                      from.toString(),
                      to.toString())
                  .withTimeout(LIMIT));
      if (result.exitCode() != 0) {
        throw new IOException("cp failed: " + result.errors().strip());
      }
    } catch (CommandException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
