package org.condatainer.scheduler.pbs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;

/** PBS in use, through its commands. */
final class PbsScheduler implements Scheduler {
  private static final String NAME = "PBS";

  private final SchedulerCommands commands;
  private final PbsQueries queries;
  private final PbsSubmitting submitting;

  PbsScheduler(SchedulerContext context) {
    this(new SchedulerCommands(context, NAME, Map.of(), Set.of(PbsSubmitting.DIRECTIVE_PREFIX)));
  }

  PbsScheduler(SchedulerContext context, Consumer<Duration> pause) {
    this(
        new SchedulerCommands(
            context, NAME, Map.of(), Set.of(PbsSubmitting.DIRECTIVE_PREFIX), pause));
  }

  private PbsScheduler(SchedulerCommands commands) {
    this.commands = commands;
    this.queries = new PbsQueries(commands);
    this.submitting = new PbsSubmitting(commands, queries);
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

  /**
   * Each by a command of its own: qdel sends a list as one request, and OpenPBS 23.06.06 was seen
   * to lose its server by one with an id that was not known any more; the client aborted too.
   */
  @Override
  public void cancel(Set<JobId> ids) {
    ids.forEach(PbsScheduler::refuseNoId);
    SchedulerException first = null;
    for (JobId id : ids) {
      try {
        change("qdel", Set.of(id));
      } catch (SchedulerException e) {
        first = first == null ? e : first;
        if (e.failure().kind() == Failure.Kind.UNAVAILABLE) {
          break;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  @Override
  public void hold(Set<JobId> ids) {
    change("qhold", ids);
  }

  @Override
  public void release(Set<JobId> ids) {
    change("qrls", ids);
  }

  /** The exit code is that of the last id alone, so the words decide. */
  private void change(String program, Set<JobId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    List<String> words = new ArrayList<>(List.of(program));
    for (JobId id : ids) {
      refuseNoId(id);
      words.add(id.value());
    }
    Command command = Command.of(words);
    CommandResult result =
        commands.runForResult(command, PbsErrors.CHANGING, Failure.Kind.UNAVAILABLE);
    boolean gone = program.equals("qdel") && PbsErrors.isOnlyGoneJobs(result);
    if (result.exitCode() != 0 && !gone) {
      throw commands.failed(command, result, PbsErrors.CHANGING);
    }
  }

  private static void refuseNoId(JobId id) {
    if (!PbsQueries.isId(id.value())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "'" + id.value() + "' is not written as a PBS job id",
              "",
              ""));
    }
  }

  @Override
  public ClusterInfo cluster() {
    return PbsCluster.info(show("qstat", "-Bf"), show("qstat", "-Qf"), show("pbsnodes", "-av"));
  }

  private String show(String... words) {
    return commands.run(Command.of(words), PbsErrors.LOOKING).output();
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.of(Capability.HOLD, Capability.ARRAY, Capability.DEPENDENCY);
    try {
      if (show("qstat", "-Bf").contains("job_history_enable = True")) {
        all.add(Capability.HISTORY);
      }
    } catch (SchedulerException e) {
      return all;
    }
    return all;
  }

  @Override
  public String displayName() {
    return NAME;
  }
}
