package org.condatainer.scheduler.htcondor;

import java.nio.file.Path;
import java.time.Duration;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/** The contract on a simulated HTCondor, whose jobs are not root's also if root tests. */
class HtcondorContractTest extends SchedulerContract {
  private static final String USER = "scientist";

  @Override
  protected Laboratory open(Path folder) {
    return SimulatedLaboratory.htcondor(
        new HtcondorOfUser(new HtcondorProvider(), USER, Duration.ofMillis(200)), folder, USER);
  }
}
