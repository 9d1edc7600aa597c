package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;

/**
 * The batch job to which a process belongs.
 *
 * @param scheduler the scheduler's id: {@code slurm}, {@code pbs}, {@code lsf}, {@code htcondor},
 *     {@code gridengine}
 * @param id the job
 */
public record HolderJob(String scheduler, JobId id) {
  public HolderJob {
    requireNonNull(scheduler, "scheduler is null");
    requireNonNull(id, "id is null");
  }

  /** For people: {@code slurm job 4242}, and in brackets the cluster, or HTCondor's schedd. */
  String shown() {
    String cluster = id.cluster();
    return scheduler + " job " + id.value() + (cluster.isEmpty() ? "" : " (" + cluster + ")");
  }

  /** The job whose environment this is, empty if it is none's. */
  public static Optional<HolderJob> ofEnvironment(Map<String, String> variables) {
    if (isSet(variables, "SLURM_JOB_ID")) {
      String cluster = variables.getOrDefault("SLURM_CLUSTER_NAME", "");
      return job("slurm", ofSlurm(variables), cluster);
    }
    if (isSet(variables, "PBS_JOBID")) {
      return job("pbs", variables.get("PBS_JOBID"));
    }
    if (isSet(variables, "LSB_JOBID")) {
      String index = variables.getOrDefault("LSB_JOBINDEX", "0");
      String element = index.isBlank() || index.equals("0") ? "" : "[" + index + "]";
      String cluster = variables.getOrDefault("LSB_EXEC_CLUSTER", "");
      return job("lsf", variables.get("LSB_JOBID") + element, cluster);
    }
    // its own id is in a file only; the batch script reads it there
    if (variables.getOrDefault("BATCH_SYSTEM", "").equals("HTCondor")
        && isSet(variables, "CNT_JOB_ID")) {
      String schedd = variables.getOrDefault("CNT_JOB_CLUSTER", "");
      return job("htcondor", variables.get("CNT_JOB_ID"), schedd);
    }
    if (isSet(variables, "SGE_TASK_ID") && isSet(variables, "JOB_ID")) {
      return job("gridengine", variables.get("JOB_ID"));
    }
    return Optional.empty();
  }

  /**
   * One task of each array has the array's own number for its {@code SLURM_JOB_ID}, which names all
   * of its tasks to {@code scancel} (sbatch(1), job arrays). The number of any other task is its
   * alone; and a job that a task submits inherits the task's variables, but for its own number.
   */
  private static String ofSlurm(Map<String, String> variables) {
    String id = variables.get("SLURM_JOB_ID");
    boolean array =
        id.equals(variables.get("SLURM_ARRAY_JOB_ID")) && isSet(variables, "SLURM_ARRAY_TASK_ID");
    return array ? id + "_" + variables.get("SLURM_ARRAY_TASK_ID") : id;
  }

  /**
   * The job in whose control group a process is; Slurm names it {@code job_N} (cgroup.conf(5)). The
   * number of one task of an array is that of the array, and nothing here tells which task it is.
   *
   * @param text of {@code /proc/PID/cgroup}
   */
  static Optional<HolderJob> ofControlGroup(String text) {
    String mark = "/job_";
    int start = text.indexOf(mark);
    while (start >= 0) {
      int end = start + mark.length();
      while (end < text.length() && Character.isDigit(text.charAt(end))) {
        end++;
      }
      boolean whole = end == text.length() || "/\n".indexOf(text.charAt(end)) >= 0;
      if (end > start + mark.length() && whole) {
        return job("slurm", text.substring(start + mark.length(), end));
      }
      start = text.indexOf(mark, end);
    }
    return Optional.empty();
  }

  private static boolean isSet(Map<String, String> variables, String name) {
    return !variables.getOrDefault(name, "").isBlank();
  }

  private static Optional<HolderJob> job(String scheduler, String id) {
    return job(scheduler, id, "");
  }

  /** Of an id without its cluster, another cluster's job could be cancelled. */
  private static Optional<HolderJob> job(String scheduler, String id, String cluster) {
    return Optional.of(new HolderJob(scheduler, new JobId(id, cluster)));
  }
}
