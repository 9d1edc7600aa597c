package org.condatainer.scheduler.pbs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.ShellWords;

/** PBS in use, through its commands. */
final class PbsScheduler implements Scheduler {
  private static final String NAME = "PBS";

  private final SchedulerCommands commands;
  private final PbsQueries queries;
  private final PbsSubmitting submitting;
  private final PbsChanges changes;

  /**
   * The commands print times in their own zone and do not say which (ctime in OpenPBS's qstat.c).
   */
  private static final Map<String, String> VARIABLES = Map.of("TZ", "UTC0");

  PbsScheduler(SchedulerContext context) {
    this(new SchedulerCommands(context, NAME, VARIABLES, Set.of(PbsSubmitting.DIRECTIVE_PREFIX)));
  }

  PbsScheduler(SchedulerContext context, Consumer<Duration> pause) {
    this(
        new SchedulerCommands(
            context, NAME, VARIABLES, Set.of(PbsSubmitting.DIRECTIVE_PREFIX), pause));
  }

  private PbsScheduler(SchedulerCommands commands) {
    this.commands = commands;
    this.queries = new PbsQueries(commands);
    this.submitting = new PbsSubmitting(commands, queries);
    this.changes = new PbsChanges(commands);
  }

  @Override
  public JobId submit(Submission submission) {
    return submitting.submit(submission);
  }

  @Override
  public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    return queries.query(ids);
  }

  @Override
  public List<JobSnapshot> live(JobFilter filter) {
    List<JobSnapshot> living = new ArrayList<>();
    for (PbsJob job : queries.living()) {
      JobSnapshot snapshot = job.snapshot(JobId.of(job.id()), "qstat");
      boolean meant =
          (filter.owner().isEmpty() || filter.owner().get().equals(job.owner()))
              && snapshot.tag().orElse("").contains(filter.tag().orElse(""));
      if (meant && !job.isArray() && snapshot.state() instanceof JobState.Alive) {
        living.add(snapshot);
      }
    }
    return living;
  }

  @Override
  public void cancel(Set<JobId> ids) {
    changes.delete(ids);
  }

  @Override
  public void hold(Set<JobId> ids) {
    changes.make("qhold", ids);
  }

  @Override
  public void release(Set<JobId> ids) {
    changes.make("qrls", ids);
  }

  @Override
  public ClusterInfo cluster() {
    return PbsCluster.info(show("qstat", "-Bf"), show("qstat", "-Qf"), show("pbsnodes", "-av"));
  }

  private String show(String... words) {
    return commands.run(Command.of(words), PbsErrors.LOOKING).output();
  }

  /** An interactive job takes no command (qsub(1), -I), so this one is waited for. */
  @Override
  public List<String> commandOnNode(String cluster, String node, List<String> command) {
    return List.of(
        "qsub",
        "-V",
        "-Wblock=true",
        "-joe",
        "-lselect=1:host=" + node,
        "--",
        "/bin/sh",
        "-c",
        ShellWords.join(command));
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.of(Capability.HOLD, Capability.ARRAY, Capability.DEPENDENCY);
    if (queries.keepsHistory()) {
      all.add(Capability.HISTORY);
    }
    return all;
  }

  /** {@code queue@server}, or {@code @server} for its default queue (qsub(1B), -q). */
  @Override
  public boolean isForAnotherCluster(JobRequest request) {
    return request.queue().orElse("").contains("@");
  }

  @Override
  public boolean isJobId(JobId id) {
    return PbsQueries.isId(id.value());
  }

  @Override
  public String displayName() {
    return NAME;
  }
}
