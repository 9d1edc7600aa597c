package org.condatainer.cli;

import java.util.Optional;
import java.util.function.Consumer;
import org.condatainer.config.Configuration;
import org.condatainer.job.JobId;
import org.condatainer.launch.BatchScript;
import org.condatainer.launch.Launch;
import org.condatainer.launch.Plan;
import org.condatainer.launch.PlanJson;
import org.condatainer.launch.Planner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.ShellWords;

/** Shows plans and carries them out, for the commands that run something. */
final class Launcher {
  private final Invocation invocation;
  private final Configuration configuration;
  private final Planner planner;
  private final Launch launch;

  private Launcher(
      Invocation invocation, Configuration configuration, Planner planner, Launch launch) {
    this.invocation = invocation;
    this.configuration = configuration;
    this.planner = planner;
    this.launch = launch;
  }

  static Launcher create(Invocation invocation) {
    Consumer<String> say = invocation::say;
    Configuration configuration =
        Configuration.load(Installation.home(), invocation.environment().variables(), say);
    InstalledSchedulers schedulers = Installation.schedulers();
    schedulers.problems().forEach(say);
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    return new Launcher(
        invocation,
        configuration,
        new Planner(
            configuration, schedulers, invocation.environment(), invocation.workingDirectory()),
        new Launch(configuration, invocation.environment(), runner, say));
  }

  /** The configured program; empty if none is. */
  Optional<String> micromamba() {
    return configuration.micromamba();
  }

  Planner planner() {
    return planner;
  }

  /** Prints the plan, for {@code --dry-run}. */
  void show(Plan plan, boolean json) {
    if (json) {
      invocation.showJson(PlanJson.write(plan));
      return;
    }
    report(plan);
    invocation.show(plan.summary() + "\n");
    write(plan.script());
    if (plan.rankScript().isPresent()) {
      invocation.out().println("\n# And this is what it starts for each task:");
      write(plan.rankScript().get());
    }
    invocation.out().flush();
  }

  private void write(BatchScript script) {
    byte[] text = script.bytes();
    invocation.out().write(text, 0, text.length);
  }

  /** Submits the plan, or runs it here. */
  int launch(Plan plan, boolean json) {
    if (plan.destination() instanceof Plan.Here here) {
      if (json) {
        throw new UsageException(
            "--json: this script would run on this machine ("
                + here.reason()
                + "), where its output is the result and there is no job to tell of; leave out"
                + " --json, or add --dry-run for the plan");
      }
      return start(plan);
    }
    report(plan);
    Optional<SchedulerException> fault = Optional.empty();
    JobId id;
    try {
      id = submitted(plan);
    } catch (SchedulerException e) {
      id = e.submitted().orElseThrow(() -> e);
      fault = Optional.of(e);
    }
    if (json) {
      invocation.showJson(PlanJson.writeSubmitted(plan, id));
    } else {
      invocation.out().println(id);
    }
    if (invocation.out().checkError()) {
      invocation.say(
          "the job was submitted, and its id could not be written to standard output: " + id);
      return ExitCode.FAILURE;
    }
    if (fault.isPresent()) {
      throw fault.get();
    }
    return ExitCode.SUCCESS;
  }

  /** What was surely not submitted can be run here. */
  private JobId submitted(Plan plan) {
    try {
      return launch.submit(plan);
    } catch (SchedulerException e) {
      Failure failure = e.failure();
      boolean unheard =
          failure.kind() == Failure.Kind.UNAVAILABLE || failure.kind() == Failure.Kind.TRANSIENT;
      if (!unheard || e.submitted().isPresent()) {
        throw e;
      }
      SchedulerException told =
          new SchedulerException(
              new Failure(
                  failure.kind(),
                  failure.message()
                      + "\n  next: condatainer run --local "
                      + ShellWords.quote(plan.name())
                      + " runs it on this machine; condatainer doctor tells what answers",
                  failure.command(),
                  failure.words()));
      told.initCause(e);
      throw told;
    }
  }

  /** Runs the plan on this machine. */
  int start(Plan plan) {
    report(plan);
    return launch.here(plan);
  }

  private void report(Plan plan) {
    for (Diagnostic diagnostic : plan.report()) {
      invocation.tell(diagnostic.format(plan.name()));
    }
    for (String note : plan.notes()) {
      invocation.say(note);
    }
  }
}
