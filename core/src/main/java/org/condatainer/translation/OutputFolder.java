package org.condatainer.translation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Dialect;

/**
 * Output files of which only a folder is written, {@code logs/}: PBS and LSF name the file in it,
 * the others fail the job.
 *
 * @param from the dialect that the folder is written in
 * @param to the dialect that it is translated into
 */
public record OutputFolder(Dialect from, Dialect to) {
  public OutputFolder {
    requireNonNull(from, "from is null");
    requireNonNull(to, "to is null");
  }

  /**
   * The folder with the name that its own scheduler gives the file.
   *
   * @param stream {@link RequestPart#OUTPUT} or {@link RequestPart#ERROR}
   * @param request of the job
   * @param script the name of a job that has none of its own
   * @return empty if it is no folder, or both schedulers take one
   */
  public Optional<OutputName> file(
      RequestPart stream, String written, JobRequest request, String script) {
    if (!written.endsWith("/") || takesFolders(to)) {
      return Optional.empty();
    }
    return from.nameInFolder(request, stream, script)
        .map(
            name -> {
              List<Piece> pieces = new ArrayList<>(from.outputName(written).pieces());
              pieces.addAll(name.pieces());
              return new OutputName(pieces);
            });
  }

  /** Whether it is a folder, and one that both take. */
  boolean isLeftToTheTarget(String written) {
    return written.endsWith("/") && takesFolders(to) && takesFolders(from);
  }

  /** Whether a dialect's scheduler names a file in a folder that is given as an output. */
  public static boolean takesFolders(Dialect dialect) {
    return dialect.nameInFolder(JobRequest.empty(), RequestPart.OUTPUT, "").isPresent();
  }
}
