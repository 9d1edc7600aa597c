package org.condatainer.scheduler.slurm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;

/** Slurm in use, through its commands. */
final class SlurmScheduler implements Scheduler {
  private static final String NAME = "Slurm";

  /** The user's variables that change what commands print or whom they ask. */
  private static final Set<String> FORMATS =
      Set.of(
          "SQUEUE_ACCOUNT",
          "SQUEUE_ALL",
          "SQUEUE_ARRAY",
          "SQUEUE_ARRAY_UNIQUE",
          "SQUEUE_EXPAND_PATHS",
          "SQUEUE_FEDERATION",
          "SQUEUE_FORMAT",
          "SQUEUE_FORMAT2",
          "SQUEUE_LICENSES",
          "SQUEUE_LOCAL",
          "SQUEUE_NAMES",
          "SQUEUE_PARTITION",
          "SQUEUE_PRIORITY",
          "SQUEUE_QOS",
          "SQUEUE_SIBLING",
          "SQUEUE_SORT",
          "SQUEUE_STATES",
          "SQUEUE_USERS",
          "SACCT_FEDERATION",
          "SACCT_FORMAT",
          "SACCT_LOCAL",
          "SCONTROL_ALL",
          "SCONTROL_FEDERATION",
          "SCONTROL_FUTURE",
          "SCONTROL_LOCAL",
          "SCONTROL_SIBLING",
          "SLURM_BITSTR_LEN",
          "SLURM_DEBUG_FLAGS",
          "SLURM_JSON",
          "SLURM_YAML");

  private final SchedulerContext context;
  private final SchedulerCommands commands;
  private final SlurmQueries queries;
  private final SlurmChanges changes;
  private final SlurmSubmitting submitting;
  private final AtomicReference<Map<String, String>> settings = new AtomicReference<>();

  SlurmScheduler(SchedulerContext context) {
    this(context, new SchedulerCommands(context, NAME, variables(), FORMATS));
  }

  SlurmScheduler(SchedulerContext context, Consumer<Duration> pause) {
    this(context, new SchedulerCommands(context, NAME, variables(), FORMATS, pause));
  }

  private SlurmScheduler(SchedulerContext context, SchedulerCommands commands) {
    this.context = context;
    this.commands = commands;
    this.queries = new SlurmQueries(commands, this::settings);
    this.changes = new SlurmChanges(commands, queries);
    this.submitting = new SlurmSubmitting(context, commands, queries);
  }

  private static Map<String, String> variables() {
    return Map.of("SLURM_TIME_FORMAT", "%s");
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
    List<String> owner = filter.owner().map(user -> List.of("-u", user)).orElse(List.of());
    List<JobSnapshot> living = new ArrayList<>();
    for (SlurmJob job : queries.all(owner, filter.tag().orElse(""))) {
      JobSnapshot snapshot = job.snapshot(JobId.of(job.id()), "squeue");
      if (snapshot.state() instanceof JobState.Alive) {
        living.add(snapshot);
      }
    }
    return living;
  }

  @Override
  public void cancel(Set<JobId> ids) {
    changes.change(List.of("scancel"), ids, " ");
  }

  @Override
  public void hold(Set<JobId> ids) {
    changes.change(List.of("scontrol", "hold"), ids, ",");
  }

  @Override
  public void release(Set<JobId> ids) {
    changes.change(List.of("scontrol", "release"), ids, ",");
  }

  @Override
  public ClusterInfo cluster() {
    settings.set(null);
    return SlurmCluster.info(
        settings(), show("scontrol", "-o", "-a", "show", "partition"), nodes());
  }

  @Override
  public boolean isForAnotherCluster(JobRequest request) {
    return submitting.isForAnotherCluster(request);
  }

  @Override
  public CommandResult runOnNode(JobId job, List<String> command) {
    String rawId = running(job).rawId();
    List<String> words = new ArrayList<>(List.of("srun"));
    String cluster = queries.clusterOption(job.cluster());
    if (!cluster.isEmpty()) {
      words.addAll(List.of("-M", cluster));
    }
    // An overlapping step shares CPUs, memory and GPUs with the others (srun(1), --overlap), so it
    // asks for nothing of its own.
    words.addAll(
        List.of(
            "--overlap",
            "--jobid=" + rawId,
            "--nodes=1",
            "--ntasks=1",
            "--relative=0",
            "--quiet",
            "--input=none",
            "--mpi=none",
            "--chdir=/"));
    words.addAll(command);
    Command srun = Command.of(words).withUnset(jobVariables());
    return SlurmStep.run(commands, srun);
  }

  /** A job that is cancelled or out of time has ended when its node is given up (DOWN), too. */
  @Override
  public Map<String, NodeState> nodeStates(String cluster) {
    List<String> words = new ArrayList<>(List.of("scontrol", "-o", "-a"));
    String option = queries.clusterOption(cluster);
    if (!option.isEmpty()) {
      words.addAll(List.of("-M", option));
    }
    words.addAll(List.of("show", "node"));
    return SlurmCluster.nodeStates(show(words.toArray(new String[0])));
  }

  @Override
  public ProcessTracking processTracking(String cluster) {
    String option = queries.clusterOption(cluster);
    return SlurmCluster.processTracking(
        option.isEmpty()
            ? settings()
            : SlurmCluster.settings(show("scontrol", "-M", option, "show", "config")));
  }

  @Override
  public List<String> commandOnNode(String cluster, String node, List<String> command) {
    List<String> words = new ArrayList<>(List.of("srun"));
    String option = queries.clusterOption(cluster);
    if (!option.isEmpty()) {
      words.addAll(List.of("-M", option));
    }
    words.addAll(List.of("-w", node, "-n", "1"));
    words.addAll(command);
    return words;
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    try {
      if (!settings().getOrDefault("AccountingStorageType", "").endsWith("/slurmdbd")) {
        all.remove(Capability.HISTORY);
      }
    } catch (SchedulerException e) {
      all.remove(Capability.HISTORY);
    }
    return all;
  }

  @Override
  public boolean isJobId(JobId id) {
    return SlurmIds.isId(id.value());
  }

  @Override
  public boolean mayLiftQueueLimits(JobRequest request) {
    try {
      return new SlurmLimits(commands, context.environment()).mayBeLifted(request, settings());
    } catch (SchedulerException e) {
      return true;
    }
  }

  /** One task of each array has the array's own number (sbatch(1), job arrays). */
  @Override
  public Optional<String> taskOfArray(JobId id) {
    String task = id.value() + "_";
    return SlurmIds.isNumber(id.value())
            && queries.parts(id).stream()
                .anyMatch(
                    part -> part.id().startsWith(task) && part.state() instanceof JobState.Alive)
        ? Optional.of(task + "INDEX")
        : Optional.empty();
  }

  @Override
  public String displayName() {
    return NAME;
  }

  private String nodes() {
    return show("scontrol", "-o", "-a", "show", "node");
  }

  private Map<String, String> settings() {
    Map<String, String> known = settings.get();
    if (known == null) {
      known = SlurmCluster.settings(show("scontrol", "show", "config"));
      settings.set(known);
    }
    return known;
  }

  private String show(String... words) {
    return commands.run(Command.of(words), SlurmErrors.LOOKING).output();
  }

  /** The one task or component that an id names, which must be running. */
  private SlurmJob running(JobId id) {
    List<SlurmJob> parts = queries.parts(id);
    String problem = "is not known to the queue";
    List<SlurmJob> named = new ArrayList<>();
    for (SlurmJob part : parts) {
      boolean task = part.id().indexOf('_') >= 0;
      if (part.isCalled(id.value()) && !(task && part.baseId().equals(id.value()))) {
        named.add(part);
      } else if (task && part.baseId().equals(id.value())) {
        problem = "is a whole array; name one of its tasks, as in " + id.value() + "_1";
      }
    }
    if (!named.isEmpty()) {
      SlurmJob one = named.get(0);
      if (one.state() instanceof JobState.Alive alive && alive.phase() == JobState.Phase.RUNNING) {
        return one;
      }
      problem = "is not running (" + one.word() + ")";
    }
    throw new SchedulerException(
        new Failure(
            parts.isEmpty() ? Failure.Kind.NOT_FOUND : Failure.Kind.INVALID_REQUEST,
            "No command can be run on the node of job " + id + ": it " + problem,
            "",
            ""));
  }

  /** Variables of a job that this process may be in, which srun would take for its options. */
  private Set<String> jobVariables() {
    Set<String> names = new HashSet<>();
    for (String name : context.environment().variables().keySet()) {
      if ((name.startsWith("SLURM_") && !name.equals("SLURM_CONF")) || name.startsWith("SRUN_")) {
        names.add(name);
      }
    }
    return names;
  }
}
