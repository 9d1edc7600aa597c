package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Scheduler;

/**
 * The end of jobs that hold an image, as the user of a release wants it.
 *
 * @param open the schedulers in use, by their ids
 * @param told what was done, a line each
 */
record Cancellation(Map<String, Scheduler> open, Consumer<String> told) {
  private static final Duration JOB_PATIENCE = Duration.ofMinutes(5);

  /** A controller serves others too. */
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);

  Cancellation {
    requireNonNull(open, "open is null");
    requireNonNull(told, "told is null");
  }

  /**
   * Cancels them, and waits until the scheduler says that they have ended, or does not know them.
   *
   * @throws IOException if one is somebody else's, and then none is cancelled; or if they do not
   *     end
   */
  void of(List<HoldingJob> held) throws IOException {
    Map<String, Set<JobId>> ids = new LinkedHashMap<>();
    for (HoldingJob holding : held) {
      HolderJob job = holding.job();
      ids.computeIfAbsent(job.scheduler(), id -> new LinkedHashSet<>()).add(job.id());
    }
    new JobsOfHolders(open).check(held);
    for (Map.Entry<String, Set<JobId>> entry : ids.entrySet()) {
      Scheduler scheduler = open.get(entry.getKey());
      if (scheduler == null) {
        throw new IOException(entry.getKey() + " is not to be had on this machine");
      }
      scheduler.cancel(entry.getValue());
      List<JobState> states = new ArrayList<>();
      StringBuilder jobs = new StringBuilder();
      for (JobId id : entry.getValue()) {
        jobs.append(jobs.isEmpty() ? "" : ", ");
        jobs.append(new HolderJob(entry.getKey(), id).shown());
      }
      told.accept("asked " + scheduler.displayName() + " to cancel " + jobs);
      boolean gone =
          LeftHelpers.await(
              JOB_PATIENCE,
              BETWEEN_QUESTIONS,
              () -> {
                states.clear();
                scheduler.query(entry.getValue()).values().forEach(job -> states.add(job.state()));
                return states.stream().noneMatch(Cancellation::mayLive);
              });
      if (!gone) {
        throw new IOException(
            scheduler.displayName() + " does not say that the job has ended; look again later");
      }
      boolean ended = states.stream().allMatch(JobState.Ended.class::isInstance);
      told.accept(
          scheduler.displayName()
              + (ended ? " says that it has ended" : " does not know it any more"));
    }
  }

  /** What left the queue and is not kept is looked at again, and needs a proof then. */
  private static boolean mayLive(JobState state) {
    return !(state instanceof JobState.Ended) && !(state instanceof JobState.Absent);
  }
}
