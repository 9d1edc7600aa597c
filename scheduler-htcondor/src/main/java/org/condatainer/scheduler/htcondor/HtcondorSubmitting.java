package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.SubmitOnce;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;
import org.condatainer.script.ShellWords;

/** Submits by condor_submit, a chain as a DAG; the tag is an attribute of the job. */
final class HtcondorSubmitting {
  private static final String FILE = ".condatainer.sub";

  private final SchedulerCommands commands;
  private final HtcondorQueries queries;
  private final String user;

  HtcondorSubmitting(SchedulerCommands commands, HtcondorQueries queries, String user) {
    this.commands = commands;
    this.queries = queries;
    this.user = user;
  }

  JobId submit(Submission submission) {
    if (user.equals("root")) {
      // condor_submit takes the job, gives it to another user, and holds it.
      throw refused("HTCondor runs no jobs of root; submit as an ordinary user");
    }
    Command command =
        submission.request().dependencies().isEmpty() ? job(submission) : dag(submission);
    return new SubmitOnce(
            commands,
            HtcondorErrors.SUBMITTING,
            HtcondorSubmitting::id,
            () -> tagged(submission.tag()),
            "condor_q -constraint " + ShellWords.quote(hasTag(submission.tag())))
        .submit(command);
  }

  /** {@code 12.0 - 12.4} on a line of its own; the last line that fits counts. */
  static Optional<JobId> id(String output) {
    Optional<JobId> found = Optional.empty();
    for (String line : output.split("\n", -1)) {
      String[] words = line.strip().split(" - ", -1);
      if (words.length == 2
          && HtcondorIds.isId(words[0])
          && HtcondorIds.isId(words[1])
          && words[0].indexOf('.') > 0) {
        found = Optional.of(JobId.of(Long.toString(HtcondorIds.cluster(words[0]))));
      }
    }
    return found;
  }

  private static Command job(Submission submission) {
    JobScript script = batchScript(submission);
    Path file = submission.batchScript().resolveSibling(FILE);
    write(file, new SubmitFile(submission, script).text(), script.charset());
    return Command.of("condor_submit", "-terse", file.toString())
        .withWorkingDirectory(submission.workingDirectory());
  }

  /** Writes the DAG with its files, and has condor_submit_dag make a submit file of it. */
  private Command dag(Submission submission) {
    JobScript script = batchScript(submission);
    SubmitFile file = new SubmitFile(submission, script);
    if (file.queueStatements() > 1) {
      throw refused(
          "a job with several queue statements cannot wait for other jobs here; make it one");
    }
    for (Dependency dependency : submission.request().dependencies()) {
      dependency.jobs().forEach(HtcondorChanges::check);
    }
    Path folder = submission.batchScript().getParent();
    String text = DependencyDag.text(submission.request(), file.queue());
    boolean array = submission.request().array().isPresent();
    write(folder.resolve(DependencyDag.FILE), text, script.charset());
    write(folder.resolve(DependencyDag.TASKS), file.taskText(array), script.charset());
    write(
        folder.resolve(DependencyDag.WAIT),
        DependencyDag.waitScript(submission.request().dependencies()),
        UTF_8);
    List<String> words =
        new ArrayList<>(
            List.of("condor_submit_dag", "-no_submit", "-f", "-batch-name", file.name()));
    submission
        .request()
        .array()
        .ifPresent(
            spec -> {
              if (spec.limit().isPresent()) {
                words.addAll(List.of("-maxjobs", Integer.toString(spec.limit().getAsInt())));
              }
            });
    words.addAll(List.of("-append", "My." + HtcondorJob.TAG + " = \"" + submission.tag() + "\""));
    if (submission.request().held()) {
      words.addAll(List.of("-append", "hold = True"));
    }
    words.add(DependencyDag.FILE);
    commands.runOnce(inFolder(words, folder), HtcondorErrors.SUBMITTING, Failure.Kind.UNAVAILABLE);
    return inFolder(List.of("condor_submit", "-terse", DependencyDag.FILE + ".condor.sub"), folder);
  }

  /** DAGMan takes a log below /tmp for an error, unless told that warnings are none. */
  private static Command inFolder(List<String> words, Path folder) {
    Command command = Command.of(words).withWorkingDirectory(folder);
    return folder.startsWith("/tmp")
        ? command.withVariables(Map.of("_CONDOR_DAGMAN_USE_STRICT", "0"))
        : command;
  }

  private static JobScript batchScript(Submission submission) {
    Path file = submission.batchScript();
    try {
      return JobScript.parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException | ScriptException e) {
      throw refused("the batch script " + file + " cannot be read: " + e.getMessage());
    }
  }

  private static void write(Path file, String text, Charset charset) {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))) {
      ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(charset));
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw refused(file + " cannot be written: " + SystemWords.of(e));
    }
  }

  private static String hasTag(String tag) {
    return HtcondorJob.TAG + " == \"" + tag + "\"";
  }

  private Set<String> tagged(String tag) {
    String constraint = hasTag(tag) + " && " + HtcondorJob.TASK + " =?= undefined";
    List<HtcondorJob> jobs = new ArrayList<>(queries.queued(constraint));
    if (jobs.isEmpty()) {
      jobs.addAll(queries.history(List.of(), constraint));
    }
    Set<String> found = new LinkedHashSet<>();
    for (HtcondorJob job : jobs) {
      found.add(Long.toString(job.base()));
    }
    return found;
  }

  private static SchedulerException refused(String message) {
    return new SchedulerException(new Failure(Failure.Kind.INVALID_REQUEST, message, "", ""));
  }
}
