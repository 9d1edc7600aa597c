package org.condatainer.overlay;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.PipedProcess;
import org.condatainer.process.SystemWords;

/**
 * Makes a frozen overlay of a workspace overlay: a compressed squashfs of what is in it, always
 * read-only. The files are read from the image without a mount and handed to mksquashfs(1) as a tar
 * archive, so that owners, links, devices and names are kept by an ordinary user too.
 */
public final class OverlayFreeze {
  private OverlayFreeze() {}

  /**
   * Makes it.
   *
   * @param channel the open image, which nobody changes meanwhile
   * @param image its name
   * @param target the file to make; nothing may be there
   * @param level of zstd, 1 to 22
   * @return what a user has to know of it: names of attributes that could not be kept; most often
   *     nothing
   * @throws OverlayException if the image is not clean, the target is taken, or mksquashfs is
   *     missing, too old or fails; nothing is left behind then
   */
  public static List<String> make(
      FileChannel channel, Path image, Path target, int level, Progress progress)
      throws IOException {
    Superblock superblock = Superblock.read(channel, image);
    OverlayInspection.refuseUnsound(image, superblock);
    ExtFileSystem files = new ExtFileSystem(channel, superblock);
    if (!files.readable()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " cannot be read here: it has features that are not known: "
              + String.join(", ", files.unknownFeatures()));
    }
    ExtInode upper =
        files
            .find("upper")
            .filter(ExtInode::isFolder)
            .orElseThrow(
                () ->
                    new OverlayException(
                        OverlayException.Kind.UNUSABLE,
                        image + " has no folder /upper, where an overlay keeps its files"));
    NewFile.require(target);
    try (UnfinishedImage unfinished = UnfinishedImage.in(target.getParent(), 1)) {
      List<String> words =
          new ArrayList<>(List.of("mksquashfs", "-", unfinished.path().toString(), "-tar"));
      words.addAll(List.of("-noappend", "-no-progress", "-quiet", "-comp", "zstd"));
      words.addAll(List.of("-root-mode", "755"));
      words.addAll(List.of("-Xcompression-level", Integer.toString(level)));
      TreeArchive written = run(words, target.getParent(), files, upper, progress);
      List<String> notes = notes(image, written, unfinished);
      unfinished.publish(target);
      return notes;
    } catch (FileAlreadyExistsException e) {
      throw NewFile.taken(target);
    } catch (IOException e) {
      throw NewFile.notWritten(target, e);
    }
  }

  /**
   * What a mark of an overlay hides would be seen again without it, so it is no matter of a note.
   */
  private static List<String> notes(Path image, TreeArchive written, UnfinishedImage made)
      throws IOException {
    List<String> notes = new ArrayList<>();
    for (Map.Entry<String, String> left : written.leftOut().entrySet()) {
      notes.add(
          "the attribute "
              + left.getKey()
              + " is left out, which a frozen overlay cannot have; the first file with it: "
              + left.getValue());
    }
    if (written.hasAttributes()) {
      try (FileChannel squashfs = made.open()) {
        // where its table of attributes begins; -1 for none (squashfs_fs.h, struct squashfs_super)
        if (ImageBytes.read(squashfs, 56, 8).getLong(0) == -1) {
          String what = "this mksquashfs keeps no extended attributes of an archive";
          if (written.hasMarks()) {
            throw new OverlayException(
                OverlayException.Kind.FAILED,
                what
                    + ", and without those of "
                    + image
                    + " what was deleted would be seen again\n  use another: mksquashfs -version"
                    + " shows which this is");
          }
          notes.add(what + ": those of the files are left out");
        }
      }
    }
    return notes;
  }

  private static TreeArchive run(
      List<String> words, Path folder, ExtFileSystem files, ExtInode upper, Progress progress)
      throws IOException {
    IOException broken = null;
    CommandResult result;
    TreeArchive archive;
    try (PipedProcess process = PipedProcess.start(words, Map.of("LC_ALL", "C"))) {
      Thread reader = new Thread(() -> drop(process), "process output");
      reader.setDaemon(true);
      reader.start();
      TarStream out = new TarStream(new BufferedOutputStream(process.input(), 1 << 20));
      archive = new TreeArchive(files, out, progress);
      try (out) {
        archive.write(upper);
      } catch (IOException e) {
        // most often mksquashfs has ended; what it said tells more
        broken = e;
      }
      StepTicks ticks = StepTicks.of(progress, "compressing the rest");
      try (ticks) {
        result = process.await();
      }
    } catch (CommandException e) {
      throw SystemPrograms.missing("squashfs-tools", "mksquashfs");
    }
    if (result.exitCode() != 0 || broken != null) {
      String next =
          result.errors().contains("-tar")
              ? "\n  mksquashfs reads an archive from version 4.5 on; mksquashfs -version shows which"
                  + " this is"
              : "";
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "mksquashfs ended with exit code "
              + result.exitCode()
              + ", writing in the folder "
              + folder
              + "\n  it said: "
              + result.errors().strip()
              + (broken == null ? "" : "\n  while it was fed: " + SystemWords.of(broken))
              + next,
          broken);
    }
    return archive;
  }

  private static void drop(PipedProcess process) {
    try {
      process.output().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // closed when the process ended
    }
  }
}
