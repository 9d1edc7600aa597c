package org.condatainer.overlay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.PipedProcess;
import org.condatainer.process.SystemWords;

/**
 * A workspace overlay out of the compressed file in which it came: of {@link OverlayPack}, or of
 * zstd or gzip themselves. What is zeros becomes holes.
 */
public final class OverlayUnpack {
  private static final int PIECE = 1 << 20;

  private OverlayUnpack() {}

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
    NewFile.requireImage(target);
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
      throw NewFile.taken(target);
    } catch (IOException e) {
      throw NewFile.notWritten(target, e);
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
    try (PipedProcess process = PipedProcess.start(words, OverlayPack.PLAIN)) {
      process.input().close();
      write(packed, process.output(), image, progress);
      CommandResult result = process.await();
      if (result.exitCode() == 1) {
        // zstd has this one code for all that is wrong with what it reads
        throw notWhole(packed, result.errors().strip());
      }
      OverlayPack.refuseFailure(words, result, null);
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
