package org.condatainer.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.lock.EvidenceGathering;
import org.condatainer.lock.NodeShell;
import org.condatainer.lock.SchedulerInquiry;
import org.condatainer.lock.SharedLocks;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;

/** Opens every scheduler that this machine has, for commands that ask all of them. */
final class FoundSchedulers {
  private FoundSchedulers() {}

  /**
   * @param limit how long one command of a scheduler may take
   */
  static Map<String, Scheduler> open(
      Invocation invocation, Configuration configuration, Duration limit) {
    Map<String, Scheduler> open = new LinkedHashMap<>();
    if (configuration.scheduler().isPresent()
        && configuration.scheduler().get().value().equals("none")) {
      return open;
    }
    InstalledSchedulers installed = Installation.schedulers();
    installed.problems().forEach(invocation::say);
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    for (Map.Entry<SchedulerProvider, Detection> entry :
        installed.detect(invocation.environment()).entrySet()) {
      if (entry.getValue().found()) {
        open.put(
            entry.getKey().id(),
            entry
                .getKey()
                .open(
                    new SchedulerContext(
                        invocation.environment(), runner, limit, invocation::say)));
      }
    }
    return open;
  }

  static EvidenceGathering gathering(
      Invocation invocation, Configuration configuration, Duration limit) {
    Optional<NodeShell> shell =
        configuration
            .nodeSsh()
            .map(
                program ->
                    new NodeShell(
                        program, new ProcessRunner(invocation.environment().variables()), limit));
    return new EvidenceGathering(
        new SchedulerInquiry(open(invocation, configuration, limit)),
        shell,
        new SharedLocks(configuration.sharedLocks()),
        limit);
  }
}
