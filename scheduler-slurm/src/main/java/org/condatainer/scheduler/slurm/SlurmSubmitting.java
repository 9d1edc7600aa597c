package org.condatainer.scheduler.slurm;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.SubmitOnce;
import org.condatainer.script.ShellWords;

/** Submits by sbatch; the tag is in the comment. */
final class SlurmSubmitting {
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
    return new SubmitOnce(
            commands,
            SlurmErrors.SUBMITTING,
            SlurmSubmit::id,
            new Search(submission, command),
            "squeue --me -t all -o '%i %T %k' | grep -F " + ShellWords.quote(submission.tag()))
        .submit(command);
  }

  private final class Search implements SubmitOnce.TagSearch {
    private final Submission submission;
    private final Command command;

    Search(Submission submission, Command command) {
      this.submission = submission;
      this.command = command;
    }

    @Override
    public Optional<String> elsewhere() {
      for (String name : List.of("SLURM_CLUSTERS", "SBATCH_CLUSTERS")) {
        if (context.environment().variable(name).isPresent()) {
          return Optional.of(name);
        }
      }
      return SlurmSubmit.elsewhere(submission);
    }

    @Override
    public Set<String> find() {
      Set<String> found = new LinkedHashSet<>();
      for (SlurmJob job : queries.all(List.of("--me"), "")) {
        if (hasTag(job, submission.tag())) {
          if (job.state() instanceof JobState.Ended && job.reason().equals("BadConstraints")) {
            throw new SchedulerException(
                new Failure(
                    Failure.Kind.INVALID_REQUEST,
                    "Slurm refused the job: no node has what it asks for",
                    ShellWords.join(command.words()),
                    "job " + job.id() + ": " + job.word() + ", " + job.reason()));
          }
          found.add(job.baseId());
        }
      }
      return found;
    }
  }

  /** The tag is the last word of the comment; a tag that only begins so is another run's. */
  private static boolean hasTag(SlurmJob job, String tag) {
    String comment = job.text("Comment").orElse("");
    return comment.equals(tag) || comment.endsWith(" " + tag);
  }
}
