package org.condatainer.scheduler.testkit.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a job of simulated PBS gets told (recordings env-*). */
final class PbsJobWords implements SimulatedCluster.Words {
  @Override
  public Map<String, String> variables(SimulatedJob job) {
    Map<String, String> variables = new HashMap<>();
    String id = PbsTables.id(job);
    variables.put("PBS_JOBID", id);
    variables.put("PBS_JOBNAME", Call.utf8(job.order.name));
    variables.put("PBS_ENVIRONMENT", "PBS_BATCH");
    variables.put("PBS_O_WORKDIR", Call.utf8(job.order.folder));
    variables.put("PBS_O_LOGNAME", job.order.owner);
    variables.put("PBS_QUEUE", "workq");
    variables.put("NCPUS", job.order.words.getOrDefault("ncpus", "1"));
    variables.put("OMP_NUM_THREADS", variables.get("NCPUS"));
    variables.put("PBS_NODEFILE", nodeFile(job).toString());
    if (job.index.isPresent()) {
      variables.put("PBS_ARRAY_INDEX", Integer.toString(job.index.getAsInt()));
      variables.put("PBS_ARRAY_ID", job.base + "[].sim");
    }
    return variables;
  }

  /** As OpenPBS 23.06 does, where all tasks should count. */
  @Override
  public boolean lastTaskDecides() {
    return true;
  }

  /** A line for every task. */
  private static Path nodeFile(SimulatedJob job) {
    int tasks = Integer.parseInt(job.order.words.getOrDefault("mpiprocs", "1"));
    try {
      Path file = Files.createTempFile("nodes", ".pbs");
      file.toFile().deleteOnExit();
      return Files.writeString(file, (job.node + "\n").repeat(tasks));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String fileName(SimulatedJob job, String written) {
    String name = written;
    if (name.isEmpty()) {
      name = job.order.name + ".o" + job.base + (job.index.isPresent() ? ".^array_index^" : "");
    }
    return name.replace("^array_index^", Integer.toString(job.index.orElse(0)));
  }
}
