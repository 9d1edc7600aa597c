package org.condatainer.scheduler.pbs;

import java.io.IOException;
import java.time.Duration;
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
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.JobScript;
import org.condatainer.script.ShellWords;

/** Submits once (rule 6): without an answer, the job is looked up by its tag before another try. */
final class PbsSubmitting {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final int LOOKS = 2;
  private static final int TRIES = 2;
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
    Failure last = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try {
        CommandResult result =
            commands.runOnce(command, PbsErrors.SUBMITTING, Failure.Kind.AMBIGUOUS);
        Optional<JobId> id = id(result.output());
        if (id.isPresent()) {
          return id.get();
        }
        last =
            new Failure(
                Failure.Kind.AMBIGUOUS,
                "qsub ended well and printed no job id",
                ShellWords.join(command.words()),
                (result.output() + result.errors()).strip());
      } catch (SchedulerException e) {
        last = e.failure();
        if (last.kind() != Failure.Kind.AMBIGUOUS && last.kind() != Failure.Kind.TRANSIENT) {
          throw explained(e);
        }
      }
      Optional<JobId> found = lookUp(submission, last);
      if (found.isPresent()) {
        return found.get();
      }
    }
    if (last.kind() == Failure.Kind.TRANSIENT) {
      throw new SchedulerException(last);
    }
    throw ambiguous(last, submission, "Until now the queue has no such job");
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

  private Optional<JobId> lookUp(Submission submission, Failure cause) {
    for (int look = 1; look <= LOOKS; look++) {
      commands.pause(BETWEEN_LOOKS, cause.message() + "; looking for the job by its tag");
      Set<String> found = new LinkedHashSet<>();
      try {
        for (PbsJob job : queries.all()) {
          if (job.tag().equals(Optional.of(submission.tag()))) {
            found.add(job.id());
          }
        }
      } catch (SchedulerException e) {
        throw ambiguous(
            cause, submission, "The queue could not be asked: " + e.failure().message());
      }
      if (found.size() > 1) {
        throw ambiguous(
            cause, submission, "Several jobs have its tag: " + String.join(", ", found));
      }
      if (!found.isEmpty()) {
        return Optional.of(JobId.of(found.iterator().next()));
      }
    }
    return Optional.empty();
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

  private static SchedulerException ambiguous(Failure cause, Submission submission, String more) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.AMBIGUOUS,
            "It is not known whether PBS took the job: "
                + cause.message()
                + ". "
                + more
                + ". Before you submit again, look for it: qstat -x -f -w | grep -F "
                + ShellWords.quote(submission.tag()),
            cause.command(),
            cause.words()));
  }
}
