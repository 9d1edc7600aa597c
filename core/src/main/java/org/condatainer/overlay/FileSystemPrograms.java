package org.condatainer.overlay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * The programs of e2fsprogs that change an image. They take no lock of their own, and must not
 * outlive the process that holds it: each is started by setpriv(1), which has the kernel kill it
 * when this process ends, however that happens.
 */
final class FileSystemPrograms {
  private static final int NOT_FOUND = 127;

  private final SystemPrograms programs;
  private final Progress progress;

  FileSystemPrograms(CommandRunner runner, Progress progress) {
    this.programs = new SystemPrograms(runner);
    this.progress = progress;
  }

  /** Runs one, whatever its exit code. */
  CommandResult run(String step, String program, List<String> arguments) {
    StepTicks ticks = StepTicks.of(progress, step);
    try (ticks) {
      for (String folder : SystemPrograms.FOLDERS) {
        List<String> words = new ArrayList<>(List.of("--pdeathsig", "KILL", folder + program));
        words.addAll(arguments);
        Optional<CommandResult> result = programs.run("setpriv", words, "");
        if (result.isEmpty()) {
          break;
        }
        boolean found =
            result.get().exitCode() != NOT_FOUND || !result.get().errors().startsWith("setpriv:");
        if (found) {
          return result.get();
        }
      }
      return programs
          .run(program, arguments, "")
          .orElseThrow(() -> SystemPrograms.missing("e2fsprogs", program));
    }
  }

  /**
   * Checks a file system in full and repairs what needs no choice.
   *
   * <p>A sound one is only looked at, and marked as checked for resize2fs: to write, e2fsck would
   * sort large folders anew in place (pass 3A), and a kill in the middle of that loses names.
   *
   * @throws OverlayException if that is not enough
   */
  void checkInFull(Path image, Path shown, Superblock superblock) {
    if (superblock.clean()
        && run("checking", "e2fsck", List.of("-fn", image.toString())).exitCode() == 0) {
      markChecked(image);
      return;
    }
    CommandResult result = run("checking", "e2fsck", List.of("-fp", image.toString()));
    // 0 sound, 1 repaired (e2fsck(8), EXIT CODE)
    if (result.exitCode() > 1) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          shown
              + " has errors that are not to be repaired without a choice:\n    "
              + (result.output() + result.errors()).strip().replace("\n", "\n    ")
              + "\n  see them all, and repair them: condatainer overlay check -y "
              + ShellWords.quote(shown.toString()));
    }
  }

  /** Writes into the superblock that all has been checked now, as e2fsck does when it may write. */
  void markChecked(Path image) {
    List<String> arguments = List.of("-T", "now", image.toString());
    CommandResult marked = run("checking", "tune2fs", arguments);
    if (marked.exitCode() != 0) {
      throw SystemPrograms.failed("tune2fs", arguments, marked);
    }
  }

  /**
   * The same after resize2fs(8) made it smaller. Up to 1.47.0 at least, that can leave an inode for
   * later growth that e2fsck makes anew only when it may; nothing of a user's is in it. Whatever
   * else there might be is an error here as elsewhere.
   */
  void checkShrunken(Path image, Path shown, Superblock superblock) {
    CommandResult found = run("checking", "e2fsck", List.of("-fn", image.toString()));
    if (found.exitCode() != 0 && isResizeInodeAlone(found.output())) {
      run("checking", "e2fsck", List.of("-fy", image.toString()));
    }
    checkInFull(image, shown, superblock);
  }

  /** Whether the only questions are of that inode, and of the counts of free blocks. */
  private static boolean isResizeInodeAlone(String output) {
    boolean found = false;
    for (String line : output.split("\n", -1)) {
      if (line.startsWith("Resize inode not valid.")) {
        found = true;
      } else if (line.contains("? no") && !line.equals("Fix? no")) {
        return false;
      }
    }
    return found;
  }
}
