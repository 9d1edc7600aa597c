package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;

/**
 * The commands of volclava 2.2, which has LSF's, as far as adapters use them. Words and exit codes
 * are from its recordings.
 */
final class LsfFront implements Front {
  private static final String RULE = "-".repeat(78) + "\n";

  private final SimulatedCluster cluster;
  private final boolean ibm;
  private final LsfTables tables;

  /**
   * @param ibm whether it is IBM's LSF: its name, its fields of {@code bjobs -o} and that it looks
   *     at conditions before it starts a job, as IBM's manual has them; all other forms are
   *     volclava's
   */
  LsfFront(SimulatedCluster cluster, boolean ibm) {
    this.cluster = cluster;
    this.ibm = ibm;
    this.tables = new LsfTables(cluster);
  }

  @Override
  public String name() {
    return ibm ? "IBM Spectrum LSF 10.1" : "volclava 2.2";
  }

  @Override
  public List<String> programs() {
    return List.of(
        "bsub", "bjobs", "bhist", "bkill", "bstop", "bresume", "bqueues", "bhosts", "bparams",
        "lsid", "lshosts", "lsrun");
  }

  @Override
  public Answer answer(Call call) {
    return switch (call.program()) {
      case "bsub" -> Bsub.submit(call, cluster, ibm);
      case "bjobs" -> bjobs(call);
      case "bhist" -> bhist(call);
      case "bqueues" -> Answer.of(LsfSite.QUEUES);
      case "bhosts" -> Answer.of(LsfSite.HOSTS);
      case "bparams" -> Answer.of(LsfSite.PARAMETERS);
      case "lshosts" -> Answer.of(LsfSite.HARDWARE);
      case "lsid" -> Answer.of(lsid());
      case "lsrun" -> lsrun(call);
      default -> change(call);
    };
  }

  /**
   * With {@code LSB_NTRIES=1}: without it, they wait for ever, which is another fault. lsid asks
   * LIM and not the batch system.
   */
  @Override
  public Answer stopped(Call call) {
    return switch (call.program()) {
      case "lsid" -> Answer.of(lsid());
      case "bsub" -> failed("Connection refused by server. Job not submitted.");
      default -> failed("Connection refused by server");
    };
  }

  @Override
  public Answer busy(Call call) {
    String words = "Cannot locate master LIM now, try later";
    return call.program().equals("lsid")
        ? new Answer(
            255, lsid().lines().findFirst().get() + "\n", "ls_getclustername(): " + words + "\n")
        : failed(call.program() + ": Failed in an LSF library call: " + words);
  }

  private String lsid() {
    return ibm ? LsfSite.LSID.replace(LsfSite.VOLCLAVA, LsfSite.IBM) : LsfSite.LSID;
  }

  /** bhist reads the log of events itself. */
  @Override
  public Answer historyStopped(Call call) {
    return failed("/opt/volclava/work/logdir/lsb.events: Permission denied");
  }

  @Override
  public boolean submits(Call call) {
    return call.program().equals("bsub");
  }

  @Override
  public boolean asksHistory(Call call) {
    return call.program().equals("bhist");
  }

  @Override
  public boolean runsOther(Call call) {
    return call.program().equals("lsrun");
  }

  @Override
  public Map<String, String> foreignWords() {
    return Map.of(
        "is not found", "wurde nicht gefunden",
        "No matching job found", "Kein passender Auftrag",
        "No unfinished job found", "Kein offener Auftrag",
        "Exited", "Beendet",
        "Done successfully", "Erfolgreich beendet",
        "Submitted from", "Gestellt von");
  }

  @Override
  public Map<String, String> formatVariables() {
    return Map.of(
        "LSB_SHORT_HOSTLIST", "1", "LSB_BHIST_HOURS", "0", "LSB_BJOBS_FORMAT", "jobid stat");
  }

  @Override
  public List<SimulatedJob> named(String id) {
    List<SimulatedJob> whole = cluster.jobs(job -> Integer.toString(job.base).equals(id));
    return whole.isEmpty() ? cluster.jobs(job -> LsfTables.id(job).equals(id)) : whole;
  }

  @Override
  public JobId unknownJob(int number) {
    return JobId.of(Integer.toString(60_000_000 + number));
  }

  @Override
  public JobRequest refused() {
    return JobRequest.empty().toBuilder().queue("nosuch").build();
  }

  private Answer bjobs(Call call) {
    Options options =
        Options.read(split(call.arguments()), Set.of("u", "o"), Set.of("a", "json", "UF"));
    if (!options.unknown().isEmpty()) {
      return failed("bjobs: illegal option -- " + options.unknown().substring(1));
    }
    List<String> ids = options.arguments();
    for (String id : ids) {
      if (!id.matches("\\d+(\\[\\d+\\])?")) {
        return failed(id + ": Illegal job ID.");
      }
    }
    String user = options.has("u") ? options.value("u") : call.user();
    Predicate<SimulatedJob> owned = job -> user.equals("all") || job.order.owner.equals(user);
    Predicate<SimulatedJob> shown =
        job ->
            !job.forgotten
                && (options.has("a")
                    || !ids.isEmpty()
                    || (job.isAlive() && !LsfTables.isLost(job)));
    Set<SimulatedJob> found = new LinkedHashSet<>();
    List<String> unknown = new ArrayList<>();
    for (String id : ids) {
      List<SimulatedJob> some = named(id).stream().filter(shown.and(owned)).toList();
      found.addAll(some);
      if (some.isEmpty()) {
        unknown.add(id);
      }
    }
    if (ids.isEmpty()) {
      found.addAll(cluster.jobs(shown.and(owned)));
    }
    return options.has("json")
        ? records(found, unknown, List.of(options.value("o").split(" ", -1)))
        : details(found, unknown, call.variables());
  }

  /** Words that the reader of options, which knows letters only, would take apart. */
  private static List<String> split(List<String> words) {
    List<String> known = new ArrayList<>();
    for (String word : words) {
      known.add(word.equals("-json") || word.equals("-UF") ? "-" + word : word);
    }
    return known;
  }

  private Answer records(Set<SimulatedJob> found, List<String> unknown, List<String> fields) {
    List<String> records = new ArrayList<>();
    found.forEach(job -> records.add(tables.record(job, fields)));
    unknown.forEach(id -> records.add(LsfTables.unknownRecord(id)));
    return new Answer(found.isEmpty() ? 255 : 0, LsfTables.document(records), "");
  }

  private Answer details(
      Set<SimulatedJob> found, List<String> unknown, Map<String, String> variables) {
    if (found.isEmpty() && unknown.isEmpty()) {
      return Answer.failed(254, "No unfinished job found\n");
    }
    StringBuilder text = new StringBuilder(found.size() > 1 ? RULE : "");
    for (SimulatedJob job : found) {
      text.append(text.length() > RULE.length() ? RULE : "").append(tables.details(job, variables));
    }
    StringBuilder errors = new StringBuilder();
    unknown.forEach(id -> errors.append("Job <").append(id).append("> is not found\n"));
    text.append(found.isEmpty() ? "" : "\n");
    return new Answer(unknown.isEmpty() ? 0 : 255, text.toString(), errors.toString());
  }

  private Answer bhist(Call call) {
    Options options = Options.read(call.arguments(), Set.of("n", "u"), Set.of("l", "a", "w"));
    if (!options.unknown().isEmpty()) {
      return failed("bhist: illegal option -- " + options.unknown().substring(1));
    }
    StringBuilder text = new StringBuilder();
    String hours = call.variables().getOrDefault("LSB_BHIST_HOURS", "");
    Set<SimulatedJob> jobs = new LinkedHashSet<>();
    options.arguments().forEach(id -> jobs.addAll(named(id)));
    for (SimulatedJob job : jobs) {
      if (hours.isEmpty()) {
        text.append(text.isEmpty() ? "" : RULE).append(tables.history(job));
      }
    }
    return text.isEmpty()
        ? new Answer(255, "No matching job found\n", "")
        : Answer.of(text.append('\n').toString());
  }

  private Answer change(Call call) {
    StringBuilder text = new StringBuilder();
    StringBuilder errors = new StringBuilder();
    for (String id : call.arguments()) {
      List<SimulatedJob> jobs = named(id).stream().filter(job -> !job.forgotten).toList();
      String what = "Job <" + id + ">";
      if (!id.matches("\\d+(\\[\\d+\\])?")) {
        errors.append(id).append(": Illegal job ID.\n");
      } else if (jobs.isEmpty()) {
        errors.append(what).append(": No matching job found\n");
      } else if (jobs.stream().anyMatch(job -> !job.order.owner.equals(call.user()))) {
        errors.append(what).append(": User permission denied\n");
      } else if (jobs.stream().noneMatch(SimulatedJob::isAlive)) {
        errors.append(what).append(": Job has already finished\n");
      } else {
        text.append(what).append(" is being ").append(change(call.program(), jobs)).append('\n');
      }
    }
    return new Answer(errors.isEmpty() ? 0 : 255, text.toString(), errors.toString());
  }

  private String change(String program, List<SimulatedJob> jobs) {
    if (program.equals("bkill")) {
      for (SimulatedJob job : jobs) {
        if (job.shownWord.equals("UNKWN")) {
          job.shownWord = LsfTables.LOST; // What the host does not hear goes on there.
        } else {
          cluster.cancel(List.of(job));
        }
      }
      return "terminated";
    }
    boolean stop = program.equals("bstop");
    cluster.suspend(jobs, stop);
    cluster.hold(jobs.stream().filter(job -> job.started == null).toList(), stop);
    return stop ? "stopped" : "resumed";
  }

  /**
   * Until {@code --}, it takes options of the command for its own; it has one output, and ends well
   * without the host.
   */
  private static Answer lsrun(Call call) {
    List<String> all = call.arguments();
    int end = all.contains("--") ? all.indexOf("--") : all.size();
    Options options = Options.read(all.subList(0, end), Set.of("m"), Set.of("P", "v", "p", "R"));
    List<String> words = new ArrayList<>(options.arguments());
    for (String word : words) {
      if (word.startsWith("-")) {
        return failed("lsrun: invalid option -- '" + word.substring(1) + "'");
      }
    }
    words.addAll(all.subList(Math.min(end + 1, all.size()), all.size()));
    String host = options.value("m");
    if (!host.equals("n1") && !host.equals("n2")) {
      return Answer.failed(
          0,
          "lsrun: ls_rtaske() failed on host "
              + host
              + ": Bad host name\nls_rwait(): No remote child\n");
    }
    Answer answer = NodeCommand.run(call, words, Map.of());
    return new Answer(answer.exitCode(), answer.output() + answer.errors(), "");
  }

  private static Answer failed(String words) {
    return Answer.failed(255, words + "\n");
  }
}
