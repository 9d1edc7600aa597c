package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.scheduler.Dialect;
import org.condatainer.script.Diagnostic;
import org.condatainer.translation.OutputFolder;
import org.condatainer.trust.Ownership;

/**
 * Warns of a job's output files that no scheduler can write, as far as this machine tells: a job
 * whose output has no folder runs, or fails, without a word.
 */
final class OutputFolders {
  private final Dialect dialect;
  private final Path directory;

  private OutputFolders(Dialect dialect, Path directory) {
    this.dialect = dialect;
    this.directory = directory;
  }

  /**
   * The warnings.
   *
   * @param request its files are in the words of the dialect
   * @param workingDirectory where it is submitted
   * @param made a folder that the submit makes, if it is not there
   */
  static List<Diagnostic> warnings(
      JobRequest request, Dialect dialect, Path workingDirectory, Optional<Path> made) {
    List<Diagnostic> warnings = new ArrayList<>();
    Optional<Path> directory =
        request.workingDirectory().isEmpty()
            ? Optional.of(workingDirectory)
            : plain(dialect.outputName(request.workingDirectory().get()))
                .map(workingDirectory::resolve);
    if (directory.isPresent()) {
      OutputFolders folders = new OutputFolders(dialect, directory.get());
      request.files().output().ifPresent(name -> folders.look(name, "output", made, warnings));
      request.files().error().ifPresent(name -> folders.look(name, "error", made, warnings));
    }
    return warnings;
  }

  private void look(String written, String what, Optional<Path> made, List<Diagnostic> warnings) {
    OutputName name = dialect.outputName(written);
    boolean takesFolders = OutputFolder.takesFolders(dialect);
    Optional<Path> file = plain(name).map(directory::resolve);
    if (file.isPresent()
        && !(takesFolders && written.endsWith("/"))
        && Files.isDirectory(file.get())) {
      warnings.add(
          warning(
              "the job's "
                  + what
                  + " is the folder "
                  + file.get()
                  + ": name a file in it"
                  + (takesFolders
                      ? ", or write a / at its end"
                      : ", or the " + what + " is lost")));
      return;
    }
    Optional<Path> folder = folder(name).map(directory::resolve);
    refuseUnwritable(file, folder.or(() -> file.map(Path::getParent)), what);
    if (folder.isPresent()
        && !folder.get().equals(made.orElse(null))
        && !Files.isDirectory(folder.get())) {
      warnings.add(
          warning(
              "the folder for the job's "
                  + what
                  + " is not here: "
                  + folder.get()
                  + "; schedulers make none, and without it the "
                  + what
                  + " is lost: mkdir -p it before the job starts"));
    }
  }

  /** Slurm, for one, fails such a job at its start, and tells nobody. */
  private static void refuseUnwritable(Optional<Path> file, Optional<Path> folder, String what) {
    Path place = file.filter(Files::exists).or(() -> folder).orElse(null);
    if (place == null || !Files.exists(place) || Files.isWritable(place) || isReadOnly(place)) {
      return;
    }
    throw new LaunchException(
        LaunchException.Kind.FAILED,
        "you cannot write to "
            + place
            + ", where the job's "
            + what
            + " is to go (it belongs to "
            + Ownership.nameOfOwner(place)
            + "): the job would fail without a word\n  next: name another file (-o, -e)"
            + "; for all jobs: logs_dir, where $USER is your name");
  }

  /** The nodes may be able to write what this machine has for reading alone. */
  private static boolean isReadOnly(Path place) {
    try {
      return Files.getFileStore(place).isReadOnly();
    } catch (IOException e) {
      return true;
    }
  }

  private static Diagnostic warning(String message) {
    return Diagnostic.warning(0, 0, message);
  }

  /** A name that nothing is filled into. */
  private static Optional<Path> plain(OutputName name) {
    StringBuilder text = new StringBuilder();
    for (Piece piece : name.pieces()) {
      if (!(piece instanceof Piece.Text plain)) {
        return Optional.empty();
      }
      text.append(plain.text());
    }
    return path(text.toString());
  }

  /** The folder of a file, if nothing is filled into the folder's own name. */
  private static Optional<Path> folder(OutputName name) {
    StringBuilder text = new StringBuilder();
    boolean filled = false;
    for (Piece piece : name.pieces()) {
      if (!(piece instanceof Piece.Text plain)) {
        filled = true;
      } else if (!filled) {
        text.append(plain.text());
      } else if (plain.text().indexOf('/') >= 0) {
        return Optional.empty();
      }
    }
    int slash = text.lastIndexOf("/");
    return slash < 0 ? Optional.empty() : path(text.substring(0, slash + 1));
  }

  /** What only the scheduler's shell makes a path of is left to it. */
  private static Optional<Path> path(String text) {
    if (text.startsWith("~") || text.indexOf('$') >= 0 || text.indexOf('%') >= 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
