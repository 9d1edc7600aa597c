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
import java.util.Map;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

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
    Path kept = real.resolveSibling(real.getFileName() + ".before-" + modified.toMillis());
    requireOneName(real, kept);
    removeLeftCopies(real);
    Path copy = Files.createTempFile(real.getParent(), real.getFileName() + ".fresh-", "");
    try {
      copy(real, copy);
      requireSameOwner(real, copy);
      check.preen(copy);
      try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      // On NFS to open a file is to ask the server for its times.
      FileChannel.open(real, StandardOpenOption.READ).close();
      if (!Files.getLastModifiedTime(real).equals(modified) || Files.size(real) != size) {
        throw new IOException(real + " was written to while it was copied: somebody works with it");
      }
      lastLook.look();
      keep(real, kept);
      Files.move(copy, real, StandardCopyOption.ATOMIC_MOVE);
      return kept;
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Under another name the image would stay what it was, and the two would part. */
  private static void requireOneName(Path real, Path kept) throws IOException {
    int names = (Integer) Files.getAttribute(real, "unix:nlink");
    boolean ours = Files.exists(kept, LinkOption.NOFOLLOW_LINKS) && Files.isSameFile(kept, real);
    if (names > (ours ? 2 : 1)) {
      throw new IOException(
          real
              + " has "
              + names
              + " names (hard links), and only one of them would be the copy's; find them:"
              + " find FOLDER -samefile "
              + ShellWords.quote(real.toString()));
    }
  }

  private static void requireSameOwner(Path real, Path copy) throws IOException {
    Map<String, Object> old = Files.readAttributes(real, "unix:uid,gid,owner");
    Map<String, Object> made = Files.readAttributes(copy, "unix:uid,gid");
    if (!old.get("uid").equals(made.get("uid")) || !old.get("gid").equals(made.get("gid"))) {
      throw new IOException(
          "a copy made by you would not belong to "
              + old.get("owner")
              + " and the same group, who could not write to it then: ask "
              + old.get("owner")
              + " to release it, or root");
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
