package org.condatainer.translation;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;

/** What the commands of a script, which nobody translates, take from the scheduler it is for. */
final class ScriptCommands {
  private final SchedulerProvider from;
  private final SchedulerProvider to;
  private final JobScript script;

  ScriptCommands(SchedulerProvider from, SchedulerProvider to, JobScript script) {
    this.from = from;
    this.to = to;
    this.script = script;
  }

  /** A warning for each place. */
  List<Diagnostic> warnings() {
    List<Diagnostic> diagnostics = new ArrayList<>();
    addVariables(diagnostics);
    addLaunchers(diagnostics);
    return diagnostics;
  }

  /** A script that reads its scheduler's variables finds nothing in them elsewhere. */
  private void addVariables(List<Diagnostic> diagnostics) {
    for (int i = script.headerLines(); i < script.lines().size(); i++) {
      String line = script.lines().get(i);
      for (String prefix : from.dialect().variablePrefixes()) {
        int at = line.indexOf("$" + prefix);
        at = at < 0 ? line.indexOf("${" + prefix) : at;
        if (at >= 0) {
          diagnostics.add(
              Diagnostic.warning(
                  i + 1,
                  at + 1,
                  to.displayName()
                      + " sets no "
                      + prefix
                      + "… variables; inside a run these have the same names everywhere:"
                      + " CNT_JOB_ID, CNT_ARRAY_INDEX, NCPUS, MEM, NNODES, NTASKS"));
        }
      }
    }
  }

  /** A launcher asks its scheduler where to start what; elsewhere it is missing, or starts one. */
  private void addLaunchers(List<Diagnostic> diagnostics) {
    String instead =
        to.dialect().rankLauncher().isPresent()
            ? "; condatainer run --ranks starts the script once for each task, without it"
            : "; " + to.displayName() + " starts the script once";
    for (StartedLauncher launcher : StartedLauncher.in(script)) {
      if (launcher.line() <= script.headerLines()) {
        continue;
      }
      String owner =
          switch (launcher.word()) {
            case "srun" -> "slurm";
            case "blaunch" -> "lsf";
            default -> "";
          };
      if (owner.equals(to.id())) {
        continue;
      }
      diagnostics.add(
          Diagnostic.warning(
              launcher.line(),
              launcher.column(),
              launcher.word()
                  + (owner.isEmpty()
                      ? " must be built for "
                          + to.displayName()
                          + " to learn from it where to start how many processes"
                      : " does not belong to " + to.displayName())
                  + instead));
    }
  }
}
