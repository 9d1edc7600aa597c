package org.condatainer.scheduler.lsf;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.ShellWords;

/** Submits once (rule 6): without an answer, the job is looked up by its tag before another try. */
final class LsfSubmitting {
  /** A daemon that was stopped may answer a query before it has taken the submit. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final int LOOKS = 2;

  /** Rounds of dispatching until volclava must have looked at a new job. */
  private static final int ROUNDS = 5;

  /** What volclava says of a job at whose conditions it has not looked yet (seen live). */
  private static final String NEW = "New job is waiting for scheduling";

  /** Of a job whose condition does not hold. */
  private static final String LOOKED_AT = "ependency condition";

  private static final int TRIES = 2;

  private final SchedulerCommands commands;
  private final LsfQueries queries;
  private final Supplier<LsfKind> kind;
  private final Supplier<LsfSite> site;
  private final Consumer<String> progress;

  LsfSubmitting(
      SchedulerCommands commands,
      LsfQueries queries,
      Supplier<LsfKind> kind,
      Supplier<LsfSite> site,
      Consumer<String> progress) {
    this.commands = commands;
    this.queries = queries;
    this.kind = kind;
    this.site = site;
    this.progress = progress;
  }

  JobId submit(Submission submission) {
    byte[] content = content(submission);
    DependencyStart start = LsfSubmit.start(submission, content, kind.get());
    Command command =
        LsfSubmit.command(submission, content, kind.get(), site.get(), start, progress);
    JobId id = submit(submission, command);
    if (start.isHeldLater()) {
      hold(id);
    }
    return id;
  }

  private JobId submit(Submission submission, Command command) {
    Failure last = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try {
        CommandResult result =
            commands.runOnce(command, LsfErrors.SUBMITTING, Failure.Kind.AMBIGUOUS);
        Optional<JobId> id = LsfSubmit.id(result.output());
        if (id.isPresent()) {
          return id.get();
        }
        last =
            new Failure(
                Failure.Kind.AMBIGUOUS,
                "bsub ended well and printed no job id",
                ShellWords.join(command.words()),
                (result.output() + result.errors()).strip());
      } catch (SchedulerException e) {
        last = e.failure();
        if (last.kind() != Failure.Kind.AMBIGUOUS && last.kind() != Failure.Kind.TRANSIENT) {
          throw e;
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

  /** Holds a job when volclava has looked at what it waits for. */
  private void hold(JobId id) {
    Duration pause = site.get().dispatchInterval();
    boolean dispatched = false;
    for (int round = 1; round <= ROUNDS; round++) {
      commands.pause(
          pause, "job " + id + " is held as soon as volclava has looked at what it waits for");
      JobState state = queries.query(Set.of(id)).get(id).state();
      if (state instanceof JobState.Ended) {
        return;
      }
      String reason = state instanceof JobState.Alive alive ? alive.reason() : "";
      // It may have been through the round of dispatching and not yet through that of conditions.
      if (reason.contains(LOOKED_AT) || dispatched) {
        break;
      }
      dispatched = !reason.isEmpty() && !reason.startsWith(NEW);
    }
    try {
      commands.run(Command.of("bstop", id.value()), LsfErrors.CHANGING);
    } catch (SchedulerException e) {
      throw new SchedulerException(
          new Failure(
              e.failure().kind(),
              "Job "
                  + id
                  + " was submitted and could not be held: "
                  + e.failure().message()
                  + ". It starts when what it waits for is there: hold it (bstop "
                  + id
                  + ") or cancel it",
              e.failure().command(),
              e.failure().words()));
    }
  }

  private static byte[] content(Submission submission) {
    try {
      return Files.readAllBytes(submission.batchScript());
    } catch (IOException e) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "The batch script " + submission.batchScript() + " cannot be read: " + e.getMessage(),
              "",
              ""));
    }
  }

  private Optional<JobId> lookUp(Submission submission, Failure cause) {
    for (int look = 1; look <= LOOKS; look++) {
      commands.pause(BETWEEN_LOOKS, cause.message() + "; looking for the job by its tag");
      List<LsfJob> jobs;
      try {
        jobs = queries.described(List.of("-a"));
      } catch (SchedulerException e) {
        throw ambiguous(cause, submission, "The queue could not be asked: " + e.getMessage());
      }
      Set<String> found = new LinkedHashSet<>();
      for (LsfJob job : jobs) {
        if (hasTag(job, submission.tag())) {
          found.add(LsfIds.base(job.id()));
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

  /** The tag is the last word; a tag that only begins so is another run's. */
  private static boolean hasTag(LsfJob job, String tag) {
    String description = job.description().orElse("");
    return description.equals(tag) || description.endsWith(" " + tag);
  }

  private static SchedulerException ambiguous(Failure cause, Submission submission, String more) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.AMBIGUOUS,
            "It is not known whether LSF took the job: "
                + cause.message()
                + ". "
                + more
                + ". Before you submit again, look for it: bjobs -a -UF | grep -F "
                + ShellWords.quote(submission.tag()),
            cause.command(),
            cause.words()));
  }
}
