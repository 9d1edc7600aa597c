package org.condatainer.scheduler.pbs;

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

/**
 * The contract on the OpenPBS whose commands PATH finds. PBS refuses root's jobs: root names a user
 * by {@code condatainer.it.user}.
 */
@EnabledIfSystemProperty(named = "condatainer.it.pbs", matches = "true")
class PbsContractIT extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    return new RealLaboratory(
        "OpenPBS",
        new PbsProvider(),
        "qsub",
        Map.of("PBS_DPREFIX", "#NOT"),
        60_000_000,
        JobRequest.empty().toBuilder().queue("nosuch").build(),
        Duration.ofMinutes(2),
        folder.getParent(),
        System.getProperty("condatainer.it.user", ""),
        EnumSet.noneOf(Fault.class));
  }
}
