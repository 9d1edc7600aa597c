package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.overlay.OverlayCheckUp;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.Progress;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/** {@code e2fsck(8)} over an image that nobody else has. */
record FileSystemCheck(CommandRunner runner) {
  /** A large image on a busy file system takes its time. */
  private static final Duration LIMIT = Duration.ofHours(2);

  /**
   * Repairs what can be repaired without a choice ({@code -p}); a repair that is cut short is taken
   * back by the next check ({@link OverlayCheckUp}).
   *
   * @param lock the image's lock; e2fsck ends with the process that holds it
   * @param image its path without links
   * @return what was done
   * @throws IOException if {@code -p} is not enough: the message says what to do then
   */
  String preen(ExclusiveLock lock, Path image) throws IOException {
    OverlayCheckUp check = new OverlayCheckUp(runner, lock.channel(), image, Progress.SILENT);
    try {
      OverlayCheckUp.Finding found = check.preen(false);
      if (found.sound()) {
        return "e2fsck -p: " + lastLine(found.text());
      }
      throw new IOException(
          "e2fsck -p is not enough. Nothing more was done. Repair it (e2fsck -fy): condatainer"
              + " overlay check -y "
              + ShellWords.quote(image.toString())
              + "\n  what e2fsck -y would do:\n    "
              + check.look().text().replace("\n", "\n    "));
    } catch (OverlayException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The same for a copy that is nobody else's business. */
  String preen(Path copy) throws IOException {
    CommandResult result = run("-p", copy);
    // 0 sound, 1 repaired (e2fsck(8), EXIT CODE)
    if (result.exitCode() <= 1) {
      return "e2fsck -p: " + lastLine(result.output());
    }
    throw new IOException(
        "e2fsck -p is not enough for a copy of the image (exit code "
            + result.exitCode()
            + "). Repair the image first: condatainer overlay check -y\n    "
            + (result.output() + result.errors()).strip().replace("\n", "\n    "));
  }

  private static String lastLine(String output) {
    String text = output.strip();
    return text.substring(text.lastIndexOf('\n') + 1);
  }

  private CommandResult run(String option, Path image) throws IOException {
    List<String> problems = new ArrayList<>();
    for (String folder : List.of("", "/usr/sbin/", "/sbin/")) {
      try {
        return runner.run(
            Command.of(folder + "e2fsck", option, image.toString())
                .withVariables(Map.of("LC_ALL", "C"))
                .withTimeout(LIMIT));
      } catch (CommandException e) {
        problems.add(e.getMessage());
        if (e.kind() == CommandException.Kind.TIMED_OUT) {
          break;
        }
      }
    }
    throw new IOException(problems.get(0) + "; e2fsck is in the package e2fsprogs");
  }
}
