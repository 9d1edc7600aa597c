package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;
import org.condatainer.translation.StartedLauncher;

/** What is looked at in a job script before it runs anywhere. */
final class ScriptChecks {
  private ScriptChecks() {}

  static void refuseCarriageReturns(JobScript script) {
    Optional<Integer> line = script.firstCarriageReturn();
    if (line.isPresent()) {
      int column = script.lines().get(line.get() - 1).length();
      throw new ScriptException(
          script.name(),
          List.of(
              Diagnostic.error(
                  line.get(),
                  column,
                  "the lines end with CR LF, as on Windows, and no shell runs that;"
                      + " convert the script: sed -i 's/\\r$//' FILE")));
    }
  }

  static void refuseErrors(JobScript script, List<Diagnostic> report) {
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : report) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR) {
        errors.add(diagnostic);
      }
    }
    if (!errors.isEmpty()) {
      throw new ScriptException(script.name(), errors);
    }
  }

  /** Says so where the script would run once and several tasks are asked for, or too often. */
  static void noteLauncher(
      JobScript script, JobRequest request, boolean ranks, List<String> notes) {
    int tasks = request.resources().tasks().orElse(1);
    int perNode = request.resources().tasksPerNode().orElse(1);
    boolean several = tasks > 1 || perNode > 1;
    boolean launcher = !StartedLauncher.in(script).isEmpty();
    if (ranks && launcher) {
      notes.add(
          "warning: with --ranks the script runs once for each task, and it starts a launcher"
              + " itself (srun, mpirun, mpiexec, blaunch): that multiplies the processes");
    } else if (several && !ranks && !launcher) {
      notes.add(
          "the script asks for several tasks and starts no launcher (srun, mpirun, mpiexec,"
              + " blaunch): it runs once, on the first node; --ranks runs it once for each task");
    }
  }

  /** What a job would find around it, and a run on this machine does not. */
  static void noteSurroundings(JobRequest request, List<String> notes) {
    request
        .workingDirectory()
        .ifPresent(
            folder ->
                notes.add(
                    "the script's working directory, "
                        + folder
                        + ", is for a job; this run is in the folder where you are"));
    if (request.environment().isEmpty()) {
      return;
    }
    JobEnvironment environment = request.environment().get();
    List<String> given = new ArrayList<>();
    for (JobEnvironment.Variable variable : environment.variables()) {
      if (variable.value().isPresent()) {
        given.add(variable.name());
      }
    }
    if (!given.isEmpty()) {
      notes.add(
          "the variables that the script asks for are for a job, and not set in this run (--env"
              + " NAME=VALUE sets one): "
              + String.join(", ", given));
    }
    if (environment.inherited() == JobEnvironment.Inherited.NONE) {
      notes.add("a job would get none of your variables, as the script says; this run has them");
    }
  }

  static List<JobId> waitedFor(JobRequest request, LaunchOptions options) {
    List<JobId> jobs = new ArrayList<>();
    for (Dependency dependency : request.dependencies()) {
      jobs.addAll(dependency.jobs());
    }
    for (Dependency dependency : options.overrides().dependencies()) {
      dependency.jobs().forEach(id -> jobs.add(JobId.parse(id.value())));
    }
    return jobs;
  }
}
