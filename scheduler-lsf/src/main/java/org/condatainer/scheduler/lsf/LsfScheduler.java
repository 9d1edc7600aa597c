package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Attempts;
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

/** LSF in use, through its commands. */
final class LsfScheduler implements Scheduler {
  private static final String NAME = "LSF";

  /** The user's variables that change what commands print. */
  private static final Set<String> FORMATS =
      Set.of(
          "LSB_BJOBS_FORMAT",
          "LSB_BJOBS_PENDREASON_LEVEL",
          "LSB_BQUEUES_FORMAT",
          "LSB_BHOSTS_FORMAT",
          "LSF_LSHOSTS_FORMAT",
          "LSB_SHORT_HOSTLIST",
          "LSB_BHIST_HOURS");

  /** The commands print times in their own zone and do not say which. */
  private static final Map<String, String> VARIABLES = Map.of("TZ", "UTC0");

  private final SchedulerContext context;
  private final SchedulerCommands commands;
  private final LsfQueries queries;
  private final LsfSubmitting submitting;

  /** What lsid last printed. */
  private final AtomicReference<String> identity = new AtomicReference<>();

  private final AtomicReference<LsfSite> site = new AtomicReference<>();

  LsfScheduler(SchedulerContext context) {
    this(context, new SchedulerCommands(context, NAME, VARIABLES, FORMATS));
  }

  LsfScheduler(SchedulerContext context, Consumer<Duration> pause) {
    this(context, new SchedulerCommands(context, NAME, VARIABLES, FORMATS, pause));
  }

  private LsfScheduler(SchedulerContext context, SchedulerCommands commands) {
    this.context = context;
    this.commands = commands;
    this.queries = new LsfQueries(commands, this::kind);
    this.submitting =
        new LsfSubmitting(commands, queries, this::kind, this::site, context.progress());
  }

  @Override
  public JobId submit(Submission submission) {
    return submitting.submit(submission);
  }

  @Override
  public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    Set<JobId> here = new LinkedHashSet<>();
    for (JobId id : ids) {
      Optional<String> why;
      try {
        why = notOfHere(id);
      } catch (SchedulerException e) {
        why = Optional.of(e.getMessage());
      }
      if (why.isPresent()) {
        answers.put(id, JobSnapshot.of(id, new JobState.Unavailable(why.get()), "lsid"));
      } else {
        here.add(id);
      }
    }
    if (!here.isEmpty() || ids.isEmpty()) {
      answers.putAll(queries.query(here));
    }
    return answers;
  }

  @Override
  public List<JobSnapshot> live(JobFilter filter) {
    List<JobSnapshot> living = new ArrayList<>();
    for (LsfJob job : queries.described(List.of("-u", filter.owner().orElse("all")))) {
      if (job.isLiving()
          && job.description().orElse("").contains(filter.tag().orElse(""))
          && job.owner().orElse("").equals(filter.owner().orElse(job.owner().orElse("")))) {
        living.add(job.snapshot(JobId.of(job.id()), "bjobs"));
      }
    }
    return living;
  }

  @Override
  public void cancel(Set<JobId> ids) {
    change("bkill", ids);
  }

  /** On a job that runs, bstop suspends it. */
  @Override
  public void hold(Set<JobId> ids) {
    change("bstop", ids);
  }

  @Override
  public void release(Set<JobId> ids) {
    change("bresume", ids);
  }

  private void change(String program, Set<JobId> ids) {
    for (JobId id : ids) {
      if (!LsfIds.isId(id.value())) {
        throw new SchedulerException(
            new Failure(
                Failure.Kind.INVALID_REQUEST,
                "'" + id.value() + "' is not written as an LSF job id",
                "",
                ""));
      }
      Optional<String> why = notOfHere(id);
      if (why.isPresent()) {
        throw new SchedulerException(new Failure(Failure.Kind.INVALID_REQUEST, why.get(), "", ""));
      }
    }
    Attempts attempts = new Attempts();
    for (List<JobId> chunk : LsfQueries.chunks(List.copyOf(ids))) {
      Optional<Failure.Kind> problem = attempts.make(() -> changeSome(program, chunk));
      if (problem.equals(Optional.of(Failure.Kind.UNAVAILABLE))) {
        break;
      }
    }
    attempts.throwFirst();
  }

  private void changeSome(String program, List<JobId> some) {
    List<String> words = new ArrayList<>(List.of(program));
    some.forEach(id -> words.add(id.value()));
    Command command = Command.of(words);
    CommandResult result = commands.runForResult(command, Failure.Kind.UNAVAILABLE);
    if (result.exitCode() != 0 && !isDone(program, result)) {
      throw commands.failed(command, result, LsfErrors.CHANGING);
    }
  }

  /**
   * Whether every complaint is about a job that ended before, or whose end is on its way: the other
   * jobs were changed all the same (recorded).
   */
  private static boolean isDone(String program, CommandResult result) {
    boolean ending = program.equals("bkill");
    boolean any = false;
    for (String line : result.errors().split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      any = true;
      boolean gone =
          line.contains("has already finished") || line.contains("No matching job found");
      if (!ending || !(gone || line.contains("Operation is in progress"))) {
        return false;
      }
    }
    return any;
  }

  @Override
  public ClusterInfo cluster() {
    CommandResult lsid = lsid();
    identity.set(lsid.output());
    return LsfCluster.info(
        lsid.output(),
        show("bqueues", "-l"),
        show("bhosts", "-w"),
        show("lshosts", "-w"),
        show("bparams", "-l"));
  }

  @Override
  public CommandResult runOnNode(JobId job, List<String> command) {
    if (!capabilities().contains(Capability.RUN_ON_NODE)) {
      return Scheduler.super.runOnNode(job, command);
    }
    return new LsfRemote(commands, queries).run(job, command);
  }

  /** bsub gives its words to a shell on the node (bsub(1)). */
  @Override
  public List<String> commandOnNode(String cluster, String node, List<String> command) {
    return List.of("bsub", "-I", "-m", node, ShellWords.join(command));
  }

  /** IBM's blaunch works inside a job alone, and its lsrun is switched off as it is delivered. */
  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    try {
      if (kind() == LsfKind.OPEN && context.environment().program("lsrun").isPresent()) {
        return all;
      }
    } catch (SchedulerException e) {
      // Nothing can be run there now.
      all.remove(Capability.RUN_ON_NODE);
    }
    all.remove(Capability.RUN_ON_NODE);
    return all;
  }

  @Override
  public boolean isJobId(JobId id) {
    return LsfIds.isId(id.value());
  }

  @Override
  public String displayName() {
    return NAME;
  }

  /**
   * lsid alone gives up by itself when LIM does not answer, and fails then; every other command
   * would wait for ever (recorded).
   */
  private CommandResult lsid() {
    Command command = Command.of("lsid");
    CommandResult result = commands.run(command, LsfErrors.LOOKING);
    if (LsfCluster.version(result.output()).isEmpty()) {
      throw commands.failed(command, result, LsfErrors.LOOKING);
    }
    return result;
  }

  private LsfKind kind() {
    return LsfKind.of(version());
  }

  private String version() {
    return LsfCluster.version(identity());
  }

  private String identity() {
    String known = identity.get();
    if (known == null) {
      known = lsid().output();
      identity.set(known);
    }
    return known;
  }

  /**
   * Why the answer of this LSF is not of a job; empty if it is. Each cluster counts for itself: the
   * job of that id here is another than the one of an id that names another cluster.
   */
  private Optional<String> notOfHere(JobId id) {
    if (id.cluster().isEmpty()) {
      return Optional.empty();
    }
    String here = LsfCluster.name(identity());
    return here.equals(id.cluster())
        ? Optional.empty()
        : Optional.of(
            "job "
                + id.value()
                + " is of the cluster "
                + id.cluster()
                + ", and here "
                + (here.isEmpty() ? "lsid names no cluster" : "is " + here));
  }

  private LsfSite site() {
    LsfSite known = site.get();
    if (known == null) {
      known = LsfSite.of(version()).withConfiguration(configuration());
      // Without an answer this is the end: bsub would get none either, and nobody would know
      // whether it was heard.
      Command command = Command.of("bparams", "-l");
      CommandResult result = commands.runForResult(command, Failure.Kind.UNAVAILABLE);
      if (result.exitCode() != 0) {
        // A submit needs no parameters; memory is counted by host then, as LSF is delivered.
        return known;
      }
      known = known.withParameters(result.output());
      site.set(known);
    }
    return known;
  }

  private String configuration() {
    String folder = context.environment().variable("LSF_ENVDIR").orElse("/etc");
    try {
      return new String(Files.readAllBytes(Path.of(folder, "lsf.conf")), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private String show(String... words) {
    return commands.run(Command.of(words), LsfErrors.LOOKING).output();
  }
}
