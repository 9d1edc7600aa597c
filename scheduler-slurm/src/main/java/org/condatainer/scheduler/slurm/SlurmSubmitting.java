package org.condatainer.scheduler.slurm;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
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
    refuseUnknownParents(submission);
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

  /**
   * Slurm starts a job at once that would wait for one that it does not know. Only what the user
   * gives at the submit is asked for, and nothing of another cluster.
   */
  private void refuseUnknownParents(Submission submission) {
    if (submission.options().stream().noneMatch(option -> option.startsWith("--dependency="))
        || isForAnotherCluster(submission.request())) {
      return;
    }
    Set<JobId> parents = new LinkedHashSet<>();
    for (Dependency dependency : submission.request().dependencies()) {
      dependency.jobs().stream().filter(job -> SlurmIds.isId(job.value())).forEach(parents::add);
    }
    for (JobSnapshot parent : queries.query(parents).values()) {
      if (!(parent.state() instanceof JobState.Absent absent)) {
        continue;
      }
      if (!parent.source().contains("sacct")) {
        context
            .progress()
            .accept(
                "Slurm: job "
                    + parent.id()
                    + " is not known to "
                    + absent.where()
                    + "; what waits for it starts at once");
        continue;
      }
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "the job would wait for "
                  + parent.id()
                  + ", which "
                  + absent.where()
                  + " do not know; Slurm would start it at once",
              "",
              ""));
    }
  }

  /** Whether the request or the user's environment names a cluster. */
  boolean isForAnotherCluster(JobRequest request) {
    return clusterVariable().isPresent()
        || SlurmAmendment.value(request.nativeOptions(), "clusters").isPresent();
  }

  private Optional<String> clusterVariable() {
    return Stream.of("SLURM_CLUSTERS", "SBATCH_CLUSTERS")
        .filter(name -> context.environment().variable(name).isPresent())
        .findFirst();
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
      return clusterVariable().or(() -> SlurmSubmit.elsewhere(submission));
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
