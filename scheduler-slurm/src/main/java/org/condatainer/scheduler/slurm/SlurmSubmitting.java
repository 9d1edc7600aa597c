package org.condatainer.scheduler.slurm;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.ShellWords;

/** Submits once (rule 6): without an answer, the job is looked up by its tag before another try. */
final class SlurmSubmitting {
  /** A controller that was frozen may answer a query before it has taken the submit. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final int LOOKS = 2;
  private static final int TRIES = 2;

  private final SchedulerContext context;
  private final SchedulerCommands commands;
  private final SlurmQueries queries;

  SlurmSubmitting(SchedulerContext context, SchedulerCommands commands, SlurmQueries queries) {
    this.context = context;
    this.commands = commands;
    this.queries = queries;
  }

  JobId submit(Submission submission) {
    if (SlurmSubmit.isCommentCut(submission)) {
      context
          .progress()
          .accept(
              "Slurm: the job's comment is cut; it may have "
                  + SlurmSubmit.LONGEST_COMMENT
                  + " bytes, and the tag needs some of them");
    }
    Command command = SlurmSubmit.command(submission);
    Failure last = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try {
        CommandResult result =
            commands.runOnce(command, SlurmErrors.SUBMITTING, Failure.Kind.AMBIGUOUS);
        Optional<JobId> id = SlurmSubmit.id(result.output());
        if (id.isPresent()) {
          return id.get();
        }
        last =
            new Failure(
                Failure.Kind.AMBIGUOUS,
                "sbatch ended well and printed no job id",
                ShellWords.join(command.words()),
                (result.output() + result.errors()).strip());
      } catch (SchedulerException e) {
        last = e.failure();
        if (last.kind() != Failure.Kind.AMBIGUOUS && last.kind() != Failure.Kind.TRANSIENT) {
          throw e;
        }
      }
      Optional<String> elsewhere = elsewhere(submission);
      if (elsewhere.isPresent()) {
        throw ambiguous(
            last, submission, "It cannot be looked up by its tag because of " + elsewhere.get());
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

  private Optional<JobId> lookUp(Submission submission, Failure cause) {
    for (int look = 1; look <= LOOKS; look++) {
      commands.pause(BETWEEN_LOOKS, cause.message() + "; looking for the job by its tag");
      List<SlurmJob> jobs;
      try {
        jobs = queries.all(List.of("--me"), "");
      } catch (SchedulerException e) {
        throw ambiguous(cause, submission, "The queue could not be asked: " + e.getMessage());
      }
      Set<String> found = new LinkedHashSet<>();
      for (SlurmJob job : jobs) {
        if (hasTag(job, submission.tag())) {
          if (job.state() instanceof JobState.Ended && job.reason().equals("BadConstraints")) {
            throw new SchedulerException(
                new Failure(
                    Failure.Kind.INVALID_REQUEST,
                    "Slurm refused the job: no node has what it asks for",
                    cause.command(),
                    "job " + job.id() + ": " + job.word() + ", " + job.reason()));
          }
          found.add(job.baseId());
        }
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

  /** The tag is the last word of the comment; a tag that only begins so is another run's. */
  private static boolean hasTag(SlurmJob job, String tag) {
    String comment = job.text("Comment").orElse("");
    return comment.equals(tag) || comment.endsWith(" " + tag);
  }

  private Optional<String> elsewhere(Submission submission) {
    for (String name : List.of("SLURM_CLUSTERS", "SBATCH_CLUSTERS")) {
      if (context.environment().variable(name).isPresent()) {
        return Optional.of(name);
      }
    }
    return SlurmSubmit.elsewhere(submission);
  }

  private static SchedulerException ambiguous(Failure cause, Submission submission, String more) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.AMBIGUOUS,
            "It is not known whether Slurm took the job: "
                + cause.message()
                + ". "
                + more
                + ". Before you submit again, look for it: squeue --me -t all -o '%i %T %k' | grep -F "
                + ShellWords.quote(submission.tag()),
            cause.command(),
            cause.words()));
  }
}
