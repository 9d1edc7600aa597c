package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * Makes an image larger or smaller, under its lock, in an order that survives the end of this
 * process at any point.
 *
 * <ul>
 *   <li>Larger: in place. The file is made longer first, then the file system. What is killed in
 *       between is marked as interrupted, and {@code e2fsck -fy} mends it without loss.
 *   <li>Smaller: files are moved, so a copy beside the image is made smaller and checked, and takes
 *       the image's name in one step. Until then the image itself is not touched.
 * </ul>
 */
public final class OverlayResize {
  private static final int MAGIC_POSITION = 1024 + 56;

  private final Progress progress;
  private final FileSystemPrograms programs;
  private final OverlayCheckUp check;
  private final DiskSpace disk;
  private final FileChannel channel;
  private final Path image;

  /**
   * @param channel the open image, whose lock the caller holds
   * @param image its path without links
   */
  public OverlayResize(CommandRunner runner, FileChannel channel, Path image, Progress progress) {
    this.progress = progress;
    this.programs = new FileSystemPrograms(runner, progress);
    this.check = new OverlayCheckUp(runner, channel, image, progress);
    this.disk = new DiskSpace(new SystemPrograms(runner));
    this.channel = channel;
    this.image = image;
  }

  /** The length of the file system before and afterwards, in bytes. */
  public record Result(long before, long after) {}

  /**
   * Resizes it.
   *
   * @param wanted the new size, rounded down to whole blocks; empty for the smallest possible
   * @param inPlace make it smaller without a copy, where there is no room for one
   * @throws OverlayException if the size is out of range, the image cannot be repaired without a
   *     choice, there is not enough space, or a program fails
   */
  public Result to(Optional<ByteSize> wanted, boolean inPlace) throws IOException {
    OverlayCheckUp.settle(channel, image);
    Superblock superblock = Superblock.read(channel, image);
    refuseUnfit(superblock);
    if (wanted.isPresent() && wanted.get().bytes() > OverlayCreation.LARGEST.bytes()) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT,
          wanted.get() + " is too large for ext3; the largest is 1 MiB less than 16 TiB");
    }
    long blocks =
        wanted.isPresent() ? wanted.get().bytes() / superblock.blockSize() : superblock.blocks();
    if (wanted.isPresent() && blocks >= superblock.blocks()) {
      return grow(superblock, blocks);
    }
    long taken = disk.taken(image);
    if (inPlace) {
      check.requireSound();
      long bytes = shrink(image, channel, wanted.isPresent() ? blocks : 0);
      check.requireSoundShrunken();
      return new Result(superblock.bytes(), bytes);
    }
    return shrinkCopy(superblock, wanted.isPresent() ? blocks : 0, taken);
  }

  private void refuseUnfit(Superblock superblock) {
    if (!superblock.mountable()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " is no ext3 image as containers take it: it has "
              + (superblock.hasJournal()
                  ? String.join(", ", superblock.foreignFeatures())
                  : "no journal (tune2fs -j)"));
    }
    if (superblock.shorterThanItsFileSystem()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " is shorter than its file system: its end was cut off"
              + "\n  repair it first: condatainer overlay check -y "
              + ShellWords.quote(image.toString()));
    }
  }

  private Result grow(Superblock superblock, long blocks) throws IOException {
    long bytes = blocks * superblock.blockSize();
    long fileBytes = channel.size();
    boolean dense = disk.taken(image) >= superblock.bytes();
    long groups = (blocks - superblock.blocks()) / superblock.blocksPerGroup() + 1;
    // the tables of the new groups are written out, whatever holes the rest may have
    long tables = groups * (superblock.inodesPerGroup() * superblock.inodeSize() + (1 << 16));
    DiskSpace.require(
        image.getParent(),
        dense ? bytes - Math.min(bytes, fileBytes) : Math.min(tables, bytes - superblock.bytes()),
        "the larger image",
        "make room first, or choose a smaller size");
    check.requireSound();
    if (blocks > superblock.blocks()) {
      lengthen(bytes, fileBytes, dense);
      try {
        resize(image, Long.toString(blocks));
      } catch (OverlayException e) {
        giveBack(superblock, fileBytes);
        throw e;
      }
      check.requireSound();
    }
    if (channel.size() > bytes) {
      channel.truncate(bytes);
    }
    channel.force(true);
    return new Result(superblock.bytes(), Superblock.read(channel, image).bytes());
  }

  private void lengthen(long bytes, long before, boolean dense) throws IOException {
    if (bytes <= before) {
      return;
    }
    try {
      channel.write(ByteBuffer.allocate(1), bytes - 1);
      if (dense) {
        disk.takeAll(image, bytes, progress);
      }
    } catch (IOException | OverlayException e) {
      channel.truncate(before);
      throw e;
    }
  }

  /**
   * The file's old length, where nothing was resized: resize2fs marks the image before it changes
   * anything, and what it has begun may lie in the new part.
   */
  private void giveBack(Superblock before, long fileBytes) throws IOException {
    Superblock now = Superblock.read(channel, image);
    if (now.blocks() == before.blocks() && !now.interrupted()) {
      channel.truncate(fileBytes);
    }
  }

  private Result shrinkCopy(Superblock superblock, long blocks, long taken) throws IOException {
    Path folder = image.getParent();
    long links = ((Integer) Files.getAttribute(image, "unix:nlink")).longValue();
    Owner here = Owner.ofThisProcess();
    boolean replaceable =
        links == 1
            && Files.isWritable(folder)
            && (here.uid() == 0 || Owner.of(image).uid() == here.uid());
    if (!replaceable) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          (links > 1
                  ? image + " has " + links + " names (hard links), and only one could be replaced"
                  : "a smaller copy cannot take the place of " + image + " in this folder")
              + "\n  make it smaller without a copy: --in-place; a kill in the middle then takes:"
              + " condatainer overlay check -y");
    }
    DiskSpace.require(
        folder,
        taken + (1 << 20),
        "a copy to work on",
        "make room first, or do without a copy: --in-place; a kill in the middle then takes:"
            + " condatainer overlay check -y");
    try (UnfinishedImage copy = UnfinishedImage.in(folder, 1)) {
      copyTo(copy.path());
      long bytes;
      try (FileChannel open = copy.open()) {
        check.ofCopy(open, copy.path()).requireSound();
        bytes = shrink(copy.path(), open, blocks);
      }
      if (taken >= superblock.bytes()) {
        disk.takeAll(copy.path(), bytes, progress);
      }
      try (FileChannel open = copy.open()) {
        check.ofCopy(open, copy.path()).requireSoundShrunken();
      }
      copy.replace(image);
      // Whoever has just opened the old file, and not locked it yet, finds no image in it.
      channel.write(ByteBuffer.allocate(2), MAGIC_POSITION);
      return new Result(superblock.bytes(), bytes);
    }
  }

  private void copyTo(Path copy) {
    List<String> arguments =
        List.of(
            "--sparse=always",
            "--reflink=auto",
            "--preserve=mode,ownership",
            "--",
            image.toString(),
            copy.toString());
    CommandResult result = programs.run("copying", "cp", arguments);
    if (result.exitCode() != 0) {
      throw SystemPrograms.failed("cp", arguments, result);
    }
  }

  /**
   * Makes a file system smaller, and then its file.
   *
   * @param open the file's own channel
   * @param wanted how many blocks it is to have; 0 for as few as possible
   * @return its new length in bytes
   */
  private long shrink(Path file, FileChannel open, long wanted) throws IOException {
    long blockSize = Superblock.read(open, image).blockSize();
    List<String> arguments = List.of("-P", file.toString());
    CommandResult asked = programs.run("looking for the smallest size", "resize2fs", arguments);
    String answer = asked.output().strip();
    long smallest;
    try {
      smallest = Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1));
    } catch (NumberFormatException e) {
      throw SystemPrograms.failed("resize2fs", arguments, asked);
    }
    if (wanted != 0 && wanted < smallest) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT,
          new ByteSize(wanted * blockSize)
              + " is too small for what is in "
              + image
              + "; the smallest is "
              + ((smallest * blockSize + (1 << 20) - 1) >> 20)
              + "M, which is also: -s min");
    }
    resize(file, wanted == 0 ? Long.toString(smallest) : Long.toString(wanted));
    long bytes = Superblock.read(open, image).bytes();
    open.truncate(bytes);
    open.force(true);
    return bytes;
  }

  private void resize(Path file, String blocks) {
    List<String> arguments = List.of(file.toString(), blocks);
    CommandResult result = programs.run("resizing", "resize2fs", arguments);
    if (result.exitCode() != 0) {
      throw SystemPrograms.failed("resize2fs", arguments, result);
    }
  }
}
