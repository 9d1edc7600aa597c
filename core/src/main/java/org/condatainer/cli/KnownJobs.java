package org.condatainer.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.launch.SchedulersAtHand.Answer;

/**
 * What is known of jobs.
 *
 * @param jobs each with the scheduler that spoke; several of one id if several schedulers know one
 * @param unasked why a scheduler could not be asked, which may have more jobs
 */
record KnownJobs(List<JobJson.Listed> jobs, Set<String> unasked) {
  private static final int KNOWN = 2;

  KnownJobs {
    jobs = List.copyOf(jobs);
    unasked = Collections.unmodifiableSet(new LinkedHashSet<>(unasked));
  }

  /**
   * The ids in the words of a command.
   *
   * @throws UsageException for a word that is no job's id on any of the schedulers
   */
  static Set<JobId> ids(String command, List<String> words, SchedulersAtHand schedulers) {
    Set<JobId> ids = new LinkedHashSet<>();
    for (String word : words) {
      JobId id = OptionValues.jobId(command, word);
      if (schedulers.none(scheduler -> scheduler.isJobId(id))) {
        throw new UsageException(
            command
                + ": \""
                + word
                + "\" is not written as a job id of "
                + String.join(" or ", schedulers.names())
                + "; condatainer jobs lists yours");
      }
      ids.add(id);
    }
    return ids;
  }

  /**
   * Of several schedulers, those that know a job are the ones whose answers count: each counts its
   * jobs for itself, so that one id may be a job of each.
   */
  static KnownJobs of(Set<JobId> ids, List<Answer<Map<JobId, JobSnapshot>>> answers) {
    for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
      if (answer.problem().isPresent()) {
        throw answer.problem().get();
      }
    }
    List<JobJson.Listed> jobs = new ArrayList<>();
    Set<String> unasked = new LinkedHashSet<>();
    for (JobId id : ids) {
      List<JobJson.Listed> told = new ArrayList<>();
      for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
        JobSnapshot job = answer.value().orElse(Map.of()).get(id);
        if (job != null) {
          told.add(new JobJson.Listed(answer.provider().id(), job));
        }
      }
      int best = told.stream().mapToInt(one -> rank(one.job().state())).max().orElse(0);
      List<JobJson.Listed> counting =
          told.stream().filter(one -> rank(one.job().state()) == best).toList();
      jobs.addAll(best == KNOWN ? counting : counting.stream().limit(1).toList());
      if (best == KNOWN) {
        told.forEach(one -> unavailable(one).ifPresent(unasked::add));
      }
    }
    return new KnownJobs(jobs, unasked);
  }

  private static Optional<String> unavailable(JobJson.Listed one) {
    return one.job().state() instanceof JobState.Unavailable unavailable
        ? Optional.of(unavailable.why() + "; it may have a job of the same id")
        : Optional.empty();
  }

  private static int rank(JobState state) {
    if (state instanceof JobState.Absent) {
      return 0;
    }
    return state instanceof JobState.Unavailable ? 1 : KNOWN;
  }

  /** Why jobs are not known or could not be asked for, each reason once. */
  Set<String> problems() {
    Set<String> problems = new LinkedHashSet<>(unasked);
    for (JobJson.Listed job : jobs) {
      if (job.job().state() instanceof JobState.Unavailable unavailable) {
        problems.add(unavailable.why());
      } else if (job.job().state() instanceof JobState.Absent absent) {
        problems.add("not known to " + absent.where());
      }
    }
    return problems;
  }

  /** 6 if one could not be asked for, 1 if one is not known. */
  int exitCode() {
    int code = ExitCode.SUCCESS;
    for (JobJson.Listed job : jobs) {
      if (job.job().state() instanceof JobState.Unavailable) {
        return ExitCode.SCHEDULER_UNAVAILABLE;
      }
      if (job.job().state() instanceof JobState.Absent) {
        code = ExitCode.FAILURE;
      }
    }
    return code;
  }
}
