package org.condatainer.scheduler.slurm;

import java.nio.file.Path;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/** The contract on a simulated Slurm without accounting. */
class SlurmContractTest extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return SimulatedLaboratory.slurm(new SlurmProvider(), folder, false);
  }
}
