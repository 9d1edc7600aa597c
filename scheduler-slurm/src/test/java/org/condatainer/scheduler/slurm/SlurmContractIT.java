package org.condatainer.scheduler.slurm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.RealLaboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The contract on the Slurm that {@code SLURM_CONF} names. */
@EnabledIfSystemProperty(named = "condatainer.it.slurm", matches = "true")
class SlurmContractIT extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return new RealLaboratory(
        "Slurm",
        new SlurmProvider(),
        "sbatch",
        Map.of("SQUEUE_FORMAT", "%i", "SQUEUE_STATES", "PENDING", "SQUEUE_USERS", "nobody"),
        60_000_000,
        JobRequest.empty().toBuilder().queue("nosuch").build(),
        Duration.ofSeconds(90),
        folder,
        "",
        EnumSet.noneOf(Fault.class));
  }
}
