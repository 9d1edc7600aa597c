package org.condatainer.launch;

import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;

/** What a run on this machine is granted, outside every job: what it asked for. */
final class LocalResources {
  private LocalResources() {}

  /**
   * The fragment of shell that stands in the place of a scheduler's: CPUs and memory as asked, all
   * of this machine's CPUs when nothing was asked, and no memory then.
   */
  static String fragment(JobRequest request) {
    int cpus = request.resources().cpusPerTask().orElseGet(() -> sharedCpus(request));
    StringBuilder text = new StringBuilder();
    text.append("NCPUS=").append(cpus).append('\n');
    if (request.resources().memory().isPresent()) {
      Memory memory = request.resources().memory().get();
      long mebibytes =
          memory.scope() == Memory.Scope.PER_CPU
              ? JobTotals.times(memory.mebibytes(), cpus)
              : memory.mebibytes();
      if (mebibytes > 0) {
        text.append("MEM=").append(mebibytes).append('\n');
      }
    }
    if (request.array().isPresent()) {
      text.append("CNT_ARRAY_INDEX=${CNT_ARRAY_INDEX-}\n");
    }
    return text.append("NNODES=1\nNTASKS=1\nNTASKS_PER_NODE=1\n").toString();
  }

  private static int sharedCpus(JobRequest request) {
    int all = Runtime.getRuntime().availableProcessors();
    return request.array().isEmpty()
        ? all
        : Math.max(1, all / LocalArray.sideBySide(request.array().get(), 1));
  }
}
