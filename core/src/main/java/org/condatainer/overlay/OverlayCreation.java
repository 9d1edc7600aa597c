package org.condatainer.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.SystemWords;

/**
 * Makes workspace overlays: without root, without a mount, plain ext3 as containers want it, with
 * the folders {@code /upper} and {@code /work} of an overlay and an empty {@code /ext3/env} in it.
 *
 * <p>The image appears under its name only when it is complete and on the disk, never over
 * something else, and a killed process leaves nothing but a hidden file that the next one removes.
 */
public final class OverlayCreation {
  /** Below this an ext3 image has hardly room for its journal. */
  public static final ByteSize SMALLEST = ByteSize.ofMebibytes(16);

  /** What 32-bit block numbers can count; more would take a feature that containers refuse. */
  public static final ByteSize LARGEST = ByteSize.ofMebibytes((16L << 20) - 1);

  private static final int BLOCK = 4096;
  private static final long MEBIBYTE = 1L << 20;

  /**
   * Exactly these, whatever the site's mke2fs.conf says. They are spelled out, as old versions of
   * mke2fs stop at the name of a newer feature even where it is to be switched off.
   */
  private static final String FEATURES =
      "none,has_journal,ext_attr,resize_inode,dir_index,filetype,sparse_super,large_file";

  private static final List<String> FOLDERS =
      List.of("upper", "work", "upper/ext3", "upper/ext3/env");

  private final SystemPrograms programs;
  private final Progress progress;

  public OverlayCreation(CommandRunner runner, Progress progress) {
    this.programs = new SystemPrograms(runner);
    this.progress = progress;
  }

  /**
   * Makes an overlay.
   *
   * @return what the new image says of itself
   * @throws OverlayException if the size is out of range, the path is taken, the folder is missing
   *     or closed, there is not enough space, or a program fails or is missing; nothing is left
   *     behind then
   */
  public Superblock create(NewOverlay wanted) {
    return create(wanted, image -> {});
  }

  /** Puts something into a new image before anybody else sees it. */
  public interface Filling {
    /**
     * Fills it.
     *
     * @param image under the name that it has while it is made
     * @throws OverlayException if that failed; then no image is made
     */
    void fill(Path image);
  }

  /**
   * Makes an overlay with something in it, or none.
   *
   * @throws OverlayException as {@link #create(NewOverlay)}, or if it could not be filled
   */
  public Superblock create(NewOverlay wanted, Filling filling) {
    long bytes = checkedSize(wanted.size());
    Path target = wanted.path().toAbsolutePath();
    NewFile.requireImage(target);
    try {
      checkSpace(target.getParent(), bytes, wanted.sparse());
      try (UnfinishedImage image = UnfinishedImage.in(target.getParent(), bytes)) {
        StepTicks ticks = StepTicks.of(progress, "making the file system");
        try (ticks) {
          makeFileSystem(image.path(), bytes, wanted);
        }
        makeFolders(image.path(), wanted.owner());
        if (!wanted.sparse()) {
          // only now: mke2fs punches holes into what it does not use, and gives the space back
          new DiskSpace(programs).takeAll(image.path(), bytes, progress);
        }
        checkedImage(image.path(), bytes, wanted);
        filling.fill(image.path());
        Superblock made = checkedImage(image.path(), bytes, wanted);
        image.publish(target);
        return made;
      }
    } catch (FileAlreadyExistsException e) {
      throw NewFile.taken(target);
    } catch (IOException e) {
      throw NewFile.notWritten(target, e);
    }
  }

  private static long checkedSize(ByteSize size) {
    if (size.bytes() < SMALLEST.bytes()) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT,
          size
              + " ("
              + size.bytes()
              + " bytes) is too small for an overlay; the smallest is "
              + SMALLEST
              + ", and a plain number counts MiB");
    }
    if (size.bytes() > LARGEST.bytes()) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT,
          size + " is too large for ext3; the largest is 1 MiB less than 16 TiB");
    }
    return (size.bytes() + BLOCK - 1) / BLOCK * BLOCK;
  }

  private static void checkSpace(Path folder, long bytes, boolean sparse) {
    long needed = sparse ? journalMebibytes(bytes) * MEBIBYTE + bytes / 8192 + MEBIBYTE : bytes;
    long free = DiskSpace.free(folder);
    if (free < needed) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "the file system of "
              + folder
              + " has "
              + new ByteSize(free)
              + " free, and the image needs "
              + new ByteSize(needed)
              + (sparse ? " at once" : "; choose a smaller size, another folder, or --sparse"));
    }
  }

  /**
   * The kernel writes a quarter of it at once, which 16 MiB are enough for. mke2fs would take 64
   * MiB for an image of 10 GiB, and more for a larger one, all of it written out.
   */
  private static long journalMebibytes(long bytes) {
    return bytes < 128 * MEBIBYTE ? 4 : 16;
  }

  /**
   * The file has its length already: where mke2fs makes the file itself, it writes the inode tables
   * out instead of leaving holes.
   */
  private void makeFileSystem(Path image, long bytes, NewOverlay wanted) {
    programs.runOrFail(
        "e2fsprogs",
        "mke2fs",
        List.of(
            "-q",
            "-t",
            "ext3",
            "-b",
            Integer.toString(BLOCK),
            "-I",
            "256",
            "-i",
            Long.toString(wanted.profile().bytesPerInode(bytes)),
            "-m",
            "3",
            "-O",
            FEATURES,
            "-J",
            "size=" + journalMebibytes(bytes),
            "-E",
            "root_owner=" + wanted.owner(),
            "-F",
            image.toString(),
            Long.toString(bytes / BLOCK)),
        "");
  }

  /** debugfs ends with exit code 0 whatever happens; the result is read back afterwards. */
  private void makeFolders(Path image, Owner owner) {
    StringBuilder script = new StringBuilder();
    for (String folder : FOLDERS) {
      script
          .append("mkdir " + folder + "\n")
          .append("sif " + folder + " uid " + owner.uid() + "\n")
          .append("sif " + folder + " gid " + owner.gid() + "\n");
    }
    List<String> arguments = List.of("-w", "-f", "-", image.toString());
    CommandResult result = programs.runOrFail("e2fsprogs", "debugfs", arguments, script.toString());
    try {
      if (!ownerIsRight(image, owner)) {
        throw SystemPrograms.failed("debugfs", arguments, result);
      }
    } catch (IOException e) {
      throw new OverlayException(
          OverlayException.Kind.FAILED, image + " cannot be read back: " + SystemWords.why(e), e);
    }
  }

  private static boolean ownerIsRight(Path image, Owner owner) throws IOException {
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ExtFileSystem tree = new ExtFileSystem(channel, Superblock.read(channel, image));
      for (String folder : FOLDERS) {
        if (!tree.folderOwner(folder.split("/", -1)).equals(Optional.of(owner))) {
          return false;
        }
      }
      return true;
    }
  }

  private static Superblock checkedImage(Path image, long bytes, NewOverlay wanted)
      throws IOException {
    Superblock superblock = Superblock.read(image);
    List<String> wrong = new ArrayList<>();
    if (!superblock.mountable()) {
      wrong.add("it is not plain ext3 (" + String.join(", ", superblock.foreignFeatures()) + ")");
    }
    if (!superblock.clean()) {
      wrong.add("it is not clean");
    }
    if (superblock.fileBytes() != bytes || superblock.bytes() > bytes) {
      wrong.add(
          "the file has "
              + superblock.fileBytes()
              + " bytes, its file system "
              + superblock.bytes()
              + ", wanted were "
              + bytes);
    }
    if (!wrong.isEmpty()) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "mke2fs made an image that containers cannot use for "
              + wanted.path()
              + ": "
              + String.join("; ", wrong));
    }
    return superblock;
  }
}
