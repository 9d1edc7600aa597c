package org.condatainer.scheduler.htcondor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;

/** The description of its own job that HTCondor gives to every job: {@code _CONDOR_JOB_AD}. */
final class JobAdFile {
  private JobAdFile() {}

  /** The job's id; empty if the file cannot be read or does not tell. */
  static Optional<JobId> id(String file) {
    try {
      return idIn(new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  static Optional<JobId> idIn(String text) {
    Map<String, String> ad = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf(" = ");
      if (equals > 0) {
        ad.put(line.substring(0, equals).strip(), line.substring(equals + 3).strip());
      }
    }
    String cluster = ad.getOrDefault("DAGManJobId", ad.getOrDefault("ClusterId", ""));
    String task = ad.getOrDefault(HtcondorJob.TASK, ad.getOrDefault("ProcId", ""));
    if (!ad.containsKey(HtcondorJob.TASK) && ad.containsKey("DAGManJobId")) {
      // a node of somebody else's DAG
      cluster = ad.getOrDefault("ClusterId", "");
    }
    if (!HtcondorIds.isId(cluster)) {
      return Optional.empty();
    }
    boolean array = ad.containsKey(HtcondorJob.INDEX) && HtcondorIds.isId(cluster + "." + task);
    return Optional.of(JobId.of(array ? cluster + "." + task : cluster));
  }
}
