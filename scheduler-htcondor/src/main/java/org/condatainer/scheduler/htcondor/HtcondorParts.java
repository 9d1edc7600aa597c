package org.condatainer.scheduler.htcondor;

import java.util.Set;
import org.condatainer.job.RequestPart;

/** Which part of a request a key of a submit description asks for. */
final class HtcondorParts {
  /** Commands that describe the program, and no request. */
  static final Set<String> PROGRAM =
      Set.of("executable", "arguments", "args", "universe", "cnt_index");

  /** The image of a container in which HTCondor runs the program. */
  static final Set<String> IMAGE = Set.of("docker_image", "container_image");

  static final String WALLTIME = "allowed_execute_duration";

  /** The attribute by which a job says what it waits for. */
  static final String AFTER = "my.condatainerafter";

  private HtcondorParts() {}

  /** {@link RequestPart#NATIVE} for a key without a neutral form. */
  static RequestPart of(String key) {
    return switch (key) {
      case "batch_name", "my.jobbatchname" -> RequestPart.NAME;
      case "accounting_group" -> RequestPart.ACCOUNT;
      case WALLTIME -> RequestPart.WALLTIME;
      case "machine_count", "node_count" -> RequestPart.NODES;
      case "request_cpus" -> RequestPart.CPUS_PER_TASK;
      case "request_memory" -> RequestPart.MEMORY;
      case "request_gpus" -> RequestPart.GPUS;
      case "request_disk" -> RequestPart.SCRATCH;
      case "output", "stdout" -> RequestPart.OUTPUT;
      case "error", "stderr" -> RequestPart.ERROR;
      case "input", "stdin" -> RequestPart.INPUT;
      case "initialdir", "initial_dir", "job_iwd" -> RequestPart.WORKING_DIRECTORY;
      case "max_materialize" -> RequestPart.ARRAY;
      case AFTER -> RequestPart.DEPENDENCIES;
      case "hold" -> RequestPart.HOLD;
      case "deferral_time",
          "deferral_window",
          "deferral_prep_time",
          "cron_hour",
          "cron_minute",
          "cron_window" ->
          RequestPart.BEGIN;
      case "description" -> RequestPart.COMMENT;
      case "notification", "notify_user" -> RequestPart.MAIL;
      case "environment", "env", "getenv" -> RequestPart.ENVIRONMENT;
      default -> RequestPart.NATIVE;
    };
  }
}
