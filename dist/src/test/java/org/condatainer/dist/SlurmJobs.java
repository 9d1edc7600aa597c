package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;

/** A user's jobs on the real Slurm, by Slurm's own commands. */
record SlurmJobs(Installed condatainer) {
  private static final List<String> END_STATES =
      List.of("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED");

  /** Submits by {@code condatainer run} and gives the job's id. */
  String run(String... arguments) {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(arguments));
    Result submitted = condatainer.call(words.toArray(new String[0]));
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    assertThat(submitted.out().strip()).as(submitted.everything()).matches("\\d+");
    return submitted.out().strip();
  }

  /** Waits until every task of it has ended; what Slurm then shows. */
  String ended(String id) {
    Installed.await("job " + id + " ends", () -> hasEnded(show(id)));
    return show(id);
  }

  private static boolean hasEnded(String shown) {
    boolean any = false;
    for (String line : shown.split("\n", -1)) {
      int at = line.indexOf("JobState=");
      if (at >= 0) {
        any = true;
        if (!END_STATES.contains(line.substring(at + 9).split("\\s", 2)[0])) {
          return false;
        }
      }
    }
    return any;
  }

  /** What Slurm shows of it, a line for each task. */
  String show(String id) {
    return condatainer.asUser(List.of("scontrol", "-o", "show", "job", id), "").out();
  }

  void release(String id) {
    Result released = condatainer.asUser(List.of("scontrol", "release", id), "");
    assertThat(released.exitCode()).as(released.everything()).isZero();
  }

  void cancel(String... words) {
    List<String> command = new ArrayList<>(List.of("scancel"));
    command.addAll(List.of(words));
    condatainer.asUser(command, "");
  }
}
