package org.condatainer.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;
import org.condatainer.translation.OutputFolder;

/** Where a submitted job's output goes if neither the user nor the script says so. */
final class OutputPlace {
  private OutputPlace() {}

  /**
   * The overrides with an output file where there is a folder for it, or an array by {@code
   * --array}: named alike on every scheduler, {@code NAME_ID.out}, {@code NAME_ID_INDEX.out} for
   * the task of an array. Otherwise the scheduler names it.
   *
   * @param folder absolute, empty for the working directory
   */
  static Overrides of(
      Overrides overrides, JobScript script, Path path, RunPlace place, Optional<Path> folder) {
    if (place.provider().isEmpty()
        || overrides.output().isPresent()
        || (folder.isEmpty() && overrides.array().isEmpty())) {
      return overrides;
    }
    SchedulerProvider provider = place.provider().get();
    Dialect written = place.writtenFor().orElse(provider).dialect();
    JobRequest request = written.read(script).request();
    if (request.files().output().isPresent()) {
      return inFolder(overrides, request, path, new OutputFolder(written, provider.dialect()));
    }
    String name = overrides.name().or(request::name).orElseGet(() -> path.getFileName().toString());
    boolean array = overrides.array().isPresent() || request.array().isPresent();
    String output = provider.dialect().outputText(output(folder, name, array)).text();
    return Overrides.builder().output(output).build().over(overrides);
  }

  /** In a translated folder, the tasks that {@code --array} makes have a file each, too. */
  private static Overrides inFolder(
      Overrides overrides, JobRequest request, Path path, OutputFolder folder) {
    if (overrides.array().isEmpty()) {
      return overrides;
    }
    JobRequest array = request.toBuilder().array(overrides.array().get()).build();
    return folder
        .file(
            RequestPart.OUTPUT,
            request.files().output().orElseThrow(),
            array,
            path.getFileName().toString())
        .map(name -> folder.to().outputText(name).text())
        .map(output -> Overrides.builder().output(output).build().over(overrides))
        .orElse(overrides);
  }

  private static OutputName output(Optional<Path> folder, String name, boolean array) {
    String before = folder.map(path -> path + "/").orElse("") + name.replace('/', '_') + "_";
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece.Text(before));
    pieces.add(new Piece.Filled(Placeholder.JOB_ID));
    if (array) {
      pieces.add(new Piece.Text("_"));
      pieces.add(new Piece.Filled(Placeholder.ARRAY_INDEX));
    }
    pieces.add(new Piece.Text(".out"));
    return new OutputName(pieces);
  }
}
