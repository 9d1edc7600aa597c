package org.condatainer.scheduler.slurm;

import java.util.Set;
import org.condatainer.job.RequestPart;

/** Which part of a request an option of sbatch asks for. */
final class SlurmParts {
  /** What a component of a heterogeneous job has for itself. */
  static final Set<RequestPart> RESOURCES =
      Set.of(
          RequestPart.NODES,
          RequestPart.TASKS,
          RequestPart.TASKS_PER_NODE,
          RequestPart.CPUS_PER_TASK,
          RequestPart.MEMORY,
          RequestPart.GPUS,
          RequestPart.SCRATCH,
          RequestPart.EXCLUSIVE);

  private SlurmParts() {}

  /** {@link RequestPart#NATIVE} for an option without a neutral form. */
  static RequestPart of(String option) {
    return switch (option) {
      case "job-name" -> RequestPart.NAME;
      case "partition" -> RequestPart.QUEUE;
      case "account" -> RequestPart.ACCOUNT;
      case "qos" -> RequestPart.QOS;
      case "comment" -> RequestPart.COMMENT;
      case "chdir" -> RequestPart.WORKING_DIRECTORY;
      case "begin" -> RequestPart.BEGIN;
      case "mail-type", "mail-user" -> RequestPart.MAIL;
      case "export" -> RequestPart.ENVIRONMENT;
      case "hold" -> RequestPart.HOLD;
      case "requeue", "no-requeue" -> RequestPart.REQUEUE;
      case "output" -> RequestPart.OUTPUT;
      case "error" -> RequestPart.ERROR;
      case "input" -> RequestPart.INPUT;
      case "open-mode" -> RequestPart.APPEND;
      case "time" -> RequestPart.WALLTIME;
      case "array" -> RequestPart.ARRAY;
      case "dependency" -> RequestPart.DEPENDENCIES;
      case "exclusive" -> RequestPart.EXCLUSIVE;
      case "nodes" -> RequestPart.NODES;
      case "ntasks" -> RequestPart.TASKS;
      case "ntasks-per-node" -> RequestPart.TASKS_PER_NODE;
      case "cpus-per-task" -> RequestPart.CPUS_PER_TASK;
      case "mem", "mem-per-cpu", "mem-per-gpu" -> RequestPart.MEMORY;
      case "tmp" -> RequestPart.SCRATCH;
      case "gpus", "gpus-per-node", "gpus-per-task", "gpus-per-socket" -> RequestPart.GPUS;
      default -> RequestPart.NATIVE;
    };
  }
}
