package org.condatainer.scheduler.pbs;

import java.nio.file.Path;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/** The contract on a simulated OpenPBS. */
class PbsContractTest extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return SimulatedLaboratory.pbs(new PbsProvider(), folder, true);
  }
}
