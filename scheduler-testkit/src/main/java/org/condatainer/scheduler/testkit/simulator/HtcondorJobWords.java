package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a job of simulated HTCondor gets told: two files that describe it and its slot, and few
 * variables (recording env-single).
 */
final class HtcondorJobWords implements SimulatedCluster.Words {
  private final Path spool;

  HtcondorJobWords(Path spool) {
    this.spool = spool;
  }

  @Override
  public Map<String, String> variables(SimulatedJob job) {
    Map<String, String> variables = new HashMap<>();
    // Commands that it starts are its owner's.
    variables.put("CNT_SIMULATED_USER", job.order.owner);
    if (HtcondorAds.isDag(job)) {
      variables.put("CONDOR_ID", HtcondorAds.id(job));
      return variables;
    }
    Path folder = spool.resolve("dir_" + job.number);
    StringBuilder ad = new StringBuilder();
    HtcondorAds.of(job)
        .forEach(
            (name, value) ->
                ad.append(written(name))
                    .append(" = ")
                    .append(value instanceof String ? "\"" + value + "\"" : value)
                    .append('\n'));
    String machine =
        "Cpus = "
            + HtcondorMacros.expand(job, job.order.words.getOrDefault("request_cpus", "1"))
            + "\nMemory = "
            + megabytes(HtcondorMacros.expand(job, job.order.word("request_memory")))
            + "\n";
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(".job.ad"), ad, ISO_8859_1);
      Files.writeString(folder.resolve(".machine.ad"), machine, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    variables.put("_CONDOR_JOB_AD", folder.resolve(".job.ad").toString());
    variables.put("_CONDOR_MACHINE_AD", folder.resolve(".machine.ad").toString());
    variables.put("_CONDOR_SCRATCH_DIR", folder.toString());
    variables.put("_CONDOR_JOB_IWD", Call.utf8(job.order.folder));
    variables.put("_CONDOR_SLOT", "slot1_" + (1 + job.number % 4));
    variables.put("BATCH_SYSTEM", "HTCondor");
    return variables;
  }

  /** The names that jobs look for, as HTCondor writes them. */
  private static String written(String name) {
    return switch (name) {
      case "clusterid" -> "ClusterId";
      case "procid" -> "ProcId";
      case "globaljobid" -> "GlobalJobId";
      case "dagmanjobid" -> "DAGManJobId";
      case "condatainertask" -> "CondatainerTask";
      case "condatainerindex" -> "CondatainerIndex";
      case "condatainertag" -> "CondatainerTag";
      default -> name;
    };
  }

  /** Without a unit they are megabytes; a slot of the pool has 128 at least. */
  private static long megabytes(String text) {
    String digits = text.replaceAll("[^0-9].*", "");
    if (digits.isEmpty()) {
      return 128;
    }
    long number = Long.parseLong(digits);
    return switch (text.substring(digits.length()).strip().toUpperCase(java.util.Locale.ROOT)) {
      case "K", "KB" -> Math.max(1, number / 1024);
      case "G", "GB" -> number * 1024;
      case "T", "TB" -> number * 1024 * 1024;
      default -> number;
    };
  }

  @Override
  public String fileName(SimulatedJob job, String written) {
    String name = HtcondorMacros.expand(job, written);
    return name.isEmpty() ? "/dev/null" : name;
  }
}
