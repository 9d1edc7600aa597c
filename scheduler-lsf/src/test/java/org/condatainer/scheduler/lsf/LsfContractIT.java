package org.condatainer.scheduler.lsf;

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

/** The contract on the LSF whose commands PATH finds; root's jobs are an ordinary user's. */
@EnabledIfSystemProperty(named = "condatainer.it.lsf", matches = "true")
class LsfContractIT extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    boolean root = System.getProperty("user.name").equals("root");
    return new RealLaboratory(
        "LSF",
        new LsfProvider(),
        "bsub",
        Map.of("LSB_SHORT_HOSTLIST", "1", "LSB_BHIST_HOURS", "0", "LSB_BJOBS_FORMAT", "jobid stat"),
        60_000_000,
        JobRequest.empty().toBuilder().queue("nosuch").build(),
        Duration.ofMinutes(2),
        folder.getParent(),
        root ? System.getProperty("condatainer.it.user") : "",
        EnumSet.noneOf(Fault.class));
  }
}
