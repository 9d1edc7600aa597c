package org.condatainer.lock;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.lock.ModelWorld.Job;
import org.condatainer.lock.ModelWorld.Node;
import org.condatainer.lock.ModelWorld.Use;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;

/** The model's scheduler as one user sees it: a queue that may be private, and an accounting. */
record ModelScheduler(ModelWorld world, String asker) implements Scheduler {
  @Override
  public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    for (JobId id : ids) {
      answers.put(id, answer(id));
    }
    return answers;
  }

  private JobSnapshot answer(JobId id) {
    if (!world.controllerAnswers) {
      return JobSnapshot.of(id, new JobState.Unavailable("the controller is silent"), "squeue");
    }
    Optional<Job> queued = find(id, true);
    if (queued.isPresent()) {
      return snapshot(queued.get(), "squeue");
    }
    if (!world.place.accounting() || !world.accountingAnswers) {
      return JobSnapshot.of(id, new JobState.Absent("squeue"), "squeue");
    }
    return find(id, false)
        .map(job -> snapshot(job, "sacct"))
        .orElse(JobSnapshot.of(id, new JobState.Absent("squeue and sacct"), "squeue, sacct"));
  }

  /** The latest job of an id, which may have been used before. */
  private Optional<Job> find(JobId id, boolean queue) {
    Optional<Job> found = Optional.empty();
    for (Job job : world.jobs) {
      boolean kept = queue ? job.inQueue : job.inAccounting;
      if (job.id.equals(id) && kept && shows(job)) {
        found = Optional.of(job);
      }
    }
    return found;
  }

  private boolean shows(Job job) {
    return !world.place.privateQueue() || asker.equals("root") || asker.equals(job.owner);
  }

  private JobSnapshot snapshot(Job job, String source) {
    JobState state =
        job.ended()
            ? new JobState.Ended(
                job.outcome,
                job.outcome.toString(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(job.end))
            : new JobState.Alive(job.phase, job.phase.toString(), "");
    return new JobSnapshot(
        job.id,
        state,
        source,
        Optional.of("job"),
        Optional.of(job.owner),
        Optional.empty(),
        job.node == null ? List.of() : List.of(job.node.host),
        Optional.of(job.submitted),
        Optional.ofNullable(job.started),
        job.tagged ? Optional.of(tag(job)) : Optional.empty());
  }

  private static String tag(Job job) {
    return OverlayTag.START + "r;" + OverlayTag.of(ModelWorld.IMAGE) + (job.writes ? "w" : "r");
  }

  @Override
  public List<JobSnapshot> live(JobFilter filter) {
    if (!world.controllerAnswers) {
      throw silent("the controller is silent");
    }
    List<JobSnapshot> live = new ArrayList<>();
    for (Job job : world.jobs) {
      if (!job.ended() && shows(job)) {
        live.add(snapshot(job, "squeue"));
      }
    }
    return live;
  }

  /** What the command that is run on nodes would print there. */
  @Override
  public CommandResult runOnNode(JobId id, List<String> command) {
    Optional<Job> job = find(id, true);
    if (!world.controllerAnswers || job.isEmpty() || job.get().node.cut) {
      throw silent("the node is silent");
    }
    Node node = job.get().node;
    Machine machine = node.machine();
    StringBuilder text = new StringBuilder("condatainer-node=1\n");
    text.append("host ").append(machine.host()).append("\nmachine ").append(machine.id());
    text.append("\nboot ").append(machine.boot()).append("\npidns pid:[1]\n");
    world.listed(node).ifPresent(mode -> text.append("lock ").append(mode).append('\n'));
    for (Use use : world.uses) {
      if (use.node == node && use.inode == world.inode) {
        if (use.locks()) {
          append(text, use.writes ? "WRITE " : "READ ", use);
        }
        if (use.leader && command.contains(Long.toString(use.pid))) {
          append(text, "WRITER ", use);
        }
      }
    }
    return new CommandResult(0, text + "end\n", "");
  }

  private static void append(StringBuilder text, String role, Use use) {
    text.append(role).append(use.pid).append(" S").append(" 0".repeat(18));
    text.append(' ').append(use.pid).append(" 0\nname x\nuser ").append(use.user).append('\n');
  }

  private static SchedulerException silent(String why) {
    return new SchedulerException(new Failure(Failure.Kind.UNAVAILABLE, why, "", ""));
  }

  @Override
  public Map<String, NodeState> nodeStates(String cluster) {
    if (!world.controllerAnswers) {
      throw silent("the controller is silent");
    }
    Map<String, NodeState> states = new LinkedHashMap<>();
    for (Node node : world.nodes) {
      states.put(
          node.host,
          new NodeState(node.cut ? "DOWN" : "IDLE", !node.cut, Optional.of(node.booted)));
    }
    return states;
  }

  @Override
  public ProcessTracking processTracking(String cluster) {
    if (!world.controllerAnswers) {
      throw silent("the controller is silent");
    }
    return new ProcessTracking(world.place.tracking().toString(), world.place.tracking());
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.of(Capability.RUN_ON_NODE);
    if (world.place.accounting()) {
      all.add(Capability.HISTORY);
    }
    return all;
  }

  @Override
  public JobId submit(Submission submission) {
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
  public String displayName() {
    return "Slurm";
  }
}
