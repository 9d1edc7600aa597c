package org.condatainer.scheduler.pbs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.SubmitOnce;
import org.condatainer.script.JobScript;
import org.condatainer.script.ShellWords;

/** Submits by qsub; the tag is in a variable of the job. */
final class PbsSubmitting {
  private static final String DEPEND = "depend=";

  /** The user's variable that makes qsub take other lines for directives (qsub(1B)). */
  static final String DIRECTIVE_PREFIX = "PBS_DPREFIX";

  private final SchedulerCommands commands;
  private final PbsQueries queries;

  PbsSubmitting(SchedulerCommands commands, PbsQueries queries) {
    this.commands = commands;
    this.queries = queries;
  }

  JobId submit(Submission submission) {
    refuseUnknownParents(submission);
    Command command = command(submission, options(submission));
    try {
      return new SubmitOnce(
              commands,
              PbsErrors.SUBMITTING,
              PbsSubmitting::id,
              () -> tagged(submission.tag()),
              "qstat -x -f -w | grep -F " + ShellWords.quote(submission.tag()))
          .submit(command);
    } catch (SchedulerException e) {
      throw explained(e);
    }
  }

  /**
   * qsub takes a dependency on a job that does not exist, and then deletes the new job. Without an
   * answer nothing is submitted: a server that hangs may take the request much later.
   */
  private void refuseUnknownParents(Submission submission) {
    Set<JobId> parents = new LinkedHashSet<>();
    for (Dependency dependency : submission.request().dependencies()) {
      parents.addAll(dependency.jobs());
    }
    if (parents.isEmpty()) {
      return;
    }
    Map<JobId, JobId> arrays = new LinkedHashMap<>();
    Map<JobId, JobSnapshot> known = queries.query(parents, arrays);
    for (JobId parent : parents) {
      JobState state = known.get(parent).state();
      if (state instanceof JobState.Absent absent) {
        throw refused(
            "the job would wait for "
                + parent
                + ", which "
                + absent.where()
                + " does not know; PBS would take the job and delete it at once");
      }
      if (state instanceof JobState.Unavailable unavailable) {
        throw new SchedulerException(
            new Failure(
                Failure.Kind.UNAVAILABLE,
                "nothing was submitted: job "
                    + parent
                    + ", which it would wait for, could not be asked for: "
                    + unavailable.why(),
                "",
                ""));
      }
      if (arrays.containsKey(parent)) {
        throw refused(
            "the job would wait for "
                + parent
                + ", which is an array; PBS knows it as "
                + arrays.get(parent)
                + " alone, and would take the job and delete it at once");
      }
    }
  }

  /** See {@link ArrayParents}: only a history can tell the job how the array ended. */
  private List<String> options(Submission submission) {
    List<String> options = new ArrayList<>(submission.options());
    for (int i = 1; i < options.size(); i++) {
      boolean depends = options.get(i - 1).equals("-W") && options.get(i).startsWith(DEPEND);
      Optional<List<Dependency>> read =
          depends
              ? PbsDependencies.read(options.get(i).substring(DEPEND.length()))
              : Optional.empty();
      if (read.isPresent() && ArrayParents.isNeeded(read.get()) && queries.keepsHistory()) {
        options.set(i, DEPEND + PbsDependencies.write(ArrayParents.awaitingTheirEnd(read.get())));
      }
    }
    return options;
  }

  private static SchedulerException refused(String message) {
    return new SchedulerException(new Failure(Failure.Kind.INVALID_REQUEST, message, "", ""));
  }

  private static Command command(Submission submission, List<String> options) {
    List<String> words = new ArrayList<>(List.of("qsub"));
    if (submission.request().name().isEmpty()) {
      // A file's name that is no legal job name makes qsub fail.
      String file = submission.batchScript().getFileName().toString();
      words.addAll(List.of("-N", PbsName.legal(file)));
    }
    words.addAll(options);
    words.addAll(List.of("-v", variables(submission)));
    words.add(submission.batchScript().toString());
    return Command.of(words)
        .withWorkingDirectory(submission.workingDirectory())
        .withUnset(Set.of(DIRECTIVE_PREFIX));
  }

  /** On the command line {@code -v} replaces the directive's, so that one is repeated in it. */
  private static String variables(Submission submission) {
    String own = "";
    try {
      for (QsubDirective directive :
          QsubDirective.of(JobScript.read(submission.batchScript()), new ArrayList<>())) {
        for (QsubDirective.Given option : directive.options()) {
          if (option.letter() == 'v') {
            own = option.value().orElse("") + ",";
          }
        }
      }
    } catch (IOException e) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              submission.batchScript() + " cannot be read: " + e.getMessage(),
              "",
              ""));
    }
    return own + PbsJob.TAG_VARIABLE + "=" + PbsJob.variable(submission.tag());
  }

  /** The id in an answer; banners around it are passed over. */
  static Optional<JobId> id(String output) {
    Optional<JobId> found = Optional.empty();
    for (String line : output.split("\n", -1)) {
      String text = line.strip();
      if (text.indexOf('.') > 0 && PbsQueries.isId(text)) {
        found = Optional.of(JobId.of(text));
      }
    }
    return found;
  }

  private Set<String> tagged(String tag) {
    Set<String> found = new LinkedHashSet<>();
    for (PbsJob job : queries.all()) {
      if (job.tag().equals(Optional.of(tag))) {
        found.add(job.id());
      }
    }
    return found;
  }

  private static SchedulerException explained(SchedulerException problem) {
    Failure failure = problem.failure();
    if (!failure.words().contains("Bad UID for job execution")) {
      return problem;
    }
    return new SchedulerException(
        new Failure(
            failure.kind(),
            failure.message() + "; PBS takes no jobs of root, submit as a user",
            failure.command(),
            failure.words()));
  }
}
