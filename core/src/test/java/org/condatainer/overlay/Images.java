package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.ProcessRunner;

/** Real images, made and spoiled by the programs of e2fsprogs. */
public final class Images {
  private static final ProcessRunner RUNNER = new ProcessRunner(System.getenv());

  private Images() {}

  /** A sound overlay of 16 MiB that belongs to the caller. */
  public static Path overlay(Path file) {
    return overlay(file, Owner.ofThisProcess());
  }

  public static Path overlay(Path file, Owner owner) {
    new OverlayCreation(RUNNER, Progress.SILENT)
        .create(
            new NewOverlay(file, ByteSize.ofMebibytes(16), OverlayProfile.BALANCED, true, owner));
    return file;
  }

  /** An empty file system of 16 MiB by mke2fs with these options. */
  static Path fileSystem(Path file, String... options) throws IOException {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(16 << 20);
    }
    run(Command.of("/usr/sbin/mke2fs", "-q", "-F").withArguments(List.of(options)), file);
    return file;
  }

  /** Changes an image by commands of debugfs(8). */
  static Path debugfs(Path file, String... commands) {
    run(
        Command.of("/usr/sbin/debugfs", "-w", "-f", "-")
            .withInput(String.join("\n", commands) + "\n"),
        file);
    return file;
  }

  /** Damages an image by commands of debugfs(8). */
  public static void spoil(Path file, String... commands) {
    debugfs(file, commands);
  }

  /** A copy that keeps the holes. */
  public static Path copy(Path from, Path to) {
    run(Command.of("cp", "--sparse=always", from.toString()), to);
    return to;
  }

  /** Exit code of e2fsck(8). */
  public static int e2fsck(String option, Path file) {
    return runAny(Command.of("/usr/sbin/e2fsck", option), file).exitCode();
  }

  private static void run(Command command, Path file) {
    CommandResult result = runAny(command, file);
    assertThat(result.exitCode()).as(result.errors()).isZero();
  }

  private static CommandResult runAny(Command command, Path file) {
    try {
      return RUNNER.run(command.withArguments(List.of(file.toString())));
    } catch (CommandException e) {
      throw new IllegalStateException(e);
    }
  }
}
