package org.condatainer.scheduler.slurm;

import java.util.List;
import java.util.Map;
import org.condatainer.job.JobRequest;
import org.condatainer.process.Command;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/** What may grant a job more than the partition that its script names. */
final class SlurmLimits {
  /** They go over what a script says (sbatch(1), "INPUT ENVIRONMENT VARIABLES"). */
  private static final List<String> OVER_THE_SCRIPT =
      List.of(
          "SBATCH_PARTITION",
          "SBATCH_QOS",
          "SBATCH_TIMELIMIT",
          "SBATCH_CLUSTERS",
          "SLURM_CLUSTERS");

  /** Of a QOS: its jobs may go beyond the limits of their partition (sacctmgr(1), "Flags"). */
  private static final List<String> LIFTING = List.of("PartitionTimeLimit", "PartitionMaxNodes");

  private final SchedulerCommands commands;
  private final HostEnvironment environment;

  SlurmLimits(SchedulerCommands commands, HostEnvironment environment) {
    this.commands = commands;
    this.environment = environment;
  }

  /**
   * Whether there is a QOS that lifts such limits, whoever has it for his default, or a plugin that
   * may choose another partition.
   *
   * @param settings of {@code scontrol show config}
   */
  boolean mayBeLifted(JobRequest request, Map<String, String> settings) {
    if (request.qos().isPresent()
        || OVER_THE_SCRIPT.stream().anyMatch(name -> environment.variable(name).isPresent())
        || !settings.getOrDefault("JobSubmitPlugins", "").replace("(null)", "").isEmpty()) {
      return true;
    }
    if (!settings.getOrDefault("AccountingStorageType", "").endsWith("/slurmdbd")) {
      return false;
    }
    try {
      String flags =
          commands
              .run(
                  Command.of("sacctmgr", "-n", "-P", "show", "qos", "format=Flags"),
                  SlurmErrors.LOOKING)
              .output();
      return LIFTING.stream().anyMatch(flags::contains);
    } catch (SchedulerException e) {
      return true;
    }
  }
}
