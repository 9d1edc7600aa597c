package org.condatainer.overlay;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.PipedProcess;
import org.condatainer.process.SystemWords;

/**
 * A workspace overlay as one compressed file to be shared: zstd, which everybody can unpack without
 * this program. Blocks without content are packed as zeros, so that what was deleted from the
 * overlay does not travel with it, and become holes again on arrival ({@link OverlayUnpack}). An
 * image of a form that is not known here is packed as it is, with what was deleted.
 */
public final class OverlayPack {
  private static final int PIECE = 1 << 20;

  /** After so many bytes it is told how far it is. */
  private static final int REPORTED = 8 << 20;

  static final Map<String, String> PLAIN = Map.of("LC_ALL", "C");

  private OverlayPack() {}

  /**
   * Packs an image.
   *
   * @param channel the open image, which nobody changes meanwhile
   * @param image its name
   * @param target the file to make; nothing may be there
   * @param level of zstd, 1 to 19
   * @return the packed file's length
   * @throws OverlayException if the image is not clean, the target is taken, or zstd is missing or
   *     fails; nothing is left behind then
   */
  public static long pack(
      FileChannel channel, Path image, Path target, int level, Progress progress)
      throws IOException {
    Superblock superblock = Superblock.read(channel, image);
    OverlayInspection.refuseUnsound(image, superblock);
    NewFile.require(target);
    try (UnfinishedImage unfinished = UnfinishedImage.in(target.getParent(), 1)) {
      List<String> words =
          List.of(
              "zstd",
              "-q",
              "-f",
              "-T0",
              "-" + level,
              "--stream-size=" + superblock.bytes(),
              "-o",
              unfinished.path().toString());
      try (PipedProcess process = PipedProcess.start(words, PLAIN)) {
        IOException broken = null;
        try (OutputStream out = new BufferedOutputStream(process.input(), PIECE)) {
          feed(channel, superblock, out, progress);
        } catch (IOException e) {
          broken = e;
        }
        StepTicks ticks = StepTicks.of(progress, "compressing the rest");
        try (ticks) {
          refuseFailure(words, process.await(), broken);
        }
      }
      unfinished.publish(target);
    } catch (CommandException e) {
      throw SystemPrograms.missing("zstd", "zstd");
    } catch (FileAlreadyExistsException e) {
      NewFile.require(target);
    } catch (IOException e) {
      throw NewFile.notWritten(target, e);
    }
    return Files.size(target);
  }

  /**
   * What a user has to know of an image that is packed whole, with what was deleted in it, as its
   * form is not known here; empty for every image that containers take.
   */
  public static Optional<String> asItIs(FileChannel channel, Path image) throws IOException {
    Superblock superblock = Superblock.read(channel, image);
    ExtFileSystem files = new ExtFileSystem(channel, superblock);
    if (files.readable() && files.groups().blockBitsKnown()) {
      return Optional.empty();
    }
    return Optional.of(
        image
            + " is packed as it is, with what was deleted in it: it is not plain ext3, but has "
            + String.join(", ", superblock.foreignFeatures()));
  }

  static void refuseFailure(List<String> words, CommandResult result, IOException broken) {
    if (result.exitCode() != 0 || broken != null) {
      OverlayException failure =
          SystemPrograms.failed(words.get(0), words.subList(1, words.size()), result);
      throw broken == null
          ? failure
          : new OverlayException(
              failure.kind(), failure.getMessage() + "\n  " + SystemWords.of(broken), broken);
    }
  }

  static void feed(FileChannel channel, Superblock superblock, OutputStream out, Progress progress)
      throws IOException {
    ExtFileSystem files = new ExtFileSystem(channel, superblock);
    int blockSize = superblock.blockSize();
    byte[] zeros = new byte[PIECE];
    write(channel, 0, superblock.firstDataBlock() * blockSize, out);
    for (long group = 0; group < files.groups().count(); group++) {
      long first = superblock.firstDataBlock() + group * superblock.blocksPerGroup();
      int length = (int) Math.min(superblock.blocksPerGroup(), superblock.blocks() - first);
      BitSet used = content(files, group, length);
      int block = 0;
      while (block < length) {
        boolean content = used.get(block);
        int end = content ? used.nextClearBit(block) : used.nextSetBit(block);
        end = Math.min(end < 0 ? length : Math.min(end, length), block + REPORTED / blockSize);
        if (content) {
          write(channel, (first + block) * blockSize, (long) (end - block) * blockSize, out);
        } else {
          for (long left = (long) (end - block) * blockSize; left > 0; left -= PIECE) {
            out.write(zeros, 0, (int) Math.min(PIECE, left));
          }
        }
        block = end;
        progress.at("packing MiB", ((first + block) * blockSize) >> 20, superblock.bytes() >> 20);
      }
    }
  }

  /**
   * Which blocks of a group have to travel: those in use, and all of them where that is not
   * certain, as what is left out is lost.
   */
  private static BitSet content(ExtFileSystem files, long group, int length) throws IOException {
    BitSet all = new BitSet(length);
    all.set(0, length);
    if (!files.readable()) {
      return all;
    }
    try {
      Optional<BitSet> used = files.groups().usedBlocks(group);
      long free = BlockGroups.number(files.groups().descriptor(group), 12, 44);
      boolean certain =
          used.isPresent() && used.get().get(0, length).cardinality() == length - free;
      return certain ? used.get() : all;
    } catch (OverlayException e) {
      return all;
    }
  }

  private static void write(FileChannel channel, long position, long length, OutputStream out)
      throws IOException {
    for (long at = 0; at < length; at += PIECE) {
      int count = (int) Math.min(PIECE, length - at);
      out.write(ImageBytes.read(channel, position + at, count).array());
    }
  }
}
