package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * A job's columns as Slurm 22.05 prints them: recordings {@code squeue-O-all}, {@code sacct-X-P}.
 */
final class SlurmTables {
  private static final int DEFAULT_WIDTH = 20;

  private final SimulatedCluster cluster;

  SlurmTables(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  String id(SimulatedJob job) {
    return job.index.isPresent() ? job.base + "_" + job.index.getAsInt() : "" + job.number;
  }

  /** One row of {@code squeue -O}: {@code Name:separator,…}. */
  String queueRow(SimulatedJob job, String format, Map<String, String> variables) {
    StringBuilder row = new StringBuilder();
    for (String field : format.split(",", -1)) {
      int colon = field.indexOf(':');
      String value = column(job, colon < 0 ? field : field.substring(0, colon), variables, false);
      String rest = colon < 0 ? "" : field.substring(colon + 1);
      if (colon < 0) {
        row.append(value).append(" ".repeat(Math.max(0, DEFAULT_WIDTH - value.length())));
      } else {
        row.append(value).append(rest);
      }
    }
    return row.append('\n').toString();
  }

  /** One row of {@code squeue -o}: {@code %i|%T|…}. */
  String shortRow(SimulatedJob job, String format, Map<String, String> variables) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        row.append(c);
        continue;
      }
      String name =
          switch (format.charAt(++i)) {
            case 'i' -> "JobArrayID";
            case 'A' -> "JobID";
            case 'T' -> "State";
            case 'r' -> "Reason";
            case 'k' -> "Comment";
            case 'j' -> "Name";
            case 'u' -> "UserName";
            case 'P' -> "Partition";
            case 'N' -> "NodeList";
            default -> "";
          };
      row.append(column(job, name, variables, false));
    }
    return row.append('\n').toString();
  }

  /** One row of {@code sacct -P}. */
  String accountingRow(
      SimulatedJob job, String format, String separator, Map<String, String> variables) {
    StringBuilder row = new StringBuilder();
    for (String field : format.split(",", -1)) {
      row.append(row.isEmpty() ? "" : separator).append(column(job, field, variables, true));
    }
    return row.append('\n').toString();
  }

  private String column(
      SimulatedJob job, String name, Map<String, String> variables, boolean accounting) {
    return switch (name) {
      case "JobArrayID" -> id(job);
      case "JobID" -> accounting ? id(job) : Integer.toString(job.number);
      case "JobIDRaw" -> Integer.toString(job.number);
      case "State" -> word(job) + (accounting && word(job).equals("CANCELLED") ? " by 1001" : "");
      case "Reason" -> reason(job);
      case "exit_code" -> Integer.toString(job.signal() > 0 ? job.signal() : code(job) << 8);
      case "ExitCode" -> job.signal() > 0 ? "0:" + job.signal() : code(job) + ":0";
      case "SubmitTime", "Submit" -> time(job.submitted, variables, accounting);
      case "StartTime", "Start" -> time(job.started, variables, accounting);
      case "EndTime", "End" -> time(job.ended, variables, accounting);
      case "UserName", "User" -> job.order.owner;
      case "Partition" -> job.order.words.getOrDefault("partition", "main");
      case "NodeList" -> accounting && job.node.isEmpty() ? "None assigned" : job.node;
      case "Name", "JobName" -> job.order.name;
      case "Comment" -> job.order.words.getOrDefault("comment", accounting ? "" : "(null)");
      default -> "N/A";
    };
  }

  String word(SimulatedJob job) {
    if (!job.shownWord.isEmpty()) {
      return job.shownWord;
    }
    return switch (job.phase) {
      case WAITING -> "PENDING";
      case RUNNING -> job.cancelled || job.timedOut ? "COMPLETING" : "RUNNING";
      case SUSPENDED -> "SUSPENDED";
      case ENDED ->
          job.cancelled
              ? "CANCELLED"
              : job.timedOut ? "TIMEOUT" : job.exitCode == 0 ? "COMPLETED" : "FAILED";
    };
  }

  private String reason(SimulatedJob job) {
    if (job.phase == SimulatedJob.Phase.WAITING) {
      if (job.held) {
        return "JobHeldUser";
      }
      if (cluster.waitsForOthers(job)) {
        return cluster.waitsForEver(job) ? "DependencyNeverSatisfied" : "Dependency";
      }
      return Instant.now().isBefore(job.order.begin) ? "BeginTime" : "Resources";
    }
    return switch (word(job)) {
      case "FAILED" -> job.signal() > 0 ? "JobLaunchFailure" : "NonZeroExitCode";
      case "TIMEOUT" -> "TimeLimit";
      default -> "None";
    };
  }

  private static int code(SimulatedJob job) {
    return job.phase == SimulatedJob.Phase.ENDED && job.exitCode > 0 && !job.cancelled
        ? job.exitCode
        : 0;
  }

  private static String time(Instant time, Map<String, String> variables, boolean accounting) {
    if (time == null) {
      return accounting ? "Unknown" : "N/A";
    }
    if (variables.getOrDefault("SLURM_TIME_FORMAT", "").equals("%s")) {
      return Long.toString(time.getEpochSecond());
    }
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss")
        .format(time.atZone(ZoneId.systemDefault()));
  }
}
