package org.condatainer.cli;

import java.util.Map;
import java.util.Optional;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer scheduler}: which adapters are installed, and which fits this machine. */
final class SchedulerCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    return Options.command(
        "scheduler", "Shows the installed schedulers and what was seen of each on this machine.");
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    InstalledSchedulers installed = Installation.schedulers();
    for (Map.Entry<SchedulerProvider, Detection> entry :
        installed.detect(invocation.environment()).entrySet()) {
      SchedulerProvider provider = entry.getKey();
      Optional<String> job =
          provider.currentJob(invocation.environment()).map(id -> "; inside its job " + id);
      invocation
          .out()
          .println(
              provider.id()
                  + "\t"
                  + (entry.getValue().found() ? "found" : "not found")
                  + "\t"
                  + entry.getValue().evidence()
                  + job.orElse(""));
    }
    installed.problems().forEach(invocation::say);
    return ExitCode.SUCCESS;
  }
}
