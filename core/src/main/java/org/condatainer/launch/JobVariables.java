package org.condatainer.launch;

import org.condatainer.job.JobRequest;

/** What becomes of this program's variables where one job is begun in another. */
final class JobVariables {
  /**
   * For a job that is submitted: schedulers hand the variables of the job that submits to the new
   * one. What its own scheduler tells comes behind this.
   */
  static final String OF_NO_OTHER_JOB =
      "unset MEM MEM_GB CNT_ARRAY_COUNT CNT_JOB_CLUSTER CNT_RANK\n";

  /** For a run outside every job. */
  static final String OF_NO_JOB = "unset MEM MEM_GB CNT_ARRAY_COUNT\n";

  /** For a run inside a job, which tells its memory itself. */
  private static final String OF_NO_OTHER_RUN = "unset MEM MEM_GB\n";

  private JobVariables() {}

  /**
   * For a run inside a job, which is none of its own: a task of an array stays one, and of an array
   * that is run here each task has its own index.
   */
  static String inside(String grantedResources, JobRequest request) {
    return request.array().isEmpty()
        ? OF_NO_OTHER_RUN + "unset cnt_array\n" + grantedResources
        : OF_NO_OTHER_RUN
            + "cnt_own_index=${CNT_ARRAY_INDEX-}\n"
            + grantedResources
            + "CNT_ARRAY_INDEX=$cnt_own_index\n";
  }
}
