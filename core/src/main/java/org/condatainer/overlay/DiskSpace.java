package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.script.ShellWords;

/** What a file takes of the disk below it, and what that has left. */
public final class DiskSpace {
  /** What to do where {@link #isFull}: a disk with room may have none for one more file. */
  public static final String WHERE_TO_LOOK =
      "see what is full, bytes or files: df -h, df -i, quota -s";

  private final SystemPrograms programs;

  DiskSpace(SystemPrograms programs) {
    this.programs = programs;
  }

  /**
   * Warns of an image with holes that is to be written to, where the disk has no room for all that
   * it may still take: fuse2fs then ends with errors, and the kernel loses what it has taken.
   *
   * @return empty where there is room
   * @throws IOException if the image cannot be read
   */
  public static Optional<String> warning(Path image, CommandRunner runner) throws IOException {
    long free = free(image.toAbsolutePath().getParent());
    Superblock superblock = Superblock.read(image);
    if (free >= superblock.freeBlocks() * superblock.blockSize()) {
      return Optional.empty();
    }
    long holes = Files.size(image) - new DiskSpace(new SystemPrograms(runner)).taken(image);
    if (free >= holes) {
      return Optional.empty();
    }
    return Optional.of(
        "warning: "
            + image
            + " may still take "
            + new ByteSize(holes)
            + " of the disk, which has "
            + new ByteSize(free)
            + " free: what does not fit is lost\n  make room first, or a smaller image: condatainer"
            + " overlay resize -s SIZE "
            + ShellWords.quote(image.toString()));
  }

  /** Bytes on disk, less than the length of a file with holes; its length if that is not known. */
  long taken(Path file) throws IOException {
    Optional<CommandResult> result =
        programs.run("stat", List.of("-c", "%b", "--", file.toString()), "");
    if (result.isPresent() && result.get().exitCode() == 0) {
      try {
        return Long.parseLong(result.get().output().strip()) * 512;
      } catch (NumberFormatException e) {
        // another stat than that of coreutils
      }
    }
    return Files.size(file);
  }

  /**
   * Takes all of a file's bytes, so that no later write finds the disk full.
   *
   * @throws OverlayException if there is not enough
   */
  void takeAll(Path file, long bytes, Progress progress) throws IOException {
    List<String> arguments = List.of("-l", Long.toString(bytes), file.toString());
    Optional<CommandResult> result = programs.run("fallocate", arguments, "");
    if (result.isPresent() && result.get().exitCode() == 0) {
      return;
    }
    if (result.isPresent() && !result.get().errors().contains("Operation not supported")) {
      throw SystemPrograms.failed("fallocate", arguments, result.get());
    }
    fillHoles(file, progress);
  }

  /** The slow way, where the file system has no fallocate, as NFS 3: each block is written back. */
  private static void fillHoles(Path image, Progress progress) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    try (FileChannel channel =
        FileChannel.open(
            image, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      long position = 0;
      while (channel.read(buffer.clear(), position) > 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          position += channel.write(buffer, position);
        }
        progress.at("taking disk space, MiB", position >> 20, channel.size() >> 20);
      }
    }
  }

  /**
   * Whether the system said that there is no room: on the disk, of a quota, or for one more file.
   * The words are those of errno(3).
   */
  public static boolean isFull(IOException problem) {
    String why = SystemWords.why(problem);
    return why.contains("No space left") || why.contains("quota");
  }

  /** Bytes that this user can still write; a FileStore has them only where the mount is listed. */
  static long free(Path folder) {
    return folder.toFile().getUsableSpace();
  }

  /**
   * Refuses what the disk has no room for.
   *
   * @param folder on the disk
   * @param what is to be written, for the message
   * @param next what else could be done
   */
  static void require(Path folder, long bytes, String what, String next) {
    long free = free(folder);
    if (free < bytes) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "the file system of "
              + folder
              + " has "
              + new ByteSize(free)
              + " free, and "
              + what
              + " needs "
              + new ByteSize(bytes)
              + "; nothing was done\n  "
              + next);
    }
  }
}
