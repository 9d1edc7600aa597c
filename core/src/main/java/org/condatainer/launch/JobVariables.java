package org.condatainer.launch;

import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;

/** What becomes of this program's variables where one job is begun in another. */
final class JobVariables {
  /**
   * For a job that is submitted: schedulers hand the variables of the job that submits to the new
   * one. What its own scheduler tells comes behind this.
   */
  private static final String OF_NO_OTHER_JOB =
      "unset MEM MEM_GB CNT_ARRAY_COUNT CNT_JOB_CLUSTER CNT_RANK\n";

  /** For a run outside every job. */
  private static final String OF_NO_JOB = "unset MEM MEM_GB CNT_ARRAY_COUNT\n";

  /** For a run inside a job, which tells its memory itself. */
  private static final String OF_NO_OTHER_RUN = "unset MEM MEM_GB\n";

  private JobVariables() {}

  /** The fragment of shell that finds out what the run was granted where it is to be. */
  static String granted(
      Plan.Destination destination,
      JobRequest request,
      InstalledSchedulers schedulers,
      HostEnvironment environment) {
    if (destination instanceof Plan.Scheduled scheduled) {
      return OF_NO_OTHER_JOB + scheduled.provider().dialect().grantedResources();
    }
    for (SchedulerProvider provider : schedulers.providers()) {
      if (provider.currentJob(environment).isPresent()) {
        return inside(provider.dialect().grantedResources(), request);
      }
    }
    return OF_NO_JOB + LocalResources.fragment(request);
  }

  /**
   * For a run inside a job, which is none of its own: a task of an array stays one, and of an array
   * that is run here each task has its own index.
   */
  private static String inside(String grantedResources, JobRequest request) {
    return request.array().isEmpty()
        ? OF_NO_OTHER_RUN + "unset cnt_array\n" + grantedResources
        : OF_NO_OTHER_RUN
            + "cnt_own_index=${CNT_ARRAY_INDEX-}\n"
            + grantedResources
            + "CNT_ARRAY_INDEX=$cnt_own_index\n";
  }
}
