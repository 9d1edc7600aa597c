package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.ShellWords;

/**
 * A DAG that waits for jobs that were submitted before, and then submits the tasks of a job.
 *
 * <p>Its first node runs no job; the script before it asks the queue and the history, and is asked
 * again ({@code SCRIPT DEFER}) until what is waited for has come to be or cannot any more. Each
 * task is a node of its own: of several processes in one node, DAGMan removes the others when one
 * fails (measured with 23.9).
 */
final class DependencyDag {
  static final String FILE = ".condatainer.dag";
  static final String TASKS = ".condatainer-task.sub";
  static final String WAIT = ".condatainer-wait";

  /** Seconds between two looks at the jobs that are waited for. */
  private static final int BETWEEN_LOOKS = 15;

  private DependencyDag() {}

  /**
   * The DAG's text.
   *
   * @param queue the job's queue statement, empty for one process
   * @throws SchedulerException if its tasks are not known here
   */
  static String text(JobRequest request, Optional<QueueStatement> queue) {
    StringBuilder text = new StringBuilder("# Written by condatainer for one run.\n");
    text.append("JOB wait ").append(TASKS).append(" NOOP\n");
    text.append("SCRIPT DEFER 4 ").append(BETWEEN_LOOKS).append(" PRE wait ");
    text.append("./").append(WAIT).append('\n');
    List<String> variables = tasks(request, queue);
    StringBuilder children = new StringBuilder();
    for (int task = 0; task < variables.size(); task++) {
      text.append("JOB t").append(task).append(' ').append(TASKS).append('\n');
      text.append("VARS t").append(task).append(" cnt_process=\"").append(task).append('"');
      text.append(variables.get(task)).append('\n');
      children.append("PARENT wait CHILD t").append(task).append('\n');
    }
    return text.append(children).toString();
  }

  private static List<String> tasks(JobRequest request, Optional<QueueStatement> queue) {
    List<String> tasks = new ArrayList<>();
    boolean items = queue.isPresent() && !queue.get().items().isEmpty();
    if (queue.isPresent() && queue.get().count().isEmpty()) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNSUPPORTED,
              "HTCondor does not support dependencies of a job here whose queue statement reads a"
                  + " file or the names of files; write the items into the statement: queue x in"
                  + " (a b c)",
              "",
              ""));
    }
    if (items && queue.get().indexes().isEmpty()) {
      QueueStatement.refuseAbove(queue.get().items().size() * queue.get().times());
      for (String item : queue.get().items()) {
        for (long i = 0; i < queue.get().times(); i++) {
          tasks.add(
              variable(QueueStatement.INDEX, Long.toString(tasks.size()))
                  + item(queue.get(), item));
        }
      }
      return tasks;
    }
    Optional<ArraySpec> array = request.array();
    if (array.isEmpty()) {
      return List.of(variable(QueueStatement.INDEX, "0"));
    }
    QueueStatement.refuseAbove(array.get().count());
    for (ArraySpec.Range range : array.get().ranges()) {
      for (long index = range.first(); index <= range.last(); index += range.step()) {
        tasks.add(variable(QueueStatement.INDEX, Long.toString(index)));
      }
    }
    return tasks;
  }

  /** An item has a value for each variable; the last one gets all that is left. */
  private static String item(QueueStatement queue, String item) {
    StringBuilder text = new StringBuilder();
    String rest = item.strip();
    for (int i = 0; i < queue.variables().size(); i++) {
      String value = rest;
      if (i + 1 < queue.variables().size()) {
        int end = 0;
        while (end < rest.length() && ", \t".indexOf(rest.charAt(end)) < 0) {
          end++;
        }
        value = rest.substring(0, end);
        while (end < rest.length() && ", \t".indexOf(rest.charAt(end)) >= 0) {
          end++;
        }
        rest = rest.substring(end);
      }
      text.append(variable(queue.variables().get(i), value));
    }
    return text.toString();
  }

  private static String variable(String name, String value) {
    return " " + name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** The script that says whether the jobs that are waited for have come so far. */
  static String waitScript(List<Dependency> dependencies) {
    StringBuilder text = new StringBuilder(WAITING.replace("@LATE@", HtcondorJob.LATE));
    text.append("cnt_look() {\ncnt_answer=0\n");
    for (Dependency dependency : dependencies) {
      for (JobId job : dependency.jobs()) {
        text.append("cnt_wait ")
            .append(dependency.condition().name())
            .append(' ')
            .append(ShellWords.quote(job.value()))
            .append('\n');
      }
    }
    return text.append("}\n").append(LOOKING).toString();
  }

  // Who waits for a short job is not kept waiting; DAGMan's own looks are further apart.
  private static final String LOOKING =
      """
      cnt_look
      cnt_looks=1
      while [ "$cnt_answer" = 4 ] && [ "$cnt_looks" -lt 6 ] && [ ! -e .condatainer-wait.later ]; do
        sleep 3
        cnt_look
        cnt_looks=$((cnt_looks + 1))
      done
      : >.condatainer-wait.later
      exit "$cnt_answer"
      """;

  private static final String WAITING =
      """
      #!/bin/sh
      # Written by condatainer for one run. Ends with 0 when the run may start, with 1 when it never
      # may, and with 4 when DAGMan shall ask again.
      cnt_say() { printf '%s: %s\\n' "$(date)" "$*" >>.condatainer-wait.log; }
      cnt_wait() {
        [ "$cnt_answer" != 1 ] || return
        ! grep -qxF "$1 $2" .condatainer-wait.met 2>/dev/null || return
        cnt_check "$1" "$2"
        case $? in
          0) printf '%s %s\\n' "$1" "$2" >>.condatainer-wait.met ;;
          1) cnt_answer=1; cnt_say "job $2 can no longer be $1" ;;
          *) cnt_answer=4 ;;
        esac
      }
      cnt_check() {
        cnt_job=${2%%.*}
        case $2 in
          *.*)
            cnt_which="(ClusterId == $cnt_job && ProcId == ${2#*.})"
            cnt_which="$cnt_which || (DAGManJobId =?= $cnt_job && CondatainerTask =?= ${2#*.})"
            ;;
          *) cnt_which="ClusterId == $cnt_job" ;;
        esac
        if [ "$1" = STARTED ]; then
          cnt_which="(ClusterId == $cnt_job && JobUniverse =!= 7) || DAGManJobId =?= $cnt_job"
        fi
        cnt_queue=$(condor_q -allusers -constraint "$cnt_which" \\
          -af JobStatus ExitCode ExitBySignal TotalSubmitProcs NumJobStarts @LATE@) || return 4
        cnt_rows "$cnt_queue"
        if [ "$1" = STARTED ] && [ "$cnt_started" -gt 0 ]; then return 0; fi
        [ "$cnt_alive" = 0 ] || return 4
        if [ "$1" = STARTED ] || [ "$cnt_job" != "$2" ]; then
          # a DAG that has not yet submitted its tasks
          cnt_dag=$(condor_q -allusers -constraint "ClusterId == $cnt_job && JobUniverse == 7" \\
            -af ClusterId) || return 4
          [ -z "$cnt_dag" ] || return 4
        fi
        cnt_history=$(condor_history -constraint "$cnt_which" \\
          -af JobStatus ExitCode ExitBySignal TotalSubmitProcs NumJobStarts @LATE@) || return 4
        cnt_rows "$cnt_queue
      $cnt_history"
        if [ "$cnt_count" = 0 ]; then
          printf 'x\\n' >>".condatainer-wait.unknown-$2"
          [ "$(wc -l <".condatainer-wait.unknown-$2")" -ge 8 ] || return 4
          cnt_say "job $2 is known neither to the queue nor to the history"
          return 1
        fi
        # max_materialize: the next processes are not in the queue yet
        if [ "$cnt_job" = "$2" ] && [ "$cnt_removed" = 0 ] && [ "$cnt_count" -lt "$cnt_all" ]; then
          [ "$cnt_late" = 0 ] || return 4
          cnt_say "of the $cnt_all tasks of job $2 the history still has $cnt_count, which count"
        fi
        case $1 in
          SUCCEEDED) [ "$cnt_bad" = 0 ] ;;
          FAILED) [ "$cnt_bad" -gt 0 ] ;;
          *) true ;;
        esac
      }
      cnt_rows() {
        cnt_alive=0 cnt_started=0 cnt_bad=0 cnt_count=0 cnt_all=0 cnt_removed=0 cnt_late=0
        while read -r cnt_status cnt_code cnt_signal cnt_procs cnt_starts cnt_limit; do
          [ -n "$cnt_status" ] || continue
          cnt_count=$((cnt_count + 1))
          case $cnt_status in
            4) [ "$cnt_code/$cnt_signal" != 0/true ] && [ "$cnt_code" = 0 ] || cnt_bad=$((cnt_bad + 1)) ;;
            3) cnt_bad=$((cnt_bad + 1)) cnt_removed=1 ;;
            *) cnt_alive=1 ;;
          esac
          case $cnt_status in 1 | 5) ;; *) cnt_started=1 ;; esac
          case $cnt_starts in '' | 0 | undefined) ;; *) cnt_started=1 ;; esac
          case $cnt_procs in '' | undefined) ;; *) cnt_all=$cnt_procs ;; esac
          case $cnt_limit in '' | undefined) ;; *) cnt_late=1 ;; esac
        done <<END
      $1
      END
      }
      """;
}
