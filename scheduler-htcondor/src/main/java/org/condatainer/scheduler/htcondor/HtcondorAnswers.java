package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;

/** Finds the answer for an id among the processes that HTCondor described. */
final class HtcondorAnswers {
  private HtcondorAnswers() {}

  /**
   * What the processes of one cluster, or those below one DAG, say of an id; empty if they do not
   * have it. A cluster lives as long as one of its processes lives.
   *
   * @param jobs every process that is known of the id's cluster, from the queue and the history
   */
  static Optional<JobSnapshot> find(JobId asked, List<HtcondorJob> jobs) {
    long cluster = HtcondorIds.cluster(asked.value());
    Optional<HtcondorJob> dag = Optional.empty();
    List<HtcondorJob> tasks = new ArrayList<>();
    for (HtcondorJob job : jobs) {
      if (job.isDag() && job.number("ClusterId").orElse(-1) == cluster) {
        dag = Optional.of(job);
      } else if (job.base() == cluster || job.number("DAGManJobId").orElse(-1) == cluster) {
        tasks.add(job);
      }
    }
    Optional<Long> process = HtcondorIds.process(asked.value());
    if (process.isPresent()) {
      for (HtcondorJob job : tasks) {
        if (job.base() == cluster && job.task() == process.get()) {
          return Optional.of(job.snapshot(asked, job.state()));
        }
      }
      return dag.flatMap(one -> ofUnbornTask(asked, one, tasks));
    }
    if (dag.isPresent()) {
      return Optional.of(ofDag(asked, dag.get(), tasks));
    }
    return tasks.isEmpty() ? Optional.empty() : Optional.of(whole(asked, tasks));
  }

  /** A DAG that waits has not yet submitted its tasks. */
  private static Optional<JobSnapshot> ofUnbornTask(
      JobId asked, HtcondorJob dag, List<HtcondorJob> tasks) {
    return tasks.isEmpty() ? Optional.of(ofDag(asked, dag, tasks)) : Optional.empty();
  }

  private static JobSnapshot ofDag(JobId asked, HtcondorJob dag, List<HtcondorJob> tasks) {
    JobState own = dag.state();
    if (own instanceof JobState.Ended end) {
      return tasks.isEmpty() || end.outcome() != Outcome.FAILED
          ? dag.snapshot(asked, tasks.isEmpty() ? neverStarted(end) : end)
          : ended(asked, dag, whole(asked, tasks), end);
    }
    if (tasks.isEmpty()) {
      JobState.Alive alive = (JobState.Alive) own;
      return dag.snapshot(
          asked,
          alive.phase() == Phase.RUNNING
              // DAGMan runs; the job for which it waits does not.
              ? new JobState.Alive(Phase.PENDING, "Idle", "Dependency")
              : alive);
    }
    JobSnapshot all = whole(asked, tasks);
    // While DAGMan lives, it has not noted the end yet, or more tasks are to come.
    return all.state() instanceof JobState.Alive
        ? all
        : with(all, new JobState.Alive(Phase.COMPLETING, dag.word(), ""));
  }

  /** DAGMan's own exit code says only that something failed: the tasks say what. */
  private static JobSnapshot ended(
      JobId asked, HtcondorJob dag, JobSnapshot tasks, JobState.Ended end) {
    return tasks.state() instanceof JobState.Ended ? tasks : dag.snapshot(asked, end);
  }

  /** A DAG that ended without a task: what it waited for can no longer come to be. */
  private static JobState neverStarted(JobState.Ended end) {
    return end.outcome() == Outcome.FAILED
        ? new JobState.Ended(
            Outcome.CANCELLED,
            "dependency never satisfied",
            OptionalInt.empty(),
            OptionalInt.empty(),
            end.endTime())
        : end;
  }

  private static JobSnapshot whole(JobId asked, List<HtcondorJob> tasks) {
    HtcondorJob decisive = tasks.get(0);
    Set<String> nodes = new LinkedHashSet<>();
    long known = 0;
    long submitted = 0;
    boolean removed = false;
    boolean late = false;
    for (HtcondorJob task : tasks) {
      nodes.addAll(task.snapshot(asked, task.state()).nodes());
      OptionalLong all = task.number("TotalSubmitProcs");
      submitted = Math.max(submitted, all.orElse(0));
      late |= task.number(HtcondorJob.LATE).isPresent();
      removed |= task.word().equals("Removed");
      known++;
      if (task.state().rankInWhole() < decisive.state().rankInWhole()) {
        decisive = task;
      }
    }
    JobState state = decisive.state();
    if (state instanceof JobState.Ended && late && known < submitted && !removed) {
      // The next processes are not in the queue yet. Of other clusters the history has lost some.
      state = new JobState.Alive(Phase.PENDING, decisive.word(), "max_materialize");
    }
    JobSnapshot one = decisive.snapshot(asked, state);
    return new JobSnapshot(
        asked,
        state,
        one.source(),
        one.name(),
        one.owner(),
        one.queue(),
        List.copyOf(nodes),
        one.submitted(),
        one.started(),
        one.tag());
  }

  private static JobSnapshot with(JobSnapshot one, JobState state) {
    return new JobSnapshot(
        one.id(),
        state,
        one.source(),
        one.name(),
        one.owner(),
        one.queue(),
        one.nodes(),
        one.submitted(),
        one.started(),
        one.tag());
  }
}
