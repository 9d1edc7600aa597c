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

  private static final String SCHEDD = "-- Schedd: ";

  private final SchedulerCommands commands;

  HtcondorQueries(SchedulerCommands commands) {
    this.commands = commands;
  }

  Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    Set<JobId> asked = new LinkedHashSet<>();
    Optional<String> schedd = Optional.empty();
    for (JobId id : ids) {
      if (!HtcondorIds.isId(id.value())) {
        answers.put(
            id, unavailable(id, "'" + id.value() + "' is not written as an HTCondor job id"));
        continue;
      }
      if (!id.cluster().isEmpty()) {
        schedd = schedd.isPresent() ? schedd : Optional.of(schedd());
        if (!schedd.get().equals(id.cluster())) {
          answers.put(id, unavailable(id, anotherSchedd(id, schedd.get())));
          continue;
        }
      }
      asked.add(id);
    }
    if (asked.isEmpty()) {
      return answers;
    }
    String constraint = clusters(asked);
    List<HtcondorJob> queued;
    try {
      queued = queued(constraint);
    } catch (SchedulerException e) {
      asked.forEach(id -> answers.put(id, unavailable(id, e.getMessage())));
      return answers;
    }
    Map<Long, List<HtcondorJob>> index = index(queued);
    // Ended processes leave the queue at once; a cluster of which some still live has others there.
    List<JobId> left = new ArrayList<>();
    for (JobId id : asked) {
      Optional<JobSnapshot> found = find(id, index);
      if (found.isPresent() && isSure(found.get().state())) {
        answers.put(id, found.get());
      } else {
        left.add(id);
      }
    }
    if (!left.isEmpty()) {
      askHistory(left, queued, answers);
    }
    return answers;
  }

  /**
   * The schedd that is asked here, empty if that is not known. Each counts its jobs from 1, and
   * knows nothing of another's.
   */
  private String schedd() {
    try {
      return schedd(
          commands.run(Command.of("condor_q", "-totals"), HtcondorErrors.LOOKING).output());
    } catch (SchedulerException e) {
      return "";
    }
  }

  /** From the heading of {@code condor_q}: {@code -- Schedd: NAME : <ADDRESS> @ TIME}. */
  static String schedd(String output) {
    int start = output.indexOf(SCHEDD);
    int end = output.indexOf(" : ", Math.max(start, 0));
    return start < 0 || end < 0 ? "" : output.substring(start + SCHEDD.length(), end).strip();
  }

  private static String anotherSchedd(JobId id, String here) {
    String other = "it is a job of the schedd " + id.cluster();
    return here.isEmpty()
        ? other + ", and condor_q does not say which one is asked here"
        : other + ", and " + here + " is asked here: ask on a machine of that one";
  }

  /** A DAG that has no task in the queue may have had some. */
  private static boolean isSure(JobState state) {
    return state instanceof JobState.Alive alive && !alive.reason().equals("Dependency");
  }

  private void askHistory(
      List<JobId> ids, List<HtcondorJob> queued, Map<JobId, JobSnapshot> answers) {
    String broken = "";
    List<HtcondorJob> all = new ArrayList<>(queued);
    try {
      all.addAll(history(clusters(new LinkedHashSet<>(ids))));
    } catch (SchedulerException e) {
      broken = e.getMessage();
    }
    Map<Long, List<HtcondorJob>> index = index(all);
    for (JobId id : ids) {
      Optional<JobSnapshot> found = find(id, index);
      if (found.isPresent()) {
        answers.put(id, found.get());
      } else {
        String where =
            broken.isEmpty()
                ? "condor_q and condor_history"
                : "condor_q; the history could not be asked: " + broken;
        answers.put(
            id,
            JobSnapshot.of(
                id,
                new JobState.Absent(where),
                broken.isEmpty() ? "condor_q, condor_history" : "condor_q"));
      }
    }
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
    return jobs(List.of("condor_q", "-allusers", "-constraint", constraint), false);
  }

  /** The processes that have left the queue for which an expression is true. */
  List<HtcondorJob> history(String constraint) {
    return jobs(List.of("condor_history", "-constraint", constraint), true);
  }

  private List<HtcondorJob> jobs(List<String> words, boolean history) {
    Command command =
        Command.of(words)
            .withArguments(
                List.of("-json", "-attributes", String.join(",", HtcondorJob.ATTRIBUTES)));
    String output = commands.run(command, HtcondorErrors.LOOKING).output();
    try {
      return jobs(output, history);
    } catch (IllegalArgumentException e) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "The answer of " + words.get(0) + " was not understood: " + e.getMessage(),
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
