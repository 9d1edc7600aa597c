package org.condatainer.scheduler.htcondor;

import java.util.Optional;

/** Job ids: {@code 12} is a cluster, {@code 12.3} one of its processes. */
final class HtcondorIds {
  private HtcondorIds() {}

  static boolean isId(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? isNumber(text)
        : isNumber(text.substring(0, dot)) && isNumber(text.substring(dot + 1));
  }

  private static boolean isNumber(String text) {
    return text.length() <= 9 && SubmitNumbers.digits(text).isPresent();
  }

  static long cluster(String id) {
    int dot = id.indexOf('.');
    return Long.parseLong(dot < 0 ? id : id.substring(0, dot));
  }

  /** The number of the process, empty for the whole cluster. */
  static Optional<Long> process(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? Optional.empty() : Optional.of(Long.parseLong(id.substring(dot + 1)));
  }

  /** The expression that is true for this job and its tasks, in its cluster or below its DAG. */
  static String expression(String id) {
    long cluster = cluster(id);
    return process(id)
        .map(
            task ->
                "(ClusterId == "
                    + cluster
                    + " && ProcId == "
                    + task
                    + ") || (DAGManJobId =?= "
                    + cluster
                    + " && "
                    + HtcondorJob.TASK
                    + " =?= "
                    + task
                    + ")")
        .orElse("ClusterId == " + cluster + " || DAGManJobId =?= " + cluster);
  }
}
