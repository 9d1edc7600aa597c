package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.Dependency;
import org.condatainer.job.Dependency.Condition;
import org.condatainer.job.JobId;
import org.condatainer.script.ShellWords;

/**
 * Jobs that wait for arrays. An array's exit status should be 0 only if that of all its tasks is
 * (User's Guide, "Job Array Exit Status"); OpenPBS 23.06 makes it that of the task that ended last
 * (update_sj_parent of array_func.c), and starts or deletes by it what waits for the array. Its
 * substate tells all tasks (svr_setjob_histinfo); so the job looks at it when it starts, and
 * deletes itself where PBS would have, had it gone by all tasks.
 */
final class ArrayParents {
  private ArrayParents() {}

  /** Whether jobs wait for an array to end well, or not well. */
  static boolean isNeeded(List<Dependency> dependencies) {
    return dependencies.stream().anyMatch(ArrayParents::isNeeded);
  }

  private static boolean isNeeded(Dependency dependency) {
    return byResult(dependency.condition())
        && dependency.jobs().stream().anyMatch(ArrayParents::isArray);
  }

  private static boolean byResult(Condition condition) {
    return condition == Condition.SUCCEEDED || condition == Condition.FAILED;
  }

  private static boolean isArray(JobId job) {
    return PbsErrors.withoutServer(job.value()).endsWith("[]");
  }

  /**
   * The same, with the end of an array in place of its failure, by which PBS may delete the job.
   */
  static List<Dependency> awaitingTheirEnd(List<Dependency> dependencies) {
    List<Dependency> changed = new ArrayList<>();
    for (Dependency dependency : dependencies) {
      List<JobId> arrays = new ArrayList<>(dependency.jobs());
      arrays.removeIf(job -> !isArray(job));
      if (dependency.condition() != Condition.FAILED || arrays.isEmpty()) {
        changed.add(dependency);
        continue;
      }
      List<JobId> others = new ArrayList<>(dependency.jobs());
      others.removeAll(arrays);
      if (!others.isEmpty()) {
        changed.add(new Dependency(Condition.FAILED, others));
      }
      changed.add(new Dependency(Condition.ENDED, arrays));
    }
    return changed;
  }

  /** The lines of the batch script that look at the arrays; empty if there are none. */
  static List<String> lines(List<Dependency> dependencies) {
    List<String> lines = new ArrayList<>();
    for (Dependency dependency : dependencies) {
      if (!isNeeded(dependency)) {
        continue;
      }
      String function =
          dependency.condition() == Condition.SUCCEEDED ? "cnt_all_succeeded" : "cnt_one_failed";
      for (JobId job : dependency.jobs()) {
        if (isArray(job)) {
          lines.add(function + " " + ShellWords.quote(job.value()));
        }
      }
    }
    if (!lines.isEmpty()) {
      lines.addAll(0, FUNCTIONS.lines().toList());
    }
    return lines;
  }

  // A task that was deleted (91) did not succeed. Nothing is known without a history: then PBS's
  // own word counts, by which the job was started.
  private static final String FUNCTIONS =
      """
      # PBS goes by the task of an array that ended last; this looks at all of them.
      cnt_array_substate() {
        cnt_told=$(PATH=$PATH:${PBS_O_PATH-} LC_ALL=C timeout 60 qstat -x -f -w "$1" 2>/dev/null)
        cnt_told=${cnt_told#*$'\\n'    substate = }
        case $cnt_told in
          9[0-9]$'\\n'*) cnt_told=${cnt_told%%$'\\n'*} ;;
          *)
            cnt_told=
            echo "condatainer: PBS does not tell how the tasks of $1 ended, but for the last one" >&2
            ;;
        esac
      }
      cnt_not_run() {
        echo "condatainer: not run: $1; this job deletes itself" >&2
        PATH=$PATH:${PBS_O_PATH-} timeout 60 qdel "$PBS_JOBID" && sleep 60
        exit 1
      }
      cnt_all_succeeded() {
        cnt_array_substate "$1"
        case $cnt_told in 91 | 93) cnt_not_run "not all tasks of $1 succeeded" ;; esac
      }
      cnt_one_failed() {
        cnt_array_substate "$1"
        case $cnt_told in 92) cnt_not_run "all tasks of $1 succeeded" ;; esac
      }
      """;
}
