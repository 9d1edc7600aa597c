package org.condatainer.scheduler.testkit.simulator;

import java.util.HashMap;
import java.util.Map;

/** What a job of simulated Slurm gets told (sbatch(1), "OUTPUT ENVIRONMENT VARIABLES"). */
final class SlurmJobWords implements SimulatedCluster.Words {
  @Override
  public Map<String, String> variables(SimulatedJob job) {
    String tasks = job.order.words.getOrDefault("ntasks", "1");
    String cpus = job.order.words.getOrDefault("cpus-per-task", "1");
    Map<String, String> variables = new HashMap<>();
    variables.put("SLURM_JOB_ID", Integer.toString(job.number));
    variables.put("SLURM_JOBID", Integer.toString(job.number));
    variables.put("SLURM_JOB_NAME", Call.utf8(job.order.name));
    variables.put("SLURM_JOB_NODELIST", job.node);
    variables.put("SLURM_JOB_NUM_NODES", "1");
    variables.put("SLURM_TASKS_PER_NODE", tasks);
    variables.put(
        "SLURM_CPUS_ON_NODE", Integer.toString(Integer.parseInt(tasks) * Integer.parseInt(cpus)));
    variables.put("SLURM_MEM_PER_CPU", "100");
    variables.put("SLURM_SUBMIT_DIR", Call.utf8(job.order.folder));
    variables.put("SLURMD_NODENAME", job.node);
    if (job.order.words.containsKey("ntasks")) {
      variables.put("SLURM_NTASKS", tasks);
    }
    if (job.order.words.containsKey("cpus-per-task")) {
      variables.put("SLURM_CPUS_PER_TASK", cpus);
    }
    if (job.index.isPresent()) {
      variables.put("SLURM_ARRAY_JOB_ID", Integer.toString(job.base));
      variables.put("SLURM_ARRAY_TASK_ID", Integer.toString(job.index.getAsInt()));
      variables.put("SLURM_ARRAY_TASK_COUNT", Integer.toString(job.order.indexes.size()));
    }
    return variables;
  }

  @Override
  public String fileName(SimulatedJob job, String written) {
    String pattern = written;
    if (pattern.isEmpty()) {
      pattern = job.index.isPresent() ? "slurm-%A_%a.out" : "slurm-%j.out";
    }
    return pattern
        .replace("%A", Integer.toString(job.base))
        .replace("%a", Integer.toString(job.index.orElse(0)))
        .replace("%j", Integer.toString(job.number))
        .replace("%x", job.order.name)
        .replace("%u", job.order.owner)
        .replace("%N", job.node)
        .replace("%%", "%");
  }
}
