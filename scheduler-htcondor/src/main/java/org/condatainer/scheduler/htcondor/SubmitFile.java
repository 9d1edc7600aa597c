package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * The submit file of a batch script: the lines in the script's head, and before each {@code queue}
 * what makes them a job that runs this script and carries its tag.
 */
final class SubmitFile {
  /** What is said here, or by the options, and never by the lines. */
  private static final Set<String> OURS =
      Set.of(
          "executable",
          "my.condatainertag",
          "my.condatainerindex",
          "my.condatainertask",
          "my.condatainerwalltime");

  private final Submission submission;
  private final List<DirectiveLine> lines;
  private final SubmitReading reading;
  private final List<String> appended = new ArrayList<>();
  private Optional<String> queue = Optional.empty();

  SubmitFile(Submission submission, JobScript batchScript) {
    this.submission = submission;
    this.lines = SubmitParser.lines(batchScript);
    this.reading = SubmitReading.of(SubmitParser.statements(lines), new ArrayList<>());
    List<String> options = submission.options();
    for (int i = 0; i + 1 < options.size(); i += 2) {
      if (options.get(i).equals("-append")) {
        appended.add(options.get(i + 1));
      } else if (options.get(i).equals("-queue")) {
        queue = Optional.of(options.get(i + 1));
      }
    }
  }

  /** The whole file, for {@code condor_submit}. */
  String text() {
    StringBuilder text = new StringBuilder("# Written by condatainer for one run.\n");
    boolean queued = false;
    int end = queue.isPresent() ? reading.firstQueue() : reading.lastQueue();
    for (SubmitReading.Read read : reading.read()) {
      SubmitStatement statement = read.statement();
      if (OURS.contains(statement.key()) || isIdle(statement, end)) {
        continue;
      }
      if (statement.kind() == SubmitStatement.Kind.QUEUE && queue.isEmpty()) {
        boolean numbered = isNumbered(statement.value());
        text.append(block(numbered, isMany(statement.value())));
        queued = true;
      } else if (statement.kind() == SubmitStatement.Kind.QUEUE) {
        continue;
      }
      for (int line : statement.lines()) {
        text.append(lines.get(line).text().stripLeading()).append('\n');
      }
    }
    if (!queued) {
      String ours = queue.map(words -> "queue " + words).orElse("queue");
      text.append(block(queue.isPresent(), queue.isPresent())).append(ours).append('\n');
    }
    return text.toString();
  }

  /**
   * The file for one task below a DAG, whose node gives {@code cnt_index} and {@code cnt_process}.
   * There, a task has a cluster of its own, so that what names cluster or process is replaced.
   */
  String taskText(boolean array) {
    StringBuilder text = new StringBuilder("# Written by condatainer for the tasks of one run.\n");
    for (SubmitReading.Read read : reading.read()) {
      SubmitStatement statement = read.statement();
      if (OURS.contains(statement.key())
          || statement.kind() == SubmitStatement.Kind.QUEUE
          || isIdle(statement, reading.firstQueue())) {
        continue;
      }
      for (int line : statement.lines()) {
        text.append(ofTask(lines.get(line).text().stripLeading())).append('\n');
      }
    }
    text.append(ofTask(block(true, array)));
    text.append("My.").append(HtcondorJob.TASK).append(" = $(cnt_process)\n");
    text.append("initialdir = ").append(workingDirectory()).append('\n');
    text.append("hold = False\nqueue\n");
    return text.toString();
  }

  /** No process has what is assigned after the queue; with max_materialize it is refused there. */
  private static boolean isIdle(SubmitStatement statement, int queueLine) {
    return statement.line() > queueLine
        && (statement.kind() == SubmitStatement.Kind.ASSIGNMENT
            || statement.kind() == SubmitStatement.Kind.INCLUDE);
  }

  private String workingDirectory() {
    String folder = HtcondorRendering.escaped(submission.workingDirectory().toString());
    Optional<String> own = reading.value("initialdir", "initial_dir", "job_iwd");
    if (own.isEmpty() || own.get().isEmpty()) {
      return folder;
    }
    String written = ofTask(own.get());
    return written.startsWith("/") ? written : folder + "/" + written;
  }

  /** What every process below a DAG of ours calls otherwise. */
  private static String ofTask(String text) {
    StringBuilder result = new StringBuilder();
    int from = 0;
    int at = text.indexOf("$(");
    while (at >= 0) {
      int end = text.indexOf(')', at);
      if (end < 0) {
        break;
      }
      String name = text.substring(at + 2, end).strip().toLowerCase(Locale.ROOT);
      boolean onNode = at > 0 && text.charAt(at - 1) == '$';
      if (!onNode && (name.equals("process") || name.equals("procid"))) {
        result.append(text, from, at).append("$(cnt_process)");
        from = end + 1;
      } else if (!onNode && (name.equals("cluster") || name.equals("clusterid"))) {
        result.append(text, from, at).append("$(DAGManJobId)");
        from = end + 1;
      }
      at = text.indexOf("$(", end);
    }
    return result.append(text.substring(from)).toString();
  }

  /** The queue statement that counts: the options', else the script's. */
  Optional<QueueStatement> queue() {
    if (queue.isPresent()) {
      return Optional.of(QueueStatement.of(queue.get()));
    }
    return reading.queues().isEmpty()
        ? Optional.empty()
        : Optional.of(QueueStatement.of(reading.macros().expand(reading.queues().get(0).value())));
  }

  int queueStatements() {
    return queue.isPresent() ? 1 : reading.queues().size();
  }

  private boolean isNumbered(String value) {
    List<String> variables = QueueStatement.of(reading.macros().expand(value)).variables();
    return variables.stream().anyMatch(name -> name.equalsIgnoreCase(QueueStatement.INDEX));
  }

  private boolean isMany(String value) {
    return submission.request().array().isPresent()
        || QueueStatement.of(reading.macros().expand(value)).count().orElse(2) != 1;
  }

  /**
   * What stands before a queue statement.
   *
   * @param numbered whether something else gives {@code cnt_index}
   */
  private String block(boolean numbered, boolean array) {
    JobRequest request = submission.request();
    StringBuilder text = new StringBuilder();
    set(text, "executable", HtcondorRendering.escaped(submission.batchScript().toString()));
    if (!numbered) {
      set(text, QueueStatement.INDEX, "$(Process)");
    }
    if (request.name().isEmpty() && reading.value("batch_name").isEmpty()) {
      set(text, "batch_name", HtcondorRendering.escaped(name()));
    }
    if (reading.value("log").isEmpty()) {
      set(
          text,
          "log",
          HtcondorRendering.escaped(
              submission.batchScript().resolveSibling(".condatainer.log").toString()));
    }
    environment(text);
    for (String line : appended) {
      text.append(line).append('\n');
    }
    if (request.walltime().orElse(null) instanceof Walltime.Limit limit) {
      walltime(text, limit);
    }
    files(text, array);
    text.append("My.").append(HtcondorJob.TAG).append(" = \"").append(submission.tag());
    text.append("\"\n");
    if (array) {
      text.append("My.").append(HtcondorJob.INDEX).append(" = $(cnt_index)\n");
    }
    return text.toString();
  }

  /** A file name that can be the value of a macro. */
  String name() {
    return submission
        .request()
        .name()
        .orElse(submission.batchScript().getFileName().toString())
        .replace('\n', ' ')
        .replace('\r', ' ')
        .replace('\\', '_')
        .strip();
  }

  /**
   * Ends the job when its time is over, as other schedulers do. HTCondor's own limit puts it on
   * hold instead, and works only for a job whose files are transferred (measured with 23.9.6).
   */
  private static void walltime(StringBuilder text, Walltime.Limit limit) {
    long seconds = limit.duration().plusNanos(999_999_999).toSeconds();
    set(text, HtcondorParts.WALLTIME, "");
    set(text, "My." + HtcondorJob.WALLTIME, Long.toString(seconds));
    set(
        text,
        "periodic_remove",
        "($(periodic_remove:False)) || (JobStatus == 2 && time() - "
            + HtcondorJob.EXECUTING
            + " > "
            + HtcondorJob.WALLTIME
            + ")");
  }

  /** A job gets next to no variables; without PATH and HOME hardly a script works. */
  private void environment(StringBuilder text) {
    String all = reading.value("getenv").orElse("");
    Optional<Boolean> truth = SubmitReading.truth(all);
    if (truth.isPresent() && truth.get()) {
      return;
    }
    String names = "PATH, HOME, USER, LOGNAME, SHELL, LANG";
    set(text, "getenv", truth.isPresent() ? names : all + ", " + names);
  }

  /** Without a name, HTCondor throws a job's output away. */
  private void files(StringBuilder text, boolean array) {
    Optional<String> output = submission.request().files().output();
    String name = HtcondorRendering.escaped(name().replace('/', '_'));
    String wanted =
        output.orElse(name + (array ? "_$(Cluster)_$(cnt_index).out" : "_$(Cluster).out"));
    if (output.isEmpty()) {
      set(text, "output", wanted);
    }
    if (submission.request().files().error().isEmpty()) {
      set(text, "error", "$(output)");
    }
  }

  private static void set(StringBuilder text, String key, String value) {
    text.append(key).append(" = ").append(value).append('\n');
  }
}
