package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.condatainer.scheduler.testkit.simulator.SimulatedJob.Phase;

/** What {@code qstat -f -w} of simulated PBS prints (recordings state-*, array-*). */
final class PbsTables {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final SimulatedCluster cluster;

  PbsTables(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  static String id(SimulatedJob job) {
    return job.base + (job.index.isPresent() ? "[" + job.index.getAsInt() + "]" : "") + ".sim";
  }

  /** A plain job, or one task. */
  String entry(SimulatedJob job) {
    StringBuilder text = head(id(job), job, word(job));
    line(text, "substate", Integer.toString(substate(job)));
    if (job.started != null) {
      line(text, "exec_host", job.node + "/0");
      line(text, "stime", TIME.format(job.started));
    }
    tail(text, job);
    if (!job.isAlive()) {
      if (job.timedOut) {
        line(text, "Exit_status", "-29");
      } else if (job.cancelled && job.started != null) {
        line(text, "Exit_status", "271");
      } else if (!job.cancelled) {
        line(text, "Exit_status", Integer.toString(job.exitCode));
      }
      line(text, "history_timestamp", Long.toString(job.ended.getEpochSecond()));
    }
    return text.append('\n').toString();
  }

  /** A task that has ended while others of its array have not. */
  String expired(SimulatedJob task) {
    return entry(task).replace("job_state = F", "job_state = X");
  }

  /** The same where nothing of it is kept: what is told is of the array (status_subjob). */
  String expiredWithoutRecord(SimulatedJob task) {
    StringBuilder text = head(id(task), task, "X");
    line(text, "substate", "70");
    tail(text, task);
    line(text, "comment", "Subjob finished");
    line(text, "Exit_status", "0");
    return text.append('\n').toString();
  }

  /** An array as a whole, whose exit status is 0 whatever its tasks did. */
  String arrayEntry(List<SimulatedJob> tasks) {
    SimulatedJob first = tasks.get(0);
    boolean alive = tasks.stream().anyMatch(SimulatedJob::isAlive);
    boolean begun = tasks.stream().anyMatch(task -> task.started != null);
    boolean failed = tasks.stream().anyMatch(task -> !task.succeeded());
    String word = !alive ? "F" : begun ? "B" : word(first);
    StringBuilder text = head(first.base + "[].sim", first, word);
    line(text, "substate", !alive ? (failed ? "93" : "92") : begun ? "70" : "10");
    line(text, "array", "True");
    tail(text, first);
    if (!alive) {
      boolean cancelled = tasks.stream().allMatch(task -> task.started == null);
      if (!cancelled) {
        line(text, "Exit_status", "0");
      }
      Instant last = tasks.stream().map(task -> task.ended).max(Instant::compareTo).orElseThrow();
      line(text, "history_timestamp", Long.toString(last.getEpochSecond()));
    }
    return text.append('\n').toString();
  }

  private static StringBuilder head(String id, SimulatedJob job, String word) {
    StringBuilder text = new StringBuilder("Job Id: ").append(id).append('\n');
    line(text, "Job_Name", job.order.name);
    line(text, "Job_Owner", job.order.owner + "@sim");
    line(text, "job_state", job.shownWord.isEmpty() ? word : job.shownWord);
    line(text, "queue", "workq");
    line(text, "server", "sim");
    line(text, "ctime", TIME.format(job.submitted));
    return text;
  }

  private void tail(StringBuilder text, SimulatedJob job) {
    boolean waits = job.phase == Phase.WAITING && cluster.waitsForOthers(job);
    line(text, "Hold_Types", job.held ? "u" : waits ? "s" : "n");
    if (waits) {
      line(text, "depend", job.order.word("depend"));
    }
    StringBuilder variables = new StringBuilder("PBS_O_HOME=/home/x,PBS_O_HOST=sim");
    String own = job.order.word("variables");
    variables.append(own.isEmpty() ? "" : "," + own).append(",PBS_O_QUEUE=workq");
    line(text, "Variable_List", variables.toString().replace("\n", "\\n"));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("    ").append(name).append(" = ").append(value).append('\n');
  }

  private String word(SimulatedJob job) {
    return switch (job.phase) {
      case WAITING -> job.held || cluster.waitsForOthers(job) ? "H" : "Q";
      case RUNNING -> "R";
      case SUSPENDED -> "S";
      case ENDED -> "F";
    };
  }

  private int substate(SimulatedJob job) {
    return switch (job.phase) {
      case WAITING -> job.held ? 20 : cluster.waitsForOthers(job) ? 22 : 10;
      case RUNNING -> 42;
      case SUSPENDED -> 43;
      case ENDED -> job.cancelled ? 91 : job.succeeded() ? 92 : 93;
    };
  }
}
