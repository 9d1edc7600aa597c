package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  private static final String FRESH = ".fresh-";
  private static final String BEFORE = ".before-";

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
    Path kept = real.resolveSibling(real.getFileName() + BEFORE + modified.toMillis());
    tidyUp(real);
    requireOneName(real);
    Path copy = Files.createTempFile(real.getParent(), real.getFileName() + FRESH, "");
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
      Files.createLink(kept, real);
      Files.move(copy, real, StandardCopyOption.ATOMIC_MOVE);
      return kept;
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Under another name the image would stay what it was, and the two would part. */
  private static void requireOneName(Path real) throws IOException {
    int names = (Integer) Files.getAttribute(real, "unix:nlink");
    if (names > 1) {
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

  /**
   * Removes what a release that was killed has left: parts of copies, and the second name of the
   * image that was to be the old file's. To be called while no other works on this image.
   *
   * @param real the image's path without links
   */
  static void tidyUp(Path real) throws IOException {
    for (Path file : left(real)) {
      Files.delete(file);
    }
  }

  /** What {@link #tidyUp} would remove. */
  static List<Path> left(Path real) throws IOException {
    List<Path> left = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(real.getParent())) {
      for (Path file : files) {
        boolean ours =
            isNumbered(file, real, FRESH)
                || (isNumbered(file, real, BEFORE) && Files.isSameFile(file, real));
        if (ours && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          left.add(file);
        }
      }
    }
    return left;
  }

  private static boolean isNumbered(Path file, Path real, String part) {
    String start = real.getFileName() + part;
    String name = file.getFileName().toString();
    return name.length() > start.length()
        && name.startsWith(start)
        && name.substring(start.length()).chars().allMatch(Character::isDigit);
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
