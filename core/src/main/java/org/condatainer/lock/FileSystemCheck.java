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
import org.condatainer.script.ShellWords;

/** {@code e2fsck(8)} over an image that nobody else has. */
record FileSystemCheck(CommandRunner runner) {
  /** A large image on a busy file system takes its time. */
  private static final Duration LIMIT = Duration.ofHours(2);

  private static final int NOT_LOCKED = 121;
  private static final int NO_PROGRAM = 122;

  /**
   * Takes the image's lock (F_OFD_SETLK, fcntl(2)) on a descriptor that the program inherits: so
   * the lock lives as long as the check, also when this process is killed. e2fsck's own exit codes
   * are sums of 1 to 32, and 128.
   */
  private static final String LOCKED =
      """
      BEGIN { $^F = 255 }
      my $image = shift;
      open my $file, "+<", $image or exit 121;
      my $lock = pack "s2x4q2lx4", 1, 0, 0, 0, 0;
      fcntl $file, 37, $lock or exit 121;
      exec { $ARGV[0] } @ARGV;
      exit 122;
      """;

  /**
   * Repairs what can be repaired without a choice ({@code -p}), under the image's own lock, which
   * this process must not have.
   *
   * @return what was done
   * @throws IOException if the image is locked; or if {@code -p} is not enough: the message says
   *     what {@code -y} would do
   */
  String preenLocked(Path image) throws IOException {
    return preen(image, List.of("perl", "-e", LOCKED, image.toString()));
  }

  /** The same for a file that is nobody else's business. */
  String preen(Path image) throws IOException {
    return preen(image, List.of());
  }

  private String preen(Path image, List<String> before) throws IOException {
    CommandResult result = run(before, "-p", image);
    if (!before.isEmpty() && result.exitCode() == NOT_LOCKED) {
      throw new IOException(image + " was locked again in this moment: somebody works with it");
    }
    // 0 sound, 1 repaired (e2fsck(8), EXIT CODE)
    if (result.exitCode() <= 1) {
      return "e2fsck -p: " + lastLine(result.output());
    }
    CommandResult look = run(List.of(), "-fn", image);
    throw new IOException(
        "e2fsck -p is not enough (exit code "
            + result.exitCode()
            + "). Nothing more was done. Repair it on a copy or with a backup: e2fsck -fy "
            + ShellWords.quote(image.toString())
            + "\n  what e2fsck -y would do:\n    "
            + (look.output() + look.errors()).strip().replace("\n", "\n    "));
  }

  private static String lastLine(String output) {
    String text = output.strip();
    return text.substring(text.lastIndexOf('\n') + 1);
  }

  private CommandResult run(List<String> before, String option, Path image) throws IOException {
    List<String> problems = new ArrayList<>();
    for (String folder : List.of("", "/usr/sbin/", "/sbin/")) {
      List<String> words = new ArrayList<>(before);
      words.addAll(List.of(folder + "e2fsck", option, image.toString()));
      try {
        CommandResult result =
            runner.run(
                Command.of(words.toArray(new String[0]))
                    .withVariables(Map.of("LC_ALL", "C"))
                    .withTimeout(LIMIT));
        if (before.isEmpty() || result.exitCode() != NO_PROGRAM) {
          return result;
        }
        problems.add("e2fsck could not be started");
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
