package org.condatainer.scheduler.slurm;

import java.nio.file.Path;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/** The kit asks nothing of a scheduler that cannot hold jobs but that it says so. */
class WithoutHoldContractTest extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return SimulatedLaboratory.slurm(new WithoutHold(), folder, false);
  }
}
