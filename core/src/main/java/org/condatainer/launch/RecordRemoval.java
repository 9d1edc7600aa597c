package org.condatainer.launch;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;

/**
 * Removes the records of runs whose jobs ended more than a week ago. Each scheduler is asked once
 * for all of its jobs; one that does not answer removes nothing.
 */
public final class RecordRemoval {
  private final OldRecords records;
  private final String user;
  private final Instant now;

  /**
   * Names the folder; nothing is looked at.
   *
   * @param runsDirectory {@code runs_dir} of the configuration; need not exist
   * @param user who asks, by the name that the schedulers know
   */
  public RecordRemoval(Path runsDirectory, String user, Instant now) {
    this.records = new OldRecords(runsDirectory, now);
    this.user = user;
    this.now = now;
  }

  /**
   * Removes them.
   *
   * @return how many were removed; what cannot be removed is not told
   */
  public int remove(SchedulersAtHand schedulers) {
    List<SubmittedRun> runs = records.toAskFor();
    if (runs.isEmpty()) {
      return 0;
    }
    int removed = 0;
    for (SchedulersAtHand.Answer<Integer> answer :
        schedulers.ask(
            (provider, scheduler) ->
                remove(
                    runs.stream().filter(run -> run.scheduler().equals(provider.id())).toList(),
                    scheduler))) {
      removed += answer.value().orElse(0);
    }
    return removed;
  }

  int remove(List<SubmittedRun> runs, Scheduler scheduler) {
    Set<JobId> ids = new LinkedHashSet<>();
    runs.forEach(run -> ids.add(run.job()));
    if (ids.isEmpty()) {
      return 0;
    }
    Map<JobId, JobSnapshot> said = scheduler.query(ids);
    Map<SubmittedRun, JobSnapshot> absent = new LinkedHashMap<>();
    int removed = 0;
    for (SubmittedRun run : runs) {
      JobSnapshot job = said.get(run.job());
      if (job == null) {
        continue;
      }
      if (job.state() instanceof JobState.Absent) {
        absent.put(run, job);
      } else if (run.isLongEnded(job, user, now)) {
        removed += records.isRemoved(run) ? 1 : 0;
      } else if (job.state() instanceof JobState.Ended) {
        records.leave(run);
      }
    }
    return absent.isEmpty() ? removed : removed + removeForgotten(absent, scheduler);
  }

  private int removeForgotten(Map<SubmittedRun, JobSnapshot> absent, Scheduler scheduler) {
    boolean history = scheduler.capabilities().contains(Capability.HISTORY);
    String cluster = "";
    if (history) {
      try {
        cluster = scheduler.cluster().name();
      } catch (SchedulerException e) {
        return 0;
      }
    }
    int removed = 0;
    for (Map.Entry<SubmittedRun, JobSnapshot> entry : absent.entrySet()) {
      SubmittedRun run = entry.getKey();
      if (SubmittedRun.isForgotten(entry.getValue(), history) && run.isOf(cluster)) {
        removed += records.isRemoved(run) ? 1 : 0;
      } else {
        records.leave(run);
      }
    }
    return removed;
  }
}
