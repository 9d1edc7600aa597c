package org.condatainer.scheduler.slurm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.Submission;

/** Does what a right scheduler does; a wrong one overrides what it does wrong. */
class RightScheduler implements Scheduler {
  final Scheduler right;

  RightScheduler(Scheduler right) {
    this.right = right;
  }

  /** One that changes every answer to a query. */
  static Scheduler answering(Scheduler right, Function<JobSnapshot, JobSnapshot> wrong) {
    return new RightScheduler(right) {
      @Override
      public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
        Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
        right.query(ids).forEach((id, job) -> answers.put(id, wrong.apply(job)));
        return answers;
      }

      @Override
      public List<JobSnapshot> live(JobFilter filter) {
        return right.live(filter).stream().map(wrong).toList();
      }
    };
  }

  /** One that changes every submit. */
  static Scheduler submitting(Scheduler right, Function<Submission, Submission> wrong) {
    return new RightScheduler(right) {
      @Override
      public JobId submit(Submission submission) {
        return right.submit(wrong.apply(submission));
      }
    };
  }

  @Override
  public JobId submit(Submission submission) {
    return right.submit(submission);
  }

  @Override
  public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    return right.query(ids);
  }

  @Override
  public List<JobSnapshot> live(JobFilter filter) {
    return right.live(filter);
  }

  @Override
  public void cancel(Set<JobId> ids) {
    right.cancel(ids);
  }

  @Override
  public void hold(Set<JobId> ids) {
    right.hold(ids);
  }

  @Override
  public void release(Set<JobId> ids) {
    right.release(ids);
  }

  @Override
  public ClusterInfo cluster() {
    return right.cluster();
  }

  @Override
  public CommandResult runOnNode(JobId job, List<String> command) {
    return right.runOnNode(job, command);
  }

  @Override
  public Set<Capability> capabilities() {
    return right.capabilities();
  }

  @Override
  public String displayName() {
    return right.displayName();
  }
}
