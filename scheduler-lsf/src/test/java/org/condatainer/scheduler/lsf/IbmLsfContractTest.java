package org.condatainer.scheduler.lsf;

import java.nio.file.Path;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/** The contract on a simulated LSF of IBM's. */
class IbmLsfContractTest extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return SimulatedLaboratory.ibmLsf(new LsfProvider(), folder);
  }
}
