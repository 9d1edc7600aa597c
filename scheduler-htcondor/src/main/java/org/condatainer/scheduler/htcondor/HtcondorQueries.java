package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/** Asks the queue, then the history for what has left the queue (rules 1 to 3). */
final class HtcondorQueries {
  /** Beyond so many clusters, a range of them is asked for, and the rest passed over here. */
  private static final int MOST_CLUSTERS = 100;

  private final SchedulerCommands commands;
  private final OwnSchedd schedd;

  HtcondorQueries(SchedulerCommands commands) {
    this.commands = commands;
    this.schedd = new OwnSchedd(commands);
  }

  Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    Map<String, Set<JobId>> asked = new LinkedHashMap<>();
    for (JobId id : ids) {
      if (!HtcondorIds.isId(id.value())) {
        answers.put(
            id, unavailable(id, "'" + id.value() + "' is not written as an HTCondor job id"));
      } else {
        asked.computeIfAbsent(id.cluster(), name -> new LinkedHashSet<>()).add(id);
      }
    }
    asked.forEach((name, some) -> query(some, schedd.option(name), answers));
    return answers;
  }

  private void query(Set<JobId> ids, List<String> where, Map<JobId, JobSnapshot> answers) {
    List<HtcondorJob> queued;
    try {
      queued = queued(where, clusters(ids));
    } catch (SchedulerException e) {
      ids.forEach(id -> answers.put(id, unavailable(id, e.getMessage())));
      return;
    }
    Map<Long, List<HtcondorJob>> index = index(queued);
    // Ended processes leave the queue at once; a cluster of which some still live has others there.
    List<JobId> left = new ArrayList<>();
    for (JobId id : ids) {
      Optional<JobSnapshot> found = find(id, index);
      if (found.isPresent() && isSure(found.get().state())) {
        answers.put(id, found.get());
      } else {
        left.add(id);
      }
    }
    if (!left.isEmpty()) {
      askHistory(left, where, queued, answers);
    }
  }

  /** A DAG that has no task in the queue may have had some. */
  private static boolean isSure(JobState state) {
    return state instanceof JobState.Alive alive && !alive.reason().equals("Dependency");
  }

  private void askHistory(
      List<JobId> ids,
      List<String> where,
      List<HtcondorJob> queued,
      Map<JobId, JobSnapshot> answers) {
    String broken = "";
    List<HtcondorJob> all = new ArrayList<>(queued);
    try {
      all.addAll(history(where, clusters(new LinkedHashSet<>(ids))));
    } catch (SchedulerException e) {
      broken = e.getMessage();
    }
    Map<Long, List<HtcondorJob>> index = index(all);
    for (JobId id : ids) {
      Optional<JobSnapshot> found = find(id, index);
      if (found.isPresent()) {
        answers.put(id, found.get());
      } else {
        answers.put(id, absent(id, broken));
      }
    }
  }

  /**
   * @param broken why the history could not be asked, empty if it was
   */
  private static JobSnapshot absent(JobId id, String broken) {
    if (!broken.isEmpty()) {
      String queue = "condor_q; the history could not be asked: " + broken;
      return JobSnapshot.of(id, new JobState.Absent(queue), "condor_q");
    }
    if (id.cluster().isEmpty()) {
      // It may be a job of another schedd: two sources that do not know it are no proof then.
      String both = "condor_q and condor_history of the schedd that is asked here";
      return JobSnapshot.of(id, new JobState.Absent(both), "condor_q");
    }
    String both = "condor_q and condor_history of " + id.cluster();
    return JobSnapshot.of(id, new JobState.Absent(both), "condor_q, condor_history");
  }

  private static Optional<JobSnapshot> find(JobId id, Map<Long, List<HtcondorJob>> index) {
    return HtcondorAnswers.find(id, index.getOrDefault(HtcondorIds.cluster(id.value()), List.of()));
  }

  /** The processes by every cluster under which they may be asked for. */
  private static Map<Long, List<HtcondorJob>> index(List<HtcondorJob> jobs) {
    Map<Long, List<HtcondorJob>> index = new LinkedHashMap<>();
    for (HtcondorJob job : jobs) {
      long cluster = job.number("ClusterId").orElseThrow();
      index.computeIfAbsent(cluster, key -> new ArrayList<>()).add(job);
      long dag = job.number("DAGManJobId").orElse(cluster);
      if (dag != cluster) {
        index.computeIfAbsent(dag, key -> new ArrayList<>()).add(job);
      }
    }
    return index;
  }

  /** An expression that is true for these jobs and whatever is below them. */
  static String clusters(Set<JobId> ids) {
    Set<Long> clusters = new LinkedHashSet<>();
    for (JobId id : ids) {
      clusters.add(HtcondorIds.cluster(id.value()));
    }
    if (clusters.size() > MOST_CLUSTERS) {
      long least = Long.MAX_VALUE;
      long most = 0;
      for (long cluster : clusters) {
        least = Math.min(least, cluster);
        most = Math.max(most, cluster);
      }
      String range = "(NAME >= " + least + " && NAME <= " + most + ")";
      return range.replace("NAME", "ClusterId")
          + " || ("
          + range.replace("NAME", "DAGManJobId")
          + " =?= true)";
    }
    StringBuilder text = new StringBuilder();
    for (long cluster : clusters) {
      text.append(text.isEmpty() ? "" : " || ")
          .append(HtcondorIds.expression(Long.toString(cluster)));
    }
    return text.toString();
  }

  /** The processes in the queue for which an expression is true. */
  List<HtcondorJob> queued(String constraint) {
    return queued(List.of(), constraint);
  }

  /**
   * The same of another queue.
   *
   * @param where the words that {@link #where} gives
   */
  List<HtcondorJob> queued(List<String> where, String constraint) {
    return jobs("condor_q", where, List.of("-allusers", "-constraint", constraint), false);
  }

  /** The processes that have left the queue for which an expression is true. */
  List<HtcondorJob> history(List<String> where, String constraint) {
    return jobs("condor_history", where, List.of("-constraint", constraint), true);
  }

  /** The words by which commands ask the schedd that gave this id. */
  List<String> where(JobId id) {
    return schedd.option(id.cluster());
  }

  private List<HtcondorJob> jobs(
      String program, List<String> where, List<String> words, boolean history) {
    Command command =
        Command.of(program)
            .withArguments(where)
            .withArguments(words)
            .withArguments(
                List.of("-json", "-attributes", String.join(",", HtcondorJob.ATTRIBUTES)));
    String output = commands.run(command, HtcondorErrors.LOOKING).output();
    try {
      return jobs(output, history);
    } catch (IllegalArgumentException e) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "The answer of " + program + " was not understood: " + e.getMessage(),
              "",
              ""));
    }
  }

  /**
   * The processes that a command printed.
   *
   * @throws IllegalArgumentException if that is not understood
   */
  static List<HtcondorJob> jobs(String output, boolean history) {
    List<HtcondorJob> jobs = new ArrayList<>();
    for (Map<String, String> ad : JsonAds.read(output)) {
      jobs.add(new HtcondorJob(ad, history));
    }
    return jobs;
  }

  private static JobSnapshot unavailable(JobId id, String why) {
    return JobSnapshot.of(id, new JobState.Unavailable(why), "condor_q");
  }
}
