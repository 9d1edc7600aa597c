package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * {@code e2fsck(8)} over an image that the caller holds: the one way in which images are checked
 * here. A sound image is only looked at, since e2fsck, where it may write, sorts large folders anew
 * in place. What a repair overwrites is kept beside the image, so that one that is cut short is
 * taken back by the next call.
 *
 * <p>No exit code of e2fsck is taken for sound without a look at the superblock.
 */
public final class OverlayCheckUp {
  private static final int ORPHANS = 1024 + 232;

  private final CommandRunner runner;
  private final Progress progress;
  private final FileSystemPrograms programs;
  private final FileChannel channel;
  private final Path image;

  /** What the user calls it. */
  private final Path shown;

  /** Whether it is a copy that nobody misses when a repair of it is cut short. */
  private final boolean copy;

  /**
   * @param channel the open image, whose exclusive lock the caller holds; for {@link #look} alone a
   *     shared one is enough
   * @param image its path without links
   */
  public OverlayCheckUp(CommandRunner runner, FileChannel channel, Path image, Progress progress) {
    this(runner, channel, image, image, false, progress);
  }

  private OverlayCheckUp(
      CommandRunner runner,
      FileChannel channel,
      Path image,
      Path shown,
      boolean copy,
      Progress progress) {
    this.runner = runner;
    this.progress = progress;
    this.programs = new FileSystemPrograms(runner, progress);
    this.channel = channel;
    this.image = image;
    this.shown = shown;
    this.copy = copy;
  }

  /** The same for a copy of the image, of which nothing is kept. */
  public OverlayCheckUp ofCopy(FileChannel open, Path path) {
    return new OverlayCheckUp(runner, open, path, image, true, progress);
  }

  /**
   * What a check found.
   *
   * @param sound whether the image is sound now
   * @param text what e2fsck said
   */
  public record Finding(boolean sound, String text) {}

  /**
   * Takes back a repair of an image that was cut short, and removes what one that was killed near
   * its end has left. Every change of an image begins with it.
   *
   * @return whether there was one
   * @throws OverlayException if what takes it back is gone, damaged, or cannot be read
   */
  public static boolean settle(FileChannel channel, Path image) throws IOException {
    return RepairUndo.settle(channel, image, false);
  }

  /**
   * The same for this image.
   *
   * @param without whether to go on when the file is gone from which it would be taken back
   */
  public boolean settle(boolean without) throws IOException {
    return !copy && RepairUndo.settle(channel, image, without);
  }

  /** Looks for errors in full, and changes nothing. */
  public Finding look() {
    return finding(run("-fn"));
  }

  /**
   * Repairs what needs no choice. Where there is nothing to repair, nothing but the journal and the
   * superblock is written.
   *
   * @param inFull even if the superblock says that it is clean
   * @throws OverlayException if a program fails; the image is as it was then
   */
  public Finding preen(boolean inFull) throws IOException {
    String taken = settle(false) ? "a repair that was cut short was taken back first\n" : "";
    CommandResult replayed = replayJournal("-p");
    Superblock superblock = Superblock.read(channel, image);
    boolean orphans = ImageBytes.read(channel, ORPHANS, 4).getInt(0) != 0;
    if (superblock.clean() && !orphans && !superblock.shorterThanItsFileSystem()) {
      CommandResult looked = run(inFull ? "-fn" : "-n");
      if (looked.exitCode() == 0) {
        if (inFull) {
          programs.markChecked(image);
        }
        return new Finding(true, (taken + text(replayed) + "\n" + text(looked)).strip());
      }
    }
    Finding found = finding(write("-fp"));
    return new Finding(found.sound(), taken + found.text());
  }

  /**
   * Repairs everything; what has lost its name is found in {@code /lost+found}. A file whose end
   * was cut off gets its length back first.
   *
   * @throws OverlayException if a program fails; the image is as it was then
   */
  public Finding repair() throws IOException {
    settle(true);
    Superblock superblock = Superblock.read(channel, image);
    if (superblock.shorterThanItsFileSystem()) {
      channel.write(ByteBuffer.allocate(1), superblock.bytes() - 1);
    }
    replayJournal("-y");
    CommandResult first = write("-fy");
    // it may take a second pass until nothing is found any more
    Finding last = finding(first.exitCode() > 1 ? write("-fy") : first);
    channel.force(true);
    return last;
  }

  /**
   * Checks it in full and repairs what needs no choice.
   *
   * @throws OverlayException if that is not enough
   */
  void requireSound() throws IOException {
    Finding found = preen(true);
    if (!found.sound()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          shown
              + " has errors that are not to be repaired without a choice:\n    "
              + found.text().replace("\n", "\n    ")
              + "\n  see them all, and repair them: condatainer overlay check -y "
              + ShellWords.quote(shown.toString()));
    }
  }

  /**
   * The same after resize2fs(8) made it smaller. Up to 1.47.0 at least, that can leave an inode for
   * later growth that e2fsck makes anew only when it may; nothing of a user's is in it. Whatever
   * else there might be is an error here as elsewhere.
   */
  void requireSoundShrunken() throws IOException {
    CommandResult found = run("-fn");
    if (found.exitCode() != 0 && isResizeInodeAlone(found.output())) {
      write("-fy");
    }
    requireSound();
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

  /**
   * Alone, and first: to replay a journal once more does no harm, and it may hold a superblock that
   * does not know of the repair. What is wrong with the journal itself the check finds out.
   */
  private CommandResult replayJournal(String option) throws IOException {
    if (!Superblock.read(channel, image).journalNeedsRecovery()) {
      return new CommandResult(0, "", "");
    }
    return run(option, "-E", "journal_only");
  }

  private CommandResult write(String option) throws IOException {
    Optional<RepairUndo> undo = copy ? Optional.empty() : RepairUndo.begin(channel, image);
    boolean ended = false;
    try {
      CommandResult result = run(option);
      // 8: it could not read or write (e2fsck(8), EXIT CODE); half of a repair is none
      ended = (result.exitCode() & 8) == 0;
      return result;
    } finally {
      if (undo.isPresent() && ended) {
        undo.get().finished();
      } else if (undo.isPresent()) {
        undo.get().takeBack();
      }
    }
  }

  private CommandResult run(String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(image.toString());
    CommandResult result = programs.run("checking", "e2fsck", arguments);
    // 8 operational error, 16 usage, 32 cancelled, 128 shared library (e2fsck(8), EXIT CODE)
    if (result.exitCode() >= 16) {
      throw SystemPrograms.failed("e2fsck", arguments, result);
    }
    return result;
  }

  private static Finding finding(CommandResult result) {
    return new Finding(result.exitCode() <= 1, text(result));
  }

  private static String text(CommandResult result) {
    return (result.output() + result.errors()).strip();
  }
}
