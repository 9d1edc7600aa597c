package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.script.ShellWords;

/**
 * Whether the jobs that processes say they belong to are theirs. A process tells it by variables
 * that its user can set at will, and who cancels may be root.
 *
 * @param open the schedulers in use, by their ids
 */
record JobsOfHolders(Map<String, Scheduler> open) {
  JobsOfHolders {
    requireNonNull(open, "open is null");
  }

  /**
   * To be called before any of the jobs is cancelled.
   *
   * @throws IOException if one is another user's than the process that has the image, if the
   *     scheduler does not tell whose it is, or if its id names other tasks of an array too
   */
  void check(List<HoldingJob> jobs) throws IOException {
    for (HoldingJob holding : jobs) {
      Scheduler scheduler = open.get(holding.job().scheduler());
      if (scheduler == null) {
        throw new IOException(holding.job().scheduler() + " is not to be had on this machine");
      }
      JobId id = holding.job().id();
      JobSnapshot said = scheduler.query(Set.of(id)).get(id);
      Optional<String> objection = objection(holding, said, scheduler);
      if (objection.isPresent()) {
        throw new IOException("nothing was cancelled: " + objection.get());
      }
    }
  }

  private static Optional<String> objection(
      HoldingJob holding, JobSnapshot said, Scheduler scheduler) {
    String job = holding.job().shown();
    if (said == null || said.state() instanceof JobState.Unavailable) {
      return Optional.of(scheduler.displayName() + " does not say whose " + job + " is");
    }
    if (!(said.state() instanceof JobState.Alive)) {
      return Optional.empty(); // nothing of it can be cancelled
    }
    String owner = said.owner().orElse("");
    if (!owner.equals(holding.user())) {
      return Optional.of(
          "the image is held by a process of "
              + (holding.user().isEmpty() ? "an unknown user" : holding.user())
              + " that says it is of "
              + job
              + ", which is "
              + (owner.isEmpty() ? "nobody's" : owner + "'s")
              + " by the word of "
              + scheduler.displayName()
              + "; end that process");
    }
    return scheduler
        .taskOfArray(holding.job().id())
        .map(
            task ->
                job
                    + " is a whole array, and which of its tasks has the image is not known; cancel"
                    + " that task: condatainer cancel --scheduler "
                    + holding.job().scheduler()
                    + " "
                    + ShellWords.quote(task));
  }
}
