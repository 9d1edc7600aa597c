package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobState;

/**
 * A job that has an image.
 *
 * @param job the job
 * @param user whose it is, empty if that is not known
 */
record HoldingJob(HolderJob job, String user) {
  HoldingJob {
    requireNonNull(job, "job is null");
    requireNonNull(user, "user is null");
  }

  /**
   * The jobs of those who are seen with it, and those that hold it by the rules; not the ended job
   * of a lease that was left, nor jobs that wait for their turn.
   */
  static List<HoldingJob> of(LockReport report) {
    Evidence evidence = report.evidence();
    List<HoldingJob> jobs = new ArrayList<>();
    if (report.verdict().has(Rule.JOB_NOT_ENDED)) {
      Lease lease = evidence.knownLease().orElseThrow();
      jobs.add(new HoldingJob(lease.job().orElseThrow(), lease.user()));
    }
    if (evidence.host().value().isPresent()) {
      for (LockHolder seen : evidence.host().value().get().holders().holders()) {
        if (seen.job().isPresent() && !seen.orphan() && !hasEnded(evidence, seen.job().get())) {
          add(jobs, new HoldingJob(seen.job().get(), seen.user()));
        }
      }
    }
    for (TaggedJob tagged : evidence.tagged().value().orElse(List.of())) {
      if (tagged.holds()) {
        HolderJob job = new HolderJob(tagged.scheduler(), tagged.job().id());
        add(jobs, new HoldingJob(job, tagged.job().owner().orElse("")));
      }
    }
    return jobs;
  }

  /** Whether somebody is seen with it whose job has ended. */
  static boolean hasOutlived(LockReport report) {
    Evidence evidence = report.evidence();
    for (LockHolder seen :
        evidence.host().value().map(host -> host.holders().holders()).orElse(List.of())) {
      if (seen.job().isPresent() && !seen.orphan() && hasEnded(evidence, seen.job().get())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the scheduler, which was asked for the job of the lease, says so of this one. */
  private static boolean hasEnded(Evidence evidence, HolderJob job) {
    return evidence
        .job()
        .value()
        .filter(said -> said.scheduler().equals(job.scheduler()))
        .filter(said -> said.job().id().mayBe(job.id()))
        .filter(said -> said.job().state() instanceof JobState.Ended)
        .isPresent();
  }

  /** What a process tells of its job lacks the cluster's name. */
  private static void add(List<HoldingJob> jobs, HoldingJob more) {
    for (HoldingJob some : jobs) {
      if (some.job().scheduler().equals(more.job().scheduler())
          && some.job().id().value().equals(more.job().id().value())) {
        return;
      }
    }
    jobs.add(more);
  }
}
