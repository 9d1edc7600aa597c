package org.condatainer.scheduler.htcondor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.condatainer.script.ShellWords;

/** HTCondor in use, through its commands. */
final class HtcondorScheduler implements Scheduler {
  private static final String NAME = "HTCondor";

  private static final int NODE_TRIES = 10;
  private static final Duration BETWEEN_NODE_TRIES = Duration.ofSeconds(1);

  private final SchedulerCommands commands;
  private final HtcondorQueries queries;
  private final HtcondorSubmitting submitting;
  private final HtcondorChanges changes;

  HtcondorScheduler(SchedulerContext context, String user) {
    this(new SchedulerCommands(context, NAME, Map.of(), Set.of()), user);
  }

  HtcondorScheduler(SchedulerContext context, String user, Consumer<Duration> pause) {
    this(new SchedulerCommands(context, NAME, Map.of(), Set.of(), pause), user);
  }

  private HtcondorScheduler(SchedulerCommands commands, String user) {
    this.commands = commands;
    this.queries = new HtcondorQueries(commands);
    this.changes = new HtcondorChanges(commands, queries, user);
    this.submitting = new HtcondorSubmitting(commands, queries, user);
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
    List<String> constraints = new ArrayList<>(List.of("JobStatus =!= 4"));
    filter.owner().ifPresent(user -> constraints.add("Owner == " + quoted(user)));
    filter.tag().ifPresent(tag -> constraints.add(HtcondorJob.TAG + " =!= undefined"));
    List<HtcondorJob> jobs = queries.queued(String.join(" && ", constraints));
    Set<Long> dags = new HashSet<>();
    for (HtcondorJob job : jobs) {
      job.number("DAGManJobId").ifPresent(dags::add);
    }
    Map<JobId, JobSnapshot> living = new LinkedHashMap<>();
    for (HtcondorJob job : jobs) {
      // A DAG that has tasks in the queue is spoken for by them.
      if (job.isDag() && dags.contains(job.base())) {
        continue;
      }
      JobSnapshot snapshot =
          job.isDag()
              ? HtcondorAnswers.find(job.id(), List.of(job)).orElseThrow()
              : job.snapshot(job.id(), job.state());
      if (snapshot.state() instanceof JobState.Alive
          && snapshot.tag().orElse("").contains(filter.tag().orElse(""))) {
        living.put(job.id(), snapshot);
      }
    }
    return List.copyOf(living.values());
  }

  @Override
  public void cancel(Set<JobId> ids) {
    changes.remove(ids);
  }

  @Override
  public void hold(Set<JobId> ids) {
    changes.hold(ids);
  }

  @Override
  public void release(Set<JobId> ids) {
    changes.release(ids);
  }

  @Override
  public ClusterInfo cluster() {
    String slots =
        commands
            .run(
                Command.of(
                    "condor_status",
                    "-json",
                    "-attributes",
                    String.join(",", HtcondorCluster.ATTRIBUTES)),
                HtcondorErrors.LOOKING)
            .output();
    String version = commands.run(Command.of("condor_version"), HtcondorErrors.LOOKING).output();
    try {
      return HtcondorCluster.info(slots, version);
    } catch (IllegalArgumentException e) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "The answer of condor_status was not understood: " + e.getMessage(),
              "",
              ""));
    }
  }

  @Override
  public CommandResult runOnNode(JobId job, List<String> command) {
    HtcondorChanges.check(job);
    String process = running(job).processId();
    Command ssh =
        Command.of("condor_ssh_to_job")
            .withArguments(queries.where(job))
            .withArguments(List.of(process, NodeWords.join(command)));
    CommandResult result = commands.runForResult(ssh, Failure.Kind.UNAVAILABLE);
    for (int attempt = 1; attempt < NODE_TRIES && isTooEarly(result); attempt++) {
      commands.pause(BETWEEN_NODE_TRIES, "job " + job + " has only begun to run; trying again");
      result = commands.runForResult(ssh, Failure.Kind.UNAVAILABLE);
    }
    if (result.exitCode() == 255 || (result.exitCode() != 0 && isNotReached(result))) {
      throw commands.failed(ssh, result, HtcondorErrors.LOOKING);
    }
    return result;
  }

  /** condor_run(1) waits for the end, and prints what the command has printed. */
  @Override
  public List<String> commandOnNode(String cluster, String node, List<String> command) {
    return List.of(
        "condor_run",
        "-a",
        "requirements = TARGET.Machine == \"" + node + "\"",
        ShellWords.join(command));
  }

  /** The queue calls a job running before its node takes commands for it. */
  private static boolean isTooEarly(CommandResult result) {
    return result.exitCode() != 0 && result.errors().contains("(Use -auto-retry");
  }

  private static boolean isNotReached(CommandResult result) {
    String words = result.errors();
    return isTooEarly(result)
        || words.contains("Unable to fetch job ad")
        || words.contains("No such schedd")
        || words.contains("The job is ")
        || words.contains("Failed to connect to starter")
        || words.contains("This version of the condor_starter")
        || words.contains("ssh is not");
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  @Override
  public boolean isJobId(JobId id) {
    return HtcondorIds.isId(id.value());
  }

  @Override
  public String displayName() {
    return NAME;
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** The one process that an id names, which must be running. */
  private HtcondorJob running(JobId id) {
    List<HtcondorJob> named = new ArrayList<>();
    for (HtcondorJob job : queries.queued(queries.where(id), HtcondorIds.expression(id.value()))) {
      if (!job.isDag()) {
        named.add(job);
      }
    }
    Optional<String> problem = Optional.empty();
    if (named.isEmpty()) {
      problem = Optional.of("is not in the queue");
    } else if (named.size() > 1) {
      problem = Optional.of("is a whole array; name one of its tasks, as in " + id.value() + ".0");
    } else if (!named.get(0).word().equals("Running")) {
      problem = Optional.of("is not running (" + named.get(0).word() + ")");
    }
    if (problem.isPresent()) {
      throw new SchedulerException(
          new Failure(
              named.isEmpty() ? Failure.Kind.NOT_FOUND : Failure.Kind.INVALID_REQUEST,
              "No command can be run on the node of job " + id + ": it " + problem.get(),
              "",
              ""));
    }
    return named.get(0);
  }
}
