package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;

/**
 * The commands of Slurm 22.05, as far as adapters use them. Words and exit codes are from the
 * recordings {@code slurm-22.05} and {@code slurm-22.05-accounting}.
 */
final class SlurmFront implements Front {
  private static final Set<String> SQUEUE_VALUES =
      Set.of(
          "t", "states", "M", "clusters", "u", "user", "O", "Format", "o", "format", "j", "jobs");
  private static final Set<String> SQUEUE_FLAGS =
      Set.of("a", "all", "r", "array", "h", "noheader", "me");
  private static final Set<String> SACCT_VALUES =
      Set.of("M", "clusters", "delimiter", "format", "o", "j", "jobs", "S", "starttime", "u");
  private static final Set<String> SACCT_FLAGS =
      Set.of("a", "allusers", "X", "allocations", "P", "parsable2", "n", "noheader");
  private static final Set<String> SRUN_VALUES =
      Set.of("jobid", "nodes", "N", "ntasks", "n", "relative", "input", "mpi", "chdir", "M");
  private static final Set<String> SRUN_FLAGS = Set.of("overlap", "quiet", "Q");

  private final SimulatedCluster cluster;
  private final boolean accounting;
  private final SlurmTables tables;

  SlurmFront(SimulatedCluster cluster, boolean accounting) {
    this.cluster = cluster;
    this.accounting = accounting;
    this.tables = new SlurmTables(cluster);
  }

  @Override
  public String name() {
    return accounting ? "Slurm 22.05 with accounting" : "Slurm 22.05";
  }

  @Override
  public List<String> programs() {
    return List.of("sbatch", "squeue", "scontrol", "sacct", "scancel", "srun");
  }

  @Override
  public Answer answer(Call call) {
    return switch (call.program()) {
      case "sbatch" -> Sbatch.submit(call, cluster);
      case "squeue" -> squeue(call);
      case "sacct" -> sacct(call);
      case "scancel" -> scancel(call);
      case "srun" -> srun(call);
      default -> scontrol(call);
    };
  }

  @Override
  public Answer stopped(Call call) {
    return unreachable(call, "Unable to contact slurm controller (connect failure)");
  }

  @Override
  public Answer busy(Call call) {
    return unreachable(call, "Resource temporarily unavailable");
  }

  private static Answer unreachable(Call call, String why) {
    return switch (call.program()) {
      case "sbatch" ->
          Answer.failed(1, "sbatch: error: Batch job submission failed: " + why + "\n");
      case "scancel" ->
          Answer.failed(8, "scancel: error: Kill job error on job id 1: " + why + "\n");
      case "srun" ->
          Answer.failed(1, "srun: error: Unable to confirm allocation for job 1: " + why + "\n");
      default -> Answer.failed(1, "slurm_load_jobs error: " + why + "\n");
    };
  }

  @Override
  public Answer historyStopped(Call call) {
    return Answer.failed(
        1,
        "sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to"
            + " host:localhost:6819: Connection refused\n"
            + "sacct: error: Problem talking to the database: Connection refused\n");
  }

  @Override
  public boolean submits(Call call) {
    return call.program().equals("sbatch");
  }

  @Override
  public boolean asksHistory(Call call) {
    return call.program().equals("sacct");
  }

  @Override
  public boolean runsOther(Call call) {
    return call.program().equals("srun");
  }

  @Override
  public Map<String, String> foreignWords() {
    return Map.of(
        "RUNNING", "LÄUFT",
        "PENDING", "WARTET",
        "COMPLETED", "FERTIG",
        "Invalid job id specified", "Ungültige Auftragsnummer");
  }

  @Override
  public Map<String, String> formatVariables() {
    return Map.of(
        "SQUEUE_FORMAT", "%i",
        "SQUEUE_STATES", "PENDING",
        "SQUEUE_USERS", "nobody",
        "SACCT_FORMAT", "jobid",
        "SLURM_TIME_FORMAT", "relative");
  }

  @Override
  public List<SimulatedJob> named(String id) {
    List<SimulatedJob> whole = cluster.jobs(job -> Integer.toString(job.base).equals(id));
    return whole.isEmpty() ? cluster.jobs(job -> isCalled(job, id)) : whole;
  }

  @Override
  public JobId unknownJob(int number) {
    return JobId.of(Integer.toString(60_000_000 + number));
  }

  @Override
  public JobRequest refused() {
    return JobRequest.empty().toBuilder().queue("nosuch").build();
  }

  private boolean isCalled(SimulatedJob job, String id) {
    return tables.id(job).equals(id)
        || Integer.toString(job.number).equals(id)
        || Integer.toString(job.base).equals(id);
  }

  private Answer squeue(Call call) {
    Options options = Options.read(call.arguments(), SQUEUE_VALUES, SQUEUE_FLAGS);
    if (!options.unknown().isEmpty()) {
      return Answer.failed(1, "squeue: unrecognized option '" + options.unknown() + "'\n");
    }
    List<String> ids = ids(options.value("j", "jobs"));
    for (String id : ids) {
      if (!id.matches("\\d+(_\\d+)?")) {
        return Answer.failed(1, "squeue: error: Invalid job id: " + id + "\n");
      }
    }
    Map<String, String> variables = call.variables();
    String user = options.has("me") ? call.user() : options.value("u", "user");
    user = user.isEmpty() ? variables.getOrDefault("SQUEUE_USERS", "") : user;
    String owner = user;
    String states = options.value("t", "states");
    boolean all =
        (states.isEmpty() ? variables.getOrDefault("SQUEUE_STATES", "") : states).equals("all");
    Predicate<SimulatedJob> fits = job -> !job.forgotten && (all || job.isAlive());
    Predicate<SimulatedJob> owned = job -> owner.isEmpty() || job.order.owner.equals(owner);
    List<SimulatedJob> found = new ArrayList<>();
    if (ids.isEmpty()) {
      found.addAll(cluster.jobs(fits.and(owned)));
    }
    for (String id : ids) {
      List<SimulatedJob> some = named(id).stream().filter(job -> !job.forgotten).toList();
      if (some.isEmpty() && ids.size() == 1) {
        return Answer.failed(1, "slurm_load_jobs error: Invalid job id specified\n");
      }
      found.addAll(some.stream().filter(fits.and(owned)).toList());
    }
    String wide = options.value("O", "Format");
    String narrow = options.value("o", "format");
    if (wide.isEmpty() && narrow.isEmpty()) {
      narrow = variables.getOrDefault("SQUEUE_FORMAT", "%i %P %j %u %T");
    }
    StringBuilder text = new StringBuilder();
    for (SimulatedJob job : found) {
      text.append(
          wide.isEmpty()
              ? tables.shortRow(job, narrow, variables)
              : tables.queueRow(job, wide, variables));
    }
    return Answer.of(text.toString());
  }

  private Answer sacct(Call call) {
    if (!accounting) {
      return Answer.failed(1, "Slurm accounting storage is disabled\n");
    }
    Options options = Options.read(call.arguments(), SACCT_VALUES, SACCT_FLAGS);
    StringBuilder text = new StringBuilder();
    String separator = options.has("delimiter") ? options.value("delimiter") : "|";
    String format = options.value("format", "o");
    format =
        format.isEmpty() ? call.variables().getOrDefault("SACCT_FORMAT", "JobID,State") : format;
    for (String id : ids(options.value("j", "jobs"))) {
      for (SimulatedJob job : named(id)) {
        text.append(tables.accountingRow(job, format, separator, call.variables()));
      }
    }
    return Answer.of(text.toString());
  }

  private Answer scancel(Call call) {
    StringBuilder errors = new StringBuilder();
    for (String id : call.arguments()) {
      if (!id.matches("\\d+(_\\d+)?")) {
        return Answer.failed(1, "scancel: error: Invalid job id " + id + "\n");
      }
      List<SimulatedJob> jobs = named(id);
      if (jobs.stream().anyMatch(job -> !job.order.owner.equals(call.user()))) {
        errors.append("scancel: error: Kill job error on job id ").append(id);
        errors.append(": Access/permission denied\n");
      } else {
        cluster.cancel(jobs);
      }
    }
    return Answer.failed(errors.isEmpty() ? 0 : 1, errors.toString());
  }

  private Answer scontrol(Call call) {
    List<String> words = new ArrayList<>(call.arguments());
    words.removeAll(List.of("-o", "-a"));
    if (words.size() == 2 && (words.get(0).equals("hold") || words.get(0).equals("release"))) {
      return hold(call, words.get(1), words.get(0).equals("hold"));
    }
    return switch (String.join(" ", words)) {
      case "show config" -> Answer.of(SlurmSite.config(accounting));
      case "show partition" -> Answer.of(SlurmSite.PARTITIONS);
      case "show node" -> Answer.of(SlurmSite.NODES);
      case "ping" -> Answer.of("Slurmctld(primary) at vm is UP\n");
      default -> Answer.failed(1, "invalid entity:" + String.join(" ", words) + "\n");
    };
  }

  private Answer hold(Call call, String ids, boolean held) {
    StringBuilder errors = new StringBuilder();
    for (String id : ids(ids)) {
      List<SimulatedJob> jobs = named(id).stream().filter(job -> !job.forgotten).toList();
      String problem = "";
      if (jobs.isEmpty()) {
        problem = "Invalid job id specified";
      } else if (jobs.stream().anyMatch(job -> !job.order.owner.equals(call.user()))) {
        problem = "Access/permission denied";
      } else if (jobs.stream().noneMatch(SimulatedJob::isAlive)) {
        problem = "Job/step already completing or completed";
      } else {
        cluster.hold(jobs, held);
      }
      if (!problem.isEmpty()) {
        errors.append(problem).append(" for job ").append(id).append('\n');
        errors.append("slurm_suspend error: ").append(problem).append('\n');
      }
    }
    return Answer.failed(errors.isEmpty() ? 0 : 1, errors.toString());
  }

  private Answer srun(Call call) {
    Options options = Options.read(call.arguments(), SRUN_VALUES, SRUN_FLAGS);
    String id = options.value("jobid");
    Map<String, String> more;
    synchronized (cluster) {
      List<SimulatedJob> jobs =
          cluster.jobs(job -> !job.forgotten && Integer.toString(job.number).equals(id));
      if (jobs.isEmpty()) {
        return expired(
            "Unable to confirm allocation for job " + id + ": Invalid job id specified", id);
      }
      if (jobs.get(0).phase != SimulatedJob.Phase.RUNNING) {
        return expired("Slurm job " + id + " has expired", id);
      }
      more = new SlurmJobWords().variables(jobs.get(0));
    }
    return NodeCommand.run(call, options.arguments(), more);
  }

  private static Answer expired(String why, String id) {
    return Answer.failed(
        1,
        "srun: error: "
            + why
            + "\nsrun: Check SLURM_JOB_ID environment variable. Expired or invalid job "
            + id
            + "\n");
  }

  private static List<String> ids(String list) {
    return list.isEmpty() ? List.of() : Arrays.asList(list.split(",", -1));
  }
}
