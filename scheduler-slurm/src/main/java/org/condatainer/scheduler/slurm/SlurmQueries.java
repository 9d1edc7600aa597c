package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/** Asks the queue, then the accounting for what the queue does not have (rules 1 to 3). */
final class SlurmQueries {
  /** Linux takes 131,072 bytes in one argument (execve(2)). */
  static final int LONGEST_LIST = 100_000;

  /**
   * For how long it remembers them is not asked: that would be one process more for each answer.
   */
  private static final String QUEUE =
      "squeue (which soon forgets ended jobs: scontrol show config | grep MinJobAge)";

  private final SchedulerCommands commands;
  private final Supplier<Map<String, String>> settings;

  /**
   * @param settings asks for {@code scontrol show config}; may throw {@link SchedulerException}
   */
  SlurmQueries(SchedulerCommands commands, Supplier<Map<String, String>> settings) {
    this.commands = commands;
    this.settings = settings;
  }

  Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    Map<String, List<JobId>> byCluster = new LinkedHashMap<>();
    for (JobId id : ids) {
      if (SlurmIds.isId(id.value())) {
        byCluster.computeIfAbsent(id.cluster(), cluster -> new ArrayList<>()).add(id);
      } else {
        answers.put(id, unavailable(id, "'" + id.value() + "' is not written as a Slurm job id"));
      }
    }
    byCluster.forEach((cluster, some) -> query(clusterOption(cluster), some, answers));
    return answers;
  }

  /** Every job that the queue of this cluster remembers and whose comment has this text. */
  List<SlurmJob> all(List<String> ownerOptions, String comment) {
    SlurmQueue queue = SlurmQueue.withFreshSeparator();
    String output =
        commands.run(queue.all("").withArguments(ownerOptions), SlurmErrors.LOOKING).output();
    try {
      return queue.jobs(output, comment);
    } catch (IllegalArgumentException e) {
      throw notUnderstood("squeue", e);
    }
  }

  /**
   * The tasks or components of one job; empty if the queue does not have it.
   *
   * @throws SchedulerException if the queue could not be asked
   */
  List<SlurmJob> parts(JobId id) {
    return queued(List.of(SlurmIds.base(id.value())), clusterOption(id.cluster()));
  }

  /**
   * What to give to {@code -M}: nothing for the cluster at hand, whose commands work without a
   * database.
   */
  String clusterOption(String cluster) {
    if (cluster.isEmpty()) {
      return "";
    }
    try {
      return cluster.equals(settings.get().get("ClusterName")) ? "" : cluster;
    } catch (SchedulerException e) {
      return cluster;
    }
  }

  private void query(String cluster, List<JobId> ids, Map<JobId, JobSnapshot> answers) {
    List<JobId> absent = new ArrayList<>();
    String broken = null;
    for (List<JobId> chunk : chunks(ids)) {
      List<SlurmJob> jobs = List.of();
      if (broken == null) {
        try {
          jobs = queued(bases(chunk), cluster);
        } catch (SchedulerException e) {
          // The other chunks would wait just as long for the same answer.
          broken = e.getMessage();
        }
      }
      Map<String, List<SlurmJob>> index = index(jobs);
      for (JobId id : chunk) {
        Optional<JobSnapshot> found = find(id, index, "squeue");
        if (broken != null) {
          answers.put(id, unavailable(id, broken));
        } else if (found.isPresent()) {
          answers.put(id, found.get());
        } else {
          absent.add(id);
        }
      }
    }
    if (!absent.isEmpty()) {
      askAccounting(cluster, absent, answers);
    }
  }

  private void askAccounting(String cluster, List<JobId> ids, Map<JobId, JobSnapshot> answers) {
    String broken = null;
    for (List<JobId> chunk : chunks(ids)) {
      List<SlurmJob> jobs = List.of();
      if (broken == null) {
        SlurmAccounting accounting = SlurmAccounting.withFreshSeparator();
        try {
          jobs =
              accounting.jobs(
                  commands
                      .run(accounting.of(bases(chunk), cluster), SlurmErrors.ACCOUNTING)
                      .output());
        } catch (SchedulerException e) {
          broken =
              e.failure().kind() == Failure.Kind.UNSUPPORTED
                  ? QUEUE + "; this cluster has no accounting"
                  : QUEUE + "; the accounting could not be asked: " + e.getMessage();
        } catch (IllegalArgumentException e) {
          broken = "squeue; the answer of sacct was not understood: " + e.getMessage();
        }
      }
      Map<String, List<SlurmJob>> index = index(jobs);
      for (JobId id : chunk) {
        Optional<JobSnapshot> found = find(id, index, "sacct");
        if (found.isPresent()) {
          answers.put(id, found.get());
        } else if (broken != null) {
          answers.put(id, JobSnapshot.of(id, new JobState.Absent(broken), "squeue"));
        } else {
          answers.put(
              id, JobSnapshot.of(id, new JobState.Absent("squeue and sacct"), "squeue, sacct"));
        }
      }
    }
  }

  private List<SlurmJob> queued(List<String> bases, String cluster) {
    SlurmQueue queue = SlurmQueue.withFreshSeparator();
    try {
      return queue.jobs(commands.run(queue.of(bases, cluster), SlurmErrors.LOOKING).output());
    } catch (SchedulerException e) {
      // Only an id that is asked for alone is an error; among others it is silently missing.
      if (e.failure().kind() == Failure.Kind.NOT_FOUND && bases.size() == 1) {
        return List.of();
      }
      throw e;
    } catch (IllegalArgumentException e) {
      throw notUnderstood("squeue", e);
    }
  }

  /** The rows by every id under which they are asked for, so that many ids are found quickly. */
  private static Map<String, List<SlurmJob>> index(List<SlurmJob> jobs) {
    Map<String, List<SlurmJob>> index = new HashMap<>();
    for (SlurmJob job : jobs) {
      index.computeIfAbsent(job.baseId(), base -> new ArrayList<>()).add(job);
      if (!job.rawId().equals(job.baseId())) {
        index.computeIfAbsent(job.rawId(), raw -> new ArrayList<>()).add(job);
      }
    }
    return index;
  }

  private static Optional<JobSnapshot> find(
      JobId id, Map<String, List<SlurmJob>> index, String source) {
    return SlurmAnswers.find(id, index.getOrDefault(SlurmIds.base(id.value()), List.of()), source);
  }

  private static List<String> bases(List<JobId> ids) {
    Set<String> bases = new LinkedHashSet<>();
    for (JobId id : ids) {
      bases.add(SlurmIds.base(id.value()));
    }
    return List.copyOf(bases);
  }

  /** Parts of a list whose ids fit into one argument. */
  static List<List<JobId>> chunks(List<JobId> ids) {
    List<List<JobId>> chunks = new ArrayList<>();
    List<JobId> chunk = new ArrayList<>();
    int length = 0;
    for (JobId id : ids) {
      if (length > 0 && length + id.value().length() + 1 > LONGEST_LIST) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        length = 0;
      }
      chunk.add(id);
      length += id.value().length() + 1;
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    return chunks;
  }

  private static JobSnapshot unavailable(JobId id, String why) {
    return JobSnapshot.of(id, new JobState.Unavailable(why), "squeue");
  }

  private static SchedulerException notUnderstood(String command, IllegalArgumentException e) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.UNAVAILABLE,
            "The answer of " + command + " was not understood: " + e.getMessage(),
            "",
            ""));
  }
}
