package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.testkit.simulator.SimulatedJob.Phase;

/**
 * The commands of HTCondor 23.9, as far as adapters use them. Words and exit codes are from its
 * recordings. What has ended leaves the queue at once and is in the history alone.
 */
final class HtcondorFront implements Front {
  private static final String VERSION =
      """
      $CondorVersion: 23.9.6 2026-07-12 PackageID: 23.9.6+dfsg-2.1+b10 $
      $CondorPlatform: X86_64-Debian_13 $
      """;
  private static final List<Map<String, Object>> SLOTS = List.of(slot("n1"), slot("n2"));

  private final SimulatedCluster cluster;

  HtcondorFront(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  private static Map<String, Object> slot(String node) {
    return Map.of(
        "name", "slot1@" + node + "@127-0-0-1.lab.local",
        "machine", "127-0-0-1.lab.local",
        "state", "Unclaimed",
        "slottype", "Partitionable",
        "cpus", 4L,
        "totalslotcpus", 4L,
        "memory", 4000L,
        "totalslotmemory", 4000L,
        "gpus", 0L);
  }

  @Override
  public String name() {
    return "HTCondor 23.9";
  }

  @Override
  public List<String> programs() {
    return List.of(
        "condor_submit",
        "condor_submit_dag",
        "condor_q",
        "condor_history",
        "condor_rm",
        "condor_hold",
        "condor_release",
        "condor_qedit",
        "condor_status",
        "condor_version",
        "condor_ssh_to_job");
  }

  @Override
  public Answer answer(Call asked) {
    int name = asked.arguments().indexOf("-name");
    if (name < 0) {
      return answerHere(asked);
    }
    List<String> words = new ArrayList<>(asked.arguments());
    words.remove(name);
    return words.remove(name).equals(HtcondorAds.SCHEDD)
        ? answerHere(asked.withArguments(words))
        : Answer.failed(1, "Error: Collector has no record of schedd/submitter\n");
  }

  private Answer answerHere(Call call) {
    return switch (call.program()) {
      case "condor_submit" -> HtcondorSubmit.submit(call, cluster);
      case "condor_submit_dag" -> HtcondorDag.describe(call);
      case "condor_q" -> queue(call);
      case "condor_history" -> history(call);
      // No job here has an attribute that adapters change.
      case "condor_qedit" ->
          Answer.failed(1, "Queue transaction failed.  No attributes were set.\n");
      case "condor_status" -> new HtcondorLook(call).answer(SLOTS, true);
      case "condor_version" -> Answer.of(VERSION);
      case "condor_ssh_to_job" -> ssh(call);
      default -> change(call);
    };
  }

  /** The history is a file, and condor_submit_dag only writes one (recordings down-*). */
  @Override
  public Answer stopped(Call call) {
    return switch (call.program()) {
      case "condor_history", "condor_version", "condor_submit_dag" -> answer(call);
      case "condor_submit" -> Answer.failed(1, "\nERROR: Can't find address of local schedd\n");
      case "condor_status" ->
          Answer.failed(
              1, "Error: communication error\nCEDAR:6001:Failed to connect to <127.0.0.1:19618>\n");
      case "condor_q" ->
          Answer.failed(
              1,
              "Error: (null)\n\nExtra Info: You probably saw this error because the condor_schedd"
                  + " is not \nrunning on the machine you are trying to query.\n");
      default -> Answer.failed(1, call.program() + ": (null)\n");
    };
  }

  /** What fork(2) and connect(2) say when there is too much to do. */
  @Override
  public Answer busy(Call call) {
    return Answer.failed(1, "ERROR: Resource temporarily unavailable\n");
  }

  /** The list is begun before the file is opened. A history that is not there is an empty one. */
  @Override
  public Answer historyStopped(Call call) {
    String words = "Error opening history file /var/spool/condor/history: Permission denied\n";
    return new Answer(1, call.arguments().contains("-json") ? "[\n" : "", words);
  }

  @Override
  public boolean submits(Call call) {
    return call.program().equals("condor_submit");
  }

  @Override
  public boolean asksHistory(Call call) {
    return call.program().equals("condor_history");
  }

  @Override
  public boolean runsOther(Call call) {
    return call.program().equals("condor_ssh_to_job");
  }

  /** HTCondor speaks English alone. */
  @Override
  public Map<String, String> foreignWords() {
    return Map.of();
  }

  @Override
  public Map<String, String> formatVariables() {
    return Map.of(
        "_CONDOR_CONDOR_Q_ONLY_MY_JOBS",
        "false",
        "_CONDOR_CONDOR_Q_DASH_BATCH_IS_DEFAULT",
        "false");
  }

  @Override
  public List<SimulatedJob> named(String id) {
    return cluster.jobs(
        job ->
            id.equals(Integer.toString(job.base))
                || id.equals(HtcondorAds.id(job))
                || id.equals(job.order.word("my.dagmanjobid")));
  }

  @Override
  public JobId unknownJob(int number) {
    return JobId.of(Integer.toString(60_000_000 + number));
  }

  @Override
  public JobRequest refused() {
    return JobRequest.empty().toBuilder().workingDirectory("/nonexistent/folder").build();
  }

  private Answer queue(Call call) {
    HtcondorLook look = new HtcondorLook(call);
    Predicate<SimulatedJob> owned =
        job ->
            look.isOfAll()
                || call.variables()
                    .getOrDefault("_CONDOR_CONDOR_Q_ONLY_MY_JOBS", "")
                    .equals("false")
                || job.order.owner.equals(call.user());
    return look.answer(ads(cluster.jobs(owned.and(this::isQueued))), false);
  }

  private Answer history(Call call) {
    List<SimulatedJob> ended = new ArrayList<>(cluster.jobs(job -> !job.isAlive()));
    Collections.reverse(ended);
    return new HtcondorLook(call).answer(ads(ended), true);
  }

  private static List<Map<String, Object>> ads(List<SimulatedJob> jobs) {
    return jobs.stream().map(HtcondorAds::of).toList();
  }

  /** With {@code max_materialize}, the processes after the first ones are not there yet. */
  private boolean isQueued(SimulatedJob job) {
    if (!job.isAlive()) {
      return false;
    }
    int most = job.order.tasksAtOnce;
    return most == Integer.MAX_VALUE
        || cluster
                .jobs(
                    other ->
                        other.base == job.base
                            && other.isAlive()
                            && HtcondorAds.process(other) < HtcondorAds.process(job))
                .size()
            < most;
  }

  private Answer change(Call call) {
    String verb = call.program().substring("condor_".length()).replace("rm", "remove");
    List<String> words = call.arguments();
    if (words.size() != 2 || !words.get(0).equals("-constraint")) {
      throw new IllegalArgumentException("only jobs by a constraint are simulated");
    }
    String which = words.get(1);
    if (cluster.jobs(SimulatedJob::isAlive).isEmpty()) {
      return new Answer(0, "", call.program() + ":0:There are no jobs in the queue\n");
    }
    List<SimulatedJob> jobs =
        cluster.jobs(
            job ->
                isQueued(job)
                    && !job.cancelled
                    && job.order.owner.equals(call.user())
                    && ClassAdExpression.holds(which, HtcondorAds.of(job))
                    && !(verb.equals("hold") && isHeld(job)));
    if (jobs.isEmpty()) {
      return Answer.failed(
          1, "\nCouldn't find/" + verb + " all jobs matching constraint " + which + "\n");
    }
    String done =
        switch (verb) {
          case "remove" -> {
            cluster.cancel(withBelow(jobs));
            yield "marked for removal";
          }
          case "hold" -> {
            hold(jobs, true);
            yield "held";
          }
          default -> {
            hold(jobs, false);
            yield "released";
          }
        };
    return Answer.of("All jobs matching constraint " + which + " have been " + done + "\n");
  }

  private static boolean isHeld(SimulatedJob job) {
    return job.phase == Phase.WAITING ? job.held : job.phase == Phase.SUSPENDED;
  }

  /** What has not come into the queue yet goes with the rest; a DAG takes its tasks with it. */
  private List<SimulatedJob> withBelow(List<SimulatedJob> jobs) {
    return cluster.jobs(
        job ->
            jobs.contains(job)
                || jobs.stream()
                    .anyMatch(
                        one ->
                            (one.base == job.base && !isQueued(job))
                                || (HtcondorAds.isDag(one)
                                    && job.order
                                        .word("my.dagmanjobid")
                                        .equals(Integer.toString(one.base)))));
  }

  /** A held DAGMan is ended and started again later; here it stands still. */
  private void hold(List<SimulatedJob> jobs, boolean held) {
    if (jobs.stream().anyMatch(job -> job.phase == Phase.RUNNING && !HtcondorAds.isDag(job))) {
      throw new IllegalArgumentException("holding a job that runs is not simulated");
    }
    cluster.suspend(jobs, held);
    cluster.hold(jobs.stream().filter(job -> job.phase == Phase.WAITING).toList(), held);
  }

  /** The words are put together by blanks and given to a shell there. */
  private Answer ssh(Call call) {
    List<SimulatedJob> jobs;
    synchronized (cluster) {
      String id = call.arguments().get(0);
      jobs = cluster.jobs(job -> job.isAlive() && HtcondorAds.id(job).equals(id));
    }
    if (jobs.isEmpty()) {
      return Answer.failed(1, "Unable to fetch job ad; is it still in the queue?\n");
    }
    if (jobs.get(0).phase != Phase.RUNNING) {
      return Answer.failed(1, "The job is not running.\n");
    }
    List<String> words = call.arguments().subList(1, call.arguments().size());
    return NodeCommand.run(call, List.of("bash", "-c", String.join(" ", words)), Map.of());
  }
}
