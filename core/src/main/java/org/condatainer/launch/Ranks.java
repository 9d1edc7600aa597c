package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run with a container for each task: the scheduler starts one script, which starts the other
 * once for each task by what the scheduler has for that.
 *
 * @param launching the script that is submitted
 * @param ofEach the script of each task, kept in the run's record as {@link #FILE}
 */
record Ranks(BatchScript launching, BatchScript ofEach) {
  static final String FILE = "rank.sh";

  Ranks {
    requireNonNull(launching, "launching is null");
    requireNonNull(ofEach, "ofEach is null");
  }

  /**
   * Makes two scripts of one.
   *
   * @throws LaunchException if there are no ranks where the run takes place, or they cannot share
   *     its overlays
   */
  static Ranks of(
      BatchScript script,
      Plan.Destination destination,
      Optional<Path> writable,
      Path runsDirectory) {
    if (writable.isPresent()) {
      throw refused(
          writable.get() + " can be written by one process at a time; leave out -w, or --ranks");
    }
    String launcher = launcher(destination);
    BatchScript ofEach =
        new BatchScript(
            script.runId(),
            List.of(),
            BatchText.OF_A_RANK,
            0,
            script.nodeModules(),
            script.runtime(),
            script.container(),
            script.payload(),
            script.notes());
    BatchScript.Payload payload =
        new BatchScript.Payload.Ranks(
            launcher,
            KeptFile.of(runsDirectory.resolve(script.runId()).resolve(FILE), ofEach.bytes()));
    return new Ranks(
        new BatchScript(
            script.runId(),
            script.directiveLines(),
            script.grantedResources(),
            script.arrayCount(),
            script.nodeModules(),
            script.runtime(),
            script.container(),
            payload,
            List.of()),
        ofEach);
  }

  private static String launcher(Plan.Destination destination) {
    if (destination instanceof Plan.Scheduled scheduled) {
      return scheduled
          .provider()
          .dialect()
          .rankLauncher()
          .orElseThrow(
              () ->
                  refused(
                      scheduled.provider().displayName()
                          + " starts the program of a job once, on one machine; leave out"
                          + " --ranks, or let the script start its processes itself"));
    }
    String reason = destination instanceof Plan.Here here ? " (" + here.reason() + ")" : "";
    throw refused(
        "a run on this machine"
            + reason
            + " is one process; leave out --ranks, and start several by mpiexec in the script");
  }

  private static LaunchException refused(String why) {
    return new LaunchException(LaunchException.Kind.BAD_REQUEST, "--ranks: " + why);
  }
}
