package org.condatainer.overlay;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.PipedProcess;
import org.condatainer.process.SystemWords;

/**
 * A workspace overlay as one compressed file to be shared, and back: zstd, which everybody can
 * unpack without this program. Blocks without content are packed as zeros, so that what was deleted
 * from the overlay does not travel with it, and become holes again on arrival. An image of a form
 * that is not known here is packed as it is, with what was deleted.
 */
public final class OverlayPack {
  private static final int PIECE = 1 << 20;

  /** After so many bytes it is told how far it is. */
  private static final int REPORTED = 8 << 20;

  private static final Map<String, String> PLAIN = Map.of("LC_ALL", "C");

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
    OverlayFreeze.refuseTaken(target);
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
      OverlayFreeze.refuseTaken(target);
    } catch (IOException e) {
      throw OverlayFreeze.notWritten(target, e);
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
    if (files.readable() && files.blockBitsKnown()) {
      return Optional.empty();
    }
    return Optional.of(
        image
            + " is packed as it is, with what was deleted in it: it is not plain ext3, but has "
            + String.join(", ", superblock.foreignFeatures()));
  }

  private static void refuseFailure(List<String> words, CommandResult result, IOException broken) {
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
    for (long group = 0; group < files.groups(); group++) {
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
      Optional<BitSet> used = files.usedBlocks(group);
      long free = ExtFileSystem.count(files.group(group), 12, 44);
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

  /**
   * Unpacks an image.
   *
   * @param packed by zstd or gzip; which, its first bytes tell
   * @param target the file to make; nothing may be there
   * @param owner to whom its files are given; empty to leave them as they are
   * @return what the image says of itself
   * @throws OverlayException if it is not packed, not whole, or holds no ext3 image; nothing is
   *     left behind then
   */
  public static Superblock unpack(
      Path packed,
      Path target,
      Optional<OwnerChange> owner,
      CommandRunner runner,
      Progress progress)
      throws IOException {
    refuseUnpacked(packed);
    OverlayFreeze.refuseTaken(target);
    try (UnfinishedImage unfinished = UnfinishedImage.in(target.getParent(), 1)) {
      Superblock superblock;
      try (FileChannel image = unfinished.open()) {
        arrive(packed, image, progress);
        superblock = checked(packed, image);
        if (owner.isPresent() && superblock.clean()) {
          new OwnerRewrite(image, unfinished.path(), progress)
              .rewrite(List.of(), owner.get(), runner);
        }
      }
      unfinished.publish(target);
      return superblock;
    } catch (FileAlreadyExistsException e) {
      OverlayFreeze.refuseTaken(target);
      throw e;
    } catch (IOException e) {
      throw OverlayFreeze.notWritten(target, e);
    }
  }

  private static Superblock checked(Path packed, FileChannel image) throws IOException {
    Superblock superblock = Superblock.read(image, packed);
    if (superblock.shorterThanItsFileSystem()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          packed + " holds an image whose end is missing; copy it again");
    }
    return superblock;
  }

  private static void arrive(Path packed, FileChannel image, Progress progress) throws IOException {
    try (FileChannel source = FileChannel.open(packed, StandardOpenOption.READ)) {
      if (isZstd(source)) {
        byZstd(packed, image, progress);
      } else {
        try (InputStream in = Files.newInputStream(packed);
            GZIPInputStream unpacked = new GZIPInputStream(in, PIECE)) {
          write(packed, unpacked, image, progress);
        } catch (EOFException | ZipException e) {
          throw notWhole(packed, SystemWords.why(e));
        }
      }
    }
  }

  private static OverlayException notWhole(Path packed, String said) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        packed + " is not whole: " + said + "\n  copy it again from where it was packed");
  }

  private static void refuseUnpacked(Path packed) throws IOException {
    try (FileChannel source = FileChannel.open(packed, StandardOpenOption.READ)) {
      if (!isPacked(source)) {
        throw new OverlayException(
            OverlayException.Kind.UNUSABLE,
            packed
                + (source.size() == 0
                    ? " is empty"
                    : OverlayKind.of(source).isPresent()
                        ? " is not packed: it is an overlay as it is; to have another: cp"
                            + " --sparse=always"
                        : " is packed neither by zstd nor by gzip"));
      }
    }
  }

  /** Whether it is a file that {@link #unpack} takes. */
  static boolean isPacked(FileChannel file) throws IOException {
    return isZstd(file) || isGzip(file);
  }

  /** RFC 8878, 3.1.1. */
  private static boolean isZstd(FileChannel file) throws IOException {
    return ImageBytes.read(file, 0, 4).getInt(0) == 0xFD2FB528;
  }

  /** RFC 1952, 2.3.1. */
  private static boolean isGzip(FileChannel file) throws IOException {
    return Short.toUnsignedInt(ImageBytes.read(file, 0, 2).getShort(0)) == 0x8b1f;
  }

  private static void byZstd(Path packed, FileChannel image, Progress progress) throws IOException {
    List<String> words = List.of("zstd", "-q", "-d", "-c", "--", packed.toString());
    try (PipedProcess process = PipedProcess.start(words, PLAIN)) {
      process.input().close();
      write(packed, process.output(), image, progress);
      CommandResult result = process.await();
      if (result.exitCode() == 1) {
        // zstd has this one code for all that is wrong with what it reads
        throw notWhole(packed, result.errors().strip());
      }
      refuseFailure(words, result, null);
    } catch (CommandException e) {
      throw SystemPrograms.missing("zstd", "zstd");
    }
  }

  /**
   * Writes a stream to a file, and leaves a hole for each 4 KiB of zeros. A few bytes can unpack to
   * any number of others: it ends where the image says that it ends.
   */
  private static void write(Path packed, InputStream in, FileChannel image, Progress progress)
      throws IOException {
    long position = 0;
    long total = Long.MAX_VALUE;
    byte[] piece = new byte[PIECE];
    byte[] zeros = new byte[4096];
    while (true) {
      int count = in.readNBytes(piece, 0, PIECE);
      if (count == 0) {
        break;
      }
      if (count > total - position) {
        throw new OverlayException(
            OverlayException.Kind.UNUSABLE,
            packed
                + " unpacks to more than the image of "
                + new ByteSize(total)
                + " with which it begins; pack the image again, or unpack it by zstd -d or gzip -d");
      }
      int from = 0;
      while (from < count) {
        int to = from;
        while (to < count && !isZero(piece, to, count, zeros)) {
          to = Math.min(count, to + zeros.length);
        }
        if (to > from) {
          ByteBuffer bytes = ByteBuffer.wrap(piece, from, to - from);
          while (bytes.hasRemaining()) {
            image.write(bytes, position + bytes.position());
          }
        }
        from = Math.min(count, to + zeros.length);
      }
      total = position == 0 ? Superblock.read(image, packed).bytes() : total;
      position += count;
      progress.at("unpacking MiB", Math.min(position, total) >> 20, total >> 20);
    }
    if (image.size() < position) {
      image.write(ByteBuffer.allocate(1), position - 1);
    }
  }

  private static boolean isZero(byte[] piece, int from, int end, byte[] zeros) {
    int length = Math.min(zeros.length, end - from);
    return Arrays.equals(piece, from, from + length, zeros, 0, length);
  }
}
