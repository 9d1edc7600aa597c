package org.condatainer.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.launch.SchedulersAtHand.Answer;

/**
 * What is known of jobs.
 *
 * @param jobs each with the scheduler that spoke
 */
record KnownJobs(List<JobJson.Listed> jobs) {
  KnownJobs {
    jobs = List.copyOf(jobs);
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

  /** Of several schedulers, the one that knows a job is the one whose answer counts. */
  static KnownJobs of(Set<JobId> ids, List<Answer<Map<JobId, JobSnapshot>>> answers) {
    Map<JobId, JobJson.Listed> jobs = new LinkedHashMap<>();
    for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
      if (answer.problem().isPresent()) {
        throw answer.problem().get();
      }
      Map<JobId, JobSnapshot> known = answer.value().orElse(Map.of());
      for (JobId id : ids) {
        JobSnapshot job = known.get(id);
        JobJson.Listed before = jobs.get(id);
        if (job != null && (before == null || rank(job.state()) > rank(before.job().state()))) {
          jobs.put(id, new JobJson.Listed(answer.provider().id(), job));
        }
      }
    }
    return new KnownJobs(List.copyOf(jobs.values()));
  }

  private static int rank(JobState state) {
    if (state instanceof JobState.Absent) {
      return 0;
    }
    return state instanceof JobState.Unavailable ? 1 : 2;
  }

  /** Why jobs are not known or could not be asked for, each reason once. */
  Set<String> problems() {
    Set<String> problems = new LinkedHashSet<>();
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
