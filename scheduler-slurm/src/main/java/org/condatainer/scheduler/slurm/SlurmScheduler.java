package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.Submission;

/** Slurm in use, through its commands. */
final class SlurmScheduler implements Scheduler {
  SlurmScheduler(SchedulerContext context) {
    context.progress();
  }

  @Override
  public JobId submit(Submission submission) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<JobSnapshot> live(JobFilter filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel(Set<JobId> ids) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClusterInfo cluster() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<Capability> capabilities() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String displayName() {
    return "Slurm";
  }
}
