package org.condatainer.launch;

import java.nio.file.Path;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.Overrides;

/** What {@code --array} means over a script's directives. */
final class ArrayOverrides {
  private ArrayOverrides() {}

  /** The overrides with the array of these inputs. */
  static Overrides of(ArrayInputs inputs, Overrides overrides) {
    return Overrides.builder().array(inputs.array()).build().over(overrides);
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
