package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/**
 * {@code e2fsck(8)} over an image that the caller holds. A check that is killed leaves an image
 * that the next one repairs; no exit code of it is taken for sound without a look at the
 * superblock.
 */
public final class OverlayCheckUp {
  private final FileSystemPrograms programs;
  private final Path image;

  /**
   * @param image the image; nobody else may have it mounted
   */
  public OverlayCheckUp(CommandRunner runner, Path image, Progress progress) {
    this.programs = new FileSystemPrograms(runner, progress);
    this.image = image;
  }

  /**
   * What a check found.
   *
   * @param sound whether the image is sound now
   * @param text what e2fsck said
   */
  public record Finding(boolean sound, String text) {}

  /** Looks for errors in full, and changes nothing. */
  public Finding look() {
    return finding(run("-fn"));
  }

  /**
   * Repairs what needs no choice. Where there is nothing to repair, nothing but the superblock is
   * written: e2fsck would sort large folders anew in place, and a kill then loses names.
   *
   * @param inFull even if the superblock says that it is clean
   * @param superblock what it says
   */
  public Finding preen(boolean inFull, Superblock superblock) {
    if (inFull && superblock.clean() && !superblock.shorterThanItsFileSystem()) {
      CommandResult looked = run("-fn");
      if (looked.exitCode() == 0) {
        programs.markChecked(image);
        return finding(looked);
      }
    }
    return finding(run(inFull ? "-fp" : "-p"));
  }

  /**
   * Repairs everything; what has lost its name is found in {@code /lost+found}. A file whose end
   * was cut off gets its length back first.
   *
   * @param channel the open image, whose lock the caller holds
   */
  public Finding repair(FileChannel channel) throws IOException {
    Superblock superblock = Superblock.read(channel, image);
    if (superblock.shorterThanItsFileSystem()) {
      channel.write(ByteBuffer.allocate(1), superblock.bytes() - 1);
    }
    CommandResult first = run("-fy");
    // it may take a second pass until nothing is found any more
    Finding last = finding(first.exitCode() > 1 ? run("-fy") : first);
    channel.force(true);
    return last;
  }

  private CommandResult run(String option) {
    List<String> arguments = new ArrayList<>(List.of(option, image.toString()));
    CommandResult result = programs.run("checking", "e2fsck", arguments);
    // 8 operational error, 16 usage, 32 cancelled, 128 shared library (e2fsck(8), EXIT CODE)
    if (result.exitCode() >= 16) {
      throw SystemPrograms.failed("e2fsck", arguments, result);
    }
    return result;
  }

  private static Finding finding(CommandResult result) {
    return new Finding(result.exitCode() <= 1, (result.output() + result.errors()).strip());
  }
}
