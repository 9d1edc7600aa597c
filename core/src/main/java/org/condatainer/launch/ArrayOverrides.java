package org.condatainer.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;

/** What {@code --array} means over a script's directives. */
final class ArrayOverrides {
  private ArrayOverrides() {}

  /**
   * The overrides with the array of these inputs, and where neither user nor script names an output
   * file, with one for each task, named alike everywhere: {@code NAME_ID_INDEX.out}.
   */
  static Overrides of(
      ArrayInputs inputs, Overrides overrides, JobScript script, Path path, RunPlace place) {
    Overrides array = Overrides.builder().array(inputs.array()).build().over(overrides);
    if (place.provider().isEmpty() || overrides.output().isPresent()) {
      return array;
    }
    SchedulerProvider provider = place.provider().get();
    Dialect written = place.writtenFor().orElse(provider).dialect();
    JobRequest request = written.read(script).request();
    if (request.files().output().isPresent()) {
      return array;
    }
    String name = overrides.name().or(request::name).orElseGet(() -> path.getFileName().toString());
    String output = provider.dialect().outputText(taskOutput(name)).text();
    return Overrides.builder().output(output).build().over(array);
  }

  private static OutputName taskOutput(String name) {
    return new OutputName(
        List.of(
            new Piece.Text(name.replace('/', '_') + "_"),
            new Piece.Filled(Placeholder.JOB_ID),
            new Piece.Text("_"),
            new Piece.Filled(Placeholder.ARRAY_INDEX),
            new Piece.Text(".out")));
  }

  /**
   * Refuses what tasks that run side by side cannot share.
   *
   * @throws LaunchException if the overlay would be mounted writable by several tasks at once
   */
  static void refuseWritable(JobRequest request, Optional<Path> writable) {
    if (request.array().isPresent()
        && request.array().get().count() > 1
        && request.array().get().limit().orElse(2) > 1
        && writable.isPresent()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          writable.get()
              + " can be written by one task at a time, and this array runs several;"
              + " leave out -w, or limit the array to one task at a time (--array-limit 1)");
    }
  }
}
