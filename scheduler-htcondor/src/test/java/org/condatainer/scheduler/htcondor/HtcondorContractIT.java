package org.condatainer.scheduler.htcondor;

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

/** The contract on the HTCondor that {@code CONDOR_CONFIG} names, as an ordinary user. */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorContractIT extends SchedulerContract {
  @Override
  protected Laboratory open(Path folder) {
    String tester = System.getProperty("user.name");
    String user = tester.equals("root") ? System.getProperty("condatainer.it.user") : tester;
    return new RealLaboratory(
        "HTCondor",
        new HtcondorOfUser(new HtcondorProvider(), user, Duration.ofMinutes(1)),
        "condor_submit",
        Map.of(
            "_CONDOR_CONDOR_Q_ONLY_MY_JOBS",
            "false",
            "_CONDOR_CONDOR_Q_DASH_BATCH_IS_DEFAULT",
            "false"),
        60_000_000,
        JobRequest.empty().toBuilder().workingDirectory("/nonexistent/folder").build(),
        Duration.ofSeconds(90),
        folder.getParent(),
        user,
        EnumSet.noneOf(Fault.class));
  }
}
