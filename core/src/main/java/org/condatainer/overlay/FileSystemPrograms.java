package org.condatainer.overlay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/**
 * The programs of e2fsprogs that change an image. They take no lock of their own, and must not
 * outlive the process that holds it: each is started by setpriv(1), which has the kernel kill it
 * when this process ends, however that happens.
 */
final class FileSystemPrograms {
  private static final int NOT_FOUND = 127;

  /** When this process ended before setpriv could ask the kernel, nobody holds the image. */
  private static final String IF_ALIVE =
      "[ \"$PPID\" = \"$1\" ] || exit 126; cnt_file=$2; shift 2; exec \"$@\" ";

  private final SystemPrograms programs;
  private final Progress progress;

  FileSystemPrograms(CommandRunner runner, Progress progress) {
    this.programs = new SystemPrograms(runner);
    this.progress = progress;
  }

  /** Why they cannot read a file of this path; empty if they can (unix_io.c, e2fsck/unix.c). */
  static Optional<String> unreadable(String path) {
    return path.indexOf('?') < 0
        ? Optional.empty()
        : Optional.of(
            "e2fsck and resize2fs take what follows a question mark in a path for options, and"
                + " could not read "
                + path
                + "\n  give the file, or the folder, a name without one");
  }

  /** Runs one, whatever its exit code. */
  CommandResult run(String step, String program, List<String> arguments) {
    for (String argument : arguments) {
      Optional<String> why = unreadable(argument);
      if (why.isPresent()) {
        throw new OverlayException(OverlayException.Kind.UNUSABLE, why.get());
      }
    }
    Optional<StatedProgress> asked =
        progress.isShown() ? StatedProgress.of(program, arguments) : Optional.empty();
    if (asked.isPresent()) {
      try (StatedProgress stated = asked.get()) {
        Optional<CommandResult> result = stating(step, program, arguments, stated);
        if (result.isPresent()) {
          return result.get();
        }
      }
    }
    StepTicks ticks = StepTicks.of(progress, step);
    try (ticks) {
      return bound(program, arguments, "", "")
          .or(() -> programs.run(program, arguments, ""))
          .orElseThrow(() -> SystemPrograms.missing("e2fsprogs", program));
    }
  }

  private Optional<CommandResult> stating(
      String step, String program, List<String> arguments, StatedProgress stated) {
    StepTicks ticks = StepTicks.of(progress, step, stated::now);
    try (ticks) {
      return bound(
              program, stated.arguments(arguments), stated.redirection(), stated.file().toString())
          .map(stated::whole);
    }
  }

  /** One that ends with this process; empty where there is no program that sees to that. */
  private Optional<CommandResult> bound(
      String program, List<String> arguments, String redirection, String file) {
    String self = Long.toString(ProcessHandle.current().pid());
    for (String folder : SystemPrograms.FOLDERS) {
      List<String> words = new ArrayList<>(List.of("--pdeathsig", "KILL", "sh", "-c"));
      words.addAll(List.of(IF_ALIVE + redirection, "sh", self, file, folder + program));
      words.addAll(arguments);
      Optional<CommandResult> result = programs.run("setpriv", words, "");
      if (result.isEmpty() || result.get().errors().startsWith("setpriv:")) {
        // none, or one that does not know how
        break;
      }
      if (result.get().exitCode() != NOT_FOUND) {
        return result;
      }
    }
    return Optional.empty();
  }

  /** Writes into the superblock that all has been checked now, as e2fsck does when it may write. */
  void markChecked(Path image) {
    List<String> arguments = List.of("-T", "now", image.toString());
    CommandResult marked = run("checking", "tune2fs", arguments);
    if (marked.exitCode() != 0) {
      throw SystemPrograms.failed("tune2fs", arguments, marked);
    }
  }
}
