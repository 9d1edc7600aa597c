package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/** {@code e2fsck(8)} over an image that nobody else has. */
record FileSystemCheck(CommandRunner runner) {
  /** A large image on a busy file system takes its time. */
  private static final Duration LIMIT = Duration.ofHours(2);

  /**
   * Repairs what can be repaired without a choice ({@code -p}).
   *
   * @return what was done
   * @throws IOException if that is not enough; the message says what {@code -y} would do
   */
  String preen(Path image) throws IOException {
    CommandResult result = run("-p", image);
    // 0 sound, 1 repaired (e2fsck(8), EXIT CODE)
    if (result.exitCode() <= 1) {
      return "e2fsck -p: " + lastLine(result.output());
    }
    CommandResult look = run("-fn", image);
    throw new IOException(
        "e2fsck -p is not enough (exit code "
            + result.exitCode()
            + "). Nothing more was done. Repair it on a copy or with a backup: e2fsck -fy "
            + image
            + "\n  what e2fsck -y would do:\n    "
            + (look.output() + look.errors()).strip().replace("\n", "\n    "));
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
