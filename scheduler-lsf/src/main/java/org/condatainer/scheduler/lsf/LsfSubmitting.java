package org.condatainer.scheduler.lsf;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.scheduler.SubmitOnce;
import org.condatainer.script.ShellWords;

/** Submits by bsub; the tag is in the description. */
final class LsfSubmitting {
  /** Rounds of dispatching until volclava must have looked at a new job. */
  private static final int ROUNDS = 5;

  /** What volclava says of a job at whose conditions it has not looked yet (seen live). */
  private static final String NEW = "New job is waiting for scheduling";

  /** Of a job whose condition does not hold. */
  private static final String LOOKED_AT = "ependency condition";

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
    JobId id =
        new SubmitOnce(
                commands,
                LsfErrors.SUBMITTING,
                LsfSubmit::id,
                () -> tagged(submission.tag()),
                "bjobs -a -UF | grep -F " + ShellWords.quote(submission.tag()))
            .submit(command);
    if (start.isHeldLater()) {
      hold(id);
    }
    return id;
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
      throw SchedulerException.after(
          id,
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

  private Set<String> tagged(String tag) {
    Set<String> found = new LinkedHashSet<>();
    for (LsfJob job : queries.described(List.of("-a"))) {
      if (hasTag(job, tag)) {
        found.add(LsfIds.base(job.id()));
      }
    }
    return found;
  }

  /** The tag is the last word; a tag that only begins so is another run's. */
  private static boolean hasTag(LsfJob job, String tag) {
    String description = job.description().orElse("");
    return description.equals(tag) || description.endsWith(" " + tag);
  }
}
