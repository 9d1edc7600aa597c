package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a job of simulated volclava gets told, and its report (recordings env-*, run-on-node-*). */
final class LsfJobWords implements SimulatedCluster.Words {
  private static final String RULE =
      "------------------------------------------------------------\n";

  @Override
  public Map<String, String> variables(SimulatedJob job) {
    Map<String, String> variables = new HashMap<>();
    int slots = slots(job);
    variables.put("LSB_JOBID", Integer.toString(job.base));
    variables.put("LSB_JOBINDEX", Integer.toString(job.index.orElse(0)));
    // The name with the list of indexes, as it was given.
    variables.put("LSB_JOBNAME", Call.utf8(job.order.words.getOrDefault("J", job.order.name)));
    variables.put("LSB_HOSTS", (job.node + " ").repeat(slots).strip());
    variables.put("LSB_MCPU_HOSTS", job.node + " " + slots + " ");
    variables.put("LSB_QUEUE", "normal");
    variables.put("LSB_SUB_HOST", "n1");
    variables.put("LSB_OUTPUTFILE", Call.utf8(fileName(job, job.order.output)));
    variables.put("LSFUSER", job.order.owner);
    variables.put("LS_SUBCWD", Call.utf8(job.order.folder));
    return variables;
  }

  static int slots(SimulatedJob job) {
    return Integer.parseInt(job.order.words.getOrDefault("n", "1"));
  }

  /** Without {@code -o}, what a job prints is sent by mail. */
  @Override
  public String fileName(SimulatedJob job, String written) {
    String name = written.isEmpty() ? "/dev/null" : written;
    return name.replace("%J", Integer.toString(job.base))
        .replace("%I", Integer.toString(job.index.orElse(0)));
  }

  /** With {@code -N} it is sent by mail. */
  @Override
  public Optional<String> report(SimulatedJob job, int exitCode) {
    if (job.order.words.containsKey("N")) {
      return Optional.of("");
    }
    String name = job.order.words.getOrDefault("J", job.order.name);
    return Optional.of(
        "Sender: LSF System <volclava@"
            + job.node
            + ">\nSubject: Job "
            + job.base
            + (job.index.isPresent() ? "[" + job.index.getAsInt() + "]" : "")
            + ": <"
            + name
            + "> "
            + (exitCode == 0 ? "Done" : "Exited")
            + "\n\nJob <"
            + name
            + "> was submitted from host <n1> by user <"
            + job.order.owner
            + ">.\nStarted at "
            + LsfTables.LONG.format(job.started)
            + "\nResults reported at "
            + LsfTables.LONG.format(Instant.now())
            + "\n\nYour job looked like:\n\n"
            + RULE
            + "# LSBATCH: User input\n"
            + job.order.script
            + "\n"
            + RULE
            + "\n"
            + (exitCode == 0 ? "Successfully completed" : "Exited with exit code " + exitCode)
            + ".\n\nThe output (if any) follows:\n\n");
  }
}
