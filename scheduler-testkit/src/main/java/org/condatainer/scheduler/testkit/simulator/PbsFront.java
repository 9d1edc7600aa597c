package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.testkit.Fault;

/**
 * The commands of OpenPBS 23.06, as far as adapters use them. Words and exit codes are from the
 * recordings of OpenPBS.
 */
final class PbsFront implements Front {
  private static final Set<String> FLAGS = Set.of("x", "f", "w", "t", "B", "Q", "a", "v");

  private final SimulatedCluster cluster;
  private final boolean history;
  private final PbsTables tables;

  PbsFront(SimulatedCluster cluster, boolean history) {
    this.cluster = cluster;
    this.history = history;
    this.tables = new PbsTables(cluster);
  }

  @Override
  public String name() {
    return "OpenPBS 23.06";
  }

  @Override
  public List<String> programs() {
    return List.of("qsub", "qstat", "qselect", "qdel", "qhold", "qrls", "pbsnodes");
  }

  /** Queue and history are one command and one server. */
  @Override
  public Set<Fault> faults() {
    Set<Fault> faults = EnumSet.allOf(Fault.class);
    faults.remove(Fault.HISTORY_STOPPED);
    return faults;
  }

  @Override
  public Answer answer(Call call) {
    return switch (call.program()) {
      case "qsub" -> Qsub.submit(call, cluster);
      case "qstat" -> qstat(call);
      case "qselect" -> qselect(call);
      case "pbsnodes" -> Answer.of(NODES);
      default -> change(call);
    };
  }

  @Override
  public Answer stopped(Call call) {
    return Answer.failed(
        call.program().equals("qstat") ? 255 : 162,
        "Connection refused\n" + call.program() + ": cannot connect to server sim (errno=15010)\n");
  }

  @Override
  public Answer busy(Call call) {
    return Answer.failed(
        11, call.program() + ": Resource temporarily unavailable, try again (errno=15010)\n");
  }

  @Override
  public Answer historyStopped(Call call) {
    return stopped(call);
  }

  @Override
  public boolean submits(Call call) {
    return call.program().equals("qsub");
  }

  @Override
  public boolean asksHistory(Call call) {
    return false;
  }

  @Override
  public boolean runsOther(Call call) {
    return false;
  }

  @Override
  public Map<String, String> foreignWords() {
    return Map.of("Unknown Job Id", "Unbekannter Auftrag", "Job has finished", "Auftrag beendet");
  }

  @Override
  public Map<String, String> formatVariables() {
    return Map.of("PBS_DPREFIX", "#NOT");
  }

  @Override
  public List<SimulatedJob> named(String id) {
    String name = id.endsWith(".sim") ? id.substring(0, id.length() - 4) : id;
    return cluster.jobs(
        job ->
            PbsTables.id(job).equals(name + ".sim")
                || (job.index.isPresent() && (job.base + "[]").equals(name)));
  }

  @Override
  public JobId unknownJob(int number) {
    return JobId.of((60_000_000 + number) + ".sim");
  }

  @Override
  public JobRequest refused() {
    return JobRequest.empty().toBuilder().queue("nosuch").build();
  }

  private Answer qstat(Call call) {
    Options options = Options.read(call.arguments(), Set.of(), FLAGS);
    if (options.has("B")) {
      return Answer.of(
          history ? SERVER : SERVER.replace("history_enable = True", "history_enable = False"));
    }
    if (options.has("Q")) {
      return Answer.of(QUEUES);
    }
    boolean ofHistory = options.has("x");
    if (ofHistory && !history) {
      return noHistory("qstat");
    }
    if (options.arguments().isEmpty()) {
      return Answer.of(all(ofHistory, options.has("t")));
    }
    StringBuilder text = new StringBuilder();
    StringBuilder errors = new StringBuilder();
    int code = 0;
    for (String id : options.arguments()) {
      List<SimulatedJob> jobs = named(id);
      boolean ended = jobs.stream().noneMatch(SimulatedJob::isAlive);
      if (ended && jobs.size() == 1 && isOfALivingArray(jobs.get(0))) {
        text.append(
            history ? tables.expired(jobs.get(0)) : tables.expiredWithoutRecord(jobs.get(0)));
      } else if (jobs.isEmpty() || (ended && !history)) {
        errors.append("qstat: Unknown Job Id ").append(withServer(id)).append('\n');
        code = 153;
      } else if (ended && !ofHistory) {
        errors.append("qstat: ").append(id).append(" Job has finished, use -x or -H\n");
        code = 35;
      } else {
        text.append(entry(jobs, id));
      }
    }
    return new Answer(code, text.toString(), errors.toString());
  }

  private static String withServer(String id) {
    return id.indexOf('.') < 0 ? id + ".sim" : id;
  }

  private boolean isOfALivingArray(SimulatedJob job) {
    return job.index.isPresent()
        && cluster.jobs(other -> other.base == job.base).stream().anyMatch(SimulatedJob::isAlive);
  }

  /** The ids alone, an array's as a whole. */
  private Answer qselect(Call call) {
    boolean ofHistory = Options.read(call.arguments(), Set.of(), FLAGS).has("x");
    if (ofHistory && !history) {
      return noHistory("qselect");
    }
    Set<String> ids = new LinkedHashSet<>();
    for (SimulatedJob job : cluster.jobs(any -> ofHistory || any.isAlive())) {
      ids.add(job.base + (job.index.isPresent() ? "[]" : "") + ".sim\n");
    }
    return Answer.of(String.join("", ids));
  }

  private String entry(List<SimulatedJob> jobs, String id) {
    return id.contains("[]") ? tables.arrayEntry(jobs) : tables.entry(jobs.get(0));
  }

  /** Exit code 0, and nothing printed. */
  private static Answer noHistory(String program) {
    return new Answer(0, "", program + ": PBS is not configured to maintain job history\n");
  }

  private String all(boolean ofHistory, boolean tasks) {
    Map<Integer, List<SimulatedJob>> byBase = new LinkedHashMap<>();
    for (SimulatedJob job : cluster.jobs(any -> true)) {
      byBase.computeIfAbsent(job.base, base -> new ArrayList<>()).add(job);
    }
    StringBuilder text = new StringBuilder();
    for (List<SimulatedJob> jobs : byBase.values()) {
      if (!ofHistory && jobs.stream().noneMatch(SimulatedJob::isAlive)) {
        continue;
      }
      boolean array = jobs.get(0).index.isPresent();
      if (array) {
        text.append(tables.arrayEntry(jobs));
      }
      if (!array || tasks) {
        jobs.forEach(job -> text.append(tables.entry(job)));
      }
    }
    return text.toString();
  }

  private Answer change(Call call) {
    StringBuilder errors = new StringBuilder();
    int code = 0;
    for (String id : call.arguments()) {
      List<SimulatedJob> jobs = named(id);
      String problem = "";
      if (jobs.isEmpty() || (!history && jobs.stream().noneMatch(SimulatedJob::isAlive))) {
        problem = "Unknown Job Id " + (call.program().equals("qdel") ? id : withServer(id));
        code = 153;
      } else if (jobs.stream().anyMatch(job -> !job.order.owner.equals(call.user()))) {
        problem = "Unauthorized Request  " + id;
        code = 159;
      } else if (jobs.stream().noneMatch(SimulatedJob::isAlive)) {
        problem =
            call.program().equals("qdel")
                ? "Job has finished " + id
                : "Request invalid for state of job " + id;
        code = 35;
      } else if (call.program().equals("qdel")) {
        cluster.cancel(jobs);
      } else {
        cluster.hold(jobs, call.program().equals("qhold"));
      }
      if (!problem.isEmpty()) {
        errors.append(call.program()).append(": ").append(problem).append('\n');
      }
    }
    return Answer.failed(code, errors.toString());
  }

  private static final String SERVER =
      """
      Server: sim
          server_state = Active
          default_queue = workq
          max_array_size = 10000
          job_history_enable = True
          job_history_duration = 24:00:00
          pbs_version = 23.06.06

      """;

  private static final String QUEUES =
      """
      Queue: workq
          queue_type = Execution
          resources_max.walltime = 48:00:00
          enabled = True
          started = True

      """;

  private static final String NODES =
      """
      n1
           state = free
           resources_available.mem = 2048000kb
           resources_available.ncpus = 4

      n2
           state = free
           resources_available.mem = 2048000kb
           resources_available.ncpus = 4
           resources_available.ngpus = 2

      """;
}
