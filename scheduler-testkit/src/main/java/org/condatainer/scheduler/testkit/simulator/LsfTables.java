package org.condatainer.scheduler.testkit.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.condatainer.scheduler.testkit.simulator.SimulatedJob.Phase;

/**
 * Jobs as volclava's {@code bjobs} and {@code bhist} print them (recordings state-*, array-*,
 * many-*).
 */
final class LsfTables {
  /** The word of a job that runs, and was killed while its host did not answer. */
  static final String LOST = "EXIT";

  static final DateTimeFormatter LONG = format("EEE MMM ppd HH:mm:ss yyyy");
  private static final DateTimeFormatter EVENT = format("EEE MMM ppd HH:mm:ss");
  private static final DateTimeFormatter MINUTE = format("MMM ppd HH:mm");
  private static final DateTimeFormatter SECOND = format("MM/dd-HH:mm:ss");
  private static final int COLUMNS = 80;
  private static final String DETAILS =
      """

       SCHEDULING PARAMETERS:
                 r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem
       loadSched   -     -     -     -       -     -    -     -     -      -      - \s
       loadStop    -     -     -     -       -     -    -     -     -      -      - \s

       RESOURCE REQUIREMENT DETAILS:
       Combined: select[type == local] order[r15s:pg]
       Effective: -
      """;

  private final SimulatedCluster cluster;

  LsfTables(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
  }

  static String id(SimulatedJob job) {
    return job.base + index(job);
  }

  private static String index(SimulatedJob job) {
    return job.index.isPresent() ? "[" + job.index.getAsInt() + "]" : "";
  }

  static String name(SimulatedJob job) {
    return job.order.name + index(job);
  }

  /** Fields of {@code bjobs -o}; the id is that of the array, and the index in the name alone. */
  String record(SimulatedJob job, List<String> fields) {
    StringBuilder text = new StringBuilder();
    for (String field : fields) {
      text.append(text.isEmpty() ? "" : ",\n");
      pair(text, field.toUpperCase(Locale.ROOT), column(job, field));
    }
    return text.toString();
  }

  static String unknownRecord(String id) {
    StringBuilder text = new StringBuilder();
    pair(text, "JOBID", id);
    pair(text.append(",\n"), "ERROR", "Job <" + id + "> is not found");
    return text.toString();
  }

  private static void pair(StringBuilder text, String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
    text.append("\t\t\t\"").append(name).append("\":\t\"").append(escaped).append('"');
  }

  static String document(List<String> records) {
    StringBuilder text = new StringBuilder("{\n\t\"COMMAND\":\t\"bjobs\",\n\t\"JOBS\":\t");
    text.append(records.size()).append(",\n\t\"RECORDS\":\t[");
    for (int i = 0; i < records.size(); i++) {
      text.append(i == 0 ? "" : ", ").append("{\n").append(records.get(i)).append("\n\t\t}");
    }
    return text.append("]\n}").toString();
  }

  private String column(SimulatedJob job, String field) {
    return switch (field) {
      case "jobid" -> Integer.toString(job.base);
      case "user" -> job.order.owner;
      case "stat" -> word(job);
      case "queue" -> "normal";
      case "from_host" -> "n1";
      case "exec_host" -> job.node;
      case "job_name" -> name(job);
      case "proj_name" -> job.order.words.getOrDefault("P", "default");
      case "submit_time" -> MINUTE.format(job.submitted);
      case "start_time" -> job.started == null ? "-" : SECOND.format(job.started);
      case "finish_time" -> job.ended == null ? "-" : SECOND.format(job.ended);
      // Those below only IBM's LSF has (bjobs -o).
      case "jobindex" -> Integer.toString(job.index.orElse(0));
      case "exit_code" -> exitCode(job).isPresent() ? "" + exitCode(job).getAsInt() : "";
      case "exit_reason" -> exitReason(job);
      case "pend_reason" -> job.phase == Phase.WAITING ? reason(job) + ";" : "";
      case "job_description" -> job.order.word("Jd");
      default -> "-";
    };
  }

  private static String exitReason(SimulatedJob job) {
    if (job.timedOut) {
      return "TERM_RUNLIMIT: job killed after reaching LSF run time limit";
    }
    return job.cancelled ? "TERM_OWNER: job killed by owner" : "";
  }

  private static OptionalInt exitCode(SimulatedJob job) {
    if (job.isAlive() || job.succeeded() || job.started == null) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(job.timedOut ? 140 : job.cancelled ? 130 : job.exitCode);
  }

  /** A job of {@code bjobs -UF}: one line for each thing, however long. */
  String details(SimulatedJob job, Map<String, String> variables) {
    StringBuilder text = new StringBuilder("\n");
    head(text, job, ", Status <" + word(job) + ">, Queue <normal>");
    submitted(text, job, "");
    if (job.started != null) {
      String hosts = hosts(job, variables.getOrDefault("LSB_SHORT_HOSTLIST", "").equals("1"));
      text.append(EVENT.format(job.started))
          .append(job.index.isPresent() ? ": " + index(job) + " started " : ": Started ")
          .append(LsfJobWords.slots(job))
          .append(" Task(s) on Host(s)")
          .append(hosts)
          .append(", Allocated ")
          .append(LsfJobWords.slots(job))
          .append(" Slot(s) on Host(s)")
          .append(hosts)
          .append(", Execution Home </home/x>, Execution CWD <")
          .append(job.order.folder)
          .append(">;\n");
    }
    if (isLost(job)) {
      text.append(EVENT.format(job.started)).append(": Exited\n");
    } else if (!job.isAlive()) {
      String end = end(job);
      text.append(EVENT.format(job.ended)).append(": ").append(end);
      text.append(end.equals("Exited") ? "\n" : ".\n");
    } else if (job.phase == Phase.WAITING) {
      text.append(" PENDING REASONS:\n ").append(reason(job)).append(": 1 host;\n");
    } else if (job.phase == Phase.SUSPENDED) {
      text.append(" SUSPENDING REASONS:\n The job was suspended by user;\n");
    }
    limit(text, job);
    return text.append(DETAILS).toString();
  }

  /** A job of {@code bhist -l}. */
  String history(SimulatedJob job) {
    StringBuilder text = new StringBuilder("\n");
    head(text, job, "");
    submitted(text, job, ", to Queue <normal>");
    limit(text, job);
    if (job.started != null) {
      event(text, job.started, "Dispatched to" + hosts(job, false) + ";");
      event(text, job.started, "Starting (Pid 1000);");
      event(
          text,
          job.started,
          "Running with execution home </home/x>, Execution CWD <"
              + job.order.folder
              + ">, Execution Pid <1000>;");
    }
    if (job.phase == Phase.SUSPENDED) {
      event(text, Instant.now(), "Suspended by the user or administrator;");
    }
    if (job.cancelled || isLost(job)) {
      event(
          text,
          job.isAlive() ? Instant.now() : job.ended,
          "Signal <KILL> requested by user or administrator <" + job.order.owner + ">;");
    }
    if (isLost(job)) {
      event(
          text,
          Instant.now(),
          "Termination request issued; but unable to reach the execution host;");
    } else if (!job.isAlive()) {
      event(text, job.ended, end(job) + ";");
    }
    Instant last = job.ended == null ? Instant.now() : job.ended;
    long all = Duration.between(job.submitted, last).toSeconds();
    text.append("\nSummary of time in seconds spent in various states by  ");
    text.append(EVENT.format(last)).append('\n');
    text.append("  PEND     PSUSP    RUN      USUSP    SSUSP    UNKWN    TOTAL\n  ");
    text.append(all).append("        0        0        0        0        0        ").append(all);
    return text.append('\n').toString();
  }

  static boolean isLost(SimulatedJob job) {
    return job.isAlive() && job.shownWord.equals(LOST);
  }

  private static void head(StringBuilder text, SimulatedJob job, String state) {
    String command = job.order.script.strip().replace('\n', ';');
    boolean named = job.order.words.containsKey("J");
    text.append("Job <").append(id(job));
    text.append(named ? ">, Job Name <" + name(job) : "");
    text.append(">, User <").append(job.order.owner).append(">, Project <");
    text.append(job.order.words.getOrDefault("P", "default")).append('>').append(state);
    text.append(", Command <").append(command).append('>');
    String description = job.order.word("Jd");
    text.append(description.isEmpty() ? "" : ", Job Description <" + description + ">");
    text.append('\n');
  }

  private static void submitted(StringBuilder text, SimulatedJob job, String queue) {
    text.append(EVENT.format(job.submitted)).append(": Submitted from host <n1>");
    text.append(job.order.held ? " with hold" : "").append(queue).append(", CWD <");
    text.append(job.order.folder).append('>');
    if (!job.order.output.isEmpty()) {
      text.append(", Output File <").append(job.order.output).append('>');
    }
    String condition = job.order.word("w");
    text.append(condition.isEmpty() ? "" : ", Dependency Condition <" + condition + ">");
    text.append(";\n");
  }

  private static void limit(StringBuilder text, SimulatedJob job) {
    if (job.order.walltimeSeconds.isPresent()) {
      text.append("\n RUNLIMIT                \n ");
      text.append(job.order.walltimeSeconds.getAsLong() / 60).append(".0 min                 \n");
    }
  }

  private static String hosts(SimulatedJob job, boolean compressed) {
    int slots = LsfJobWords.slots(job);
    return compressed && slots > 1
        ? " <" + slots + "*" + job.node + ">"
        : (" <" + job.node + ">").repeat(slots);
  }

  /** bhist breaks lines at 80 columns, also in words, and indents the rest. */
  private static void event(StringBuilder text, Instant time, String what) {
    String line = EVENT.format(time) + ": " + what;
    while (line.length() > COLUMNS) {
      text.append(line, 0, COLUMNS).append('\n');
      line = " ".repeat(21) + line.substring(COLUMNS);
    }
    text.append(line).append('\n');
  }

  /** A run limit has no word of its own: SIGUSR2 ends the job. */
  private static String end(SimulatedJob job) {
    if (job.succeeded()) {
      return "Done successfully. The CPU time used is 0.0 seconds";
    }
    if (job.started == null) {
      return "Exited";
    }
    int code = exitCode(job).orElse(job.exitCode);
    return "Exited with exit code " + code + ". The CPU time used is 0.0 seconds";
  }

  private String word(SimulatedJob job) {
    if (!job.shownWord.isEmpty()) {
      return job.shownWord;
    }
    return switch (job.phase) {
      case WAITING -> job.held ? "PSUSP" : "PEND";
      case RUNNING -> "RUN";
      case SUSPENDED -> "USUSP";
      case ENDED -> job.succeeded() ? "DONE" : "EXIT";
    };
  }

  private String reason(SimulatedJob job) {
    if (job.held) {
      return "The job was suspended by the user while pending";
    }
    if (cluster.waitsForEver(job)) {
      return "Dependency condition invalid or never satisfied";
    }
    return cluster.waitsForOthers(job)
        ? "Job dependency condition not satisfied"
        : "New job is waiting for scheduling";
  }
}
