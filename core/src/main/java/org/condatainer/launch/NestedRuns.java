package org.condatainer.launch;

import java.util.List;
import java.util.Optional;
import org.condatainer.container.EnclosingContainer;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.script.ShellWords;

/**
 * Runs that are asked for where this process is in a container: another is not made in it.
 *
 * @param around the container, empty as a rule
 * @param refused whether they are refused; otherwise a note says that they would be
 */
record NestedRuns(Optional<EnclosingContainer> around, boolean refused) {
  static NestedRuns of(HostEnvironment environment) {
    return new NestedRuns(EnclosingContainer.of(environment.variables()), true);
  }

  NestedRuns noted() {
    return new NestedRuns(around, false);
  }

  /**
   * What is to be said of a run on this machine.
   *
   * @param what what is run
   * @param words its command line; empty for a shell
   * @throws LaunchException if it is refused
   */
  List<String> notes(String what, List<String> words) {
    if (around.isEmpty()) {
      return List.of();
    }
    String refusal =
        around.get()
            + "\n  next: "
            + (words.isEmpty()
                ? "this is its shell;"
                : "run " + what + " as it is: " + ShellWords.join(words) + "\n  or,")
            + " for other overlays, leave it first (exit)";
    if (refused) {
      throw new LaunchException(LaunchException.Kind.BAD_REQUEST, refusal);
    }
    return List.of("this plan would be refused: " + refusal);
  }
}
