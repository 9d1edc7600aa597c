package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.script.ShellWords;

/**
 * Submits a job by a command, once (rule 6). When the command gives no answer, or one without an
 * id, the job is looked up by its tag before another try; two tries in all. What stays unknown then
 * is {@link Failure.Kind#AMBIGUOUS}, with the command by which a user can look for himself.
 */
public final class SubmitOnce {
  /** How the jobs with a tag are found. */
  public interface TagSearch {
    /**
     * The ids of all jobs of the user that have the submission's tag, whatever their state; of an
     * array the array's own.
     *
     * @return empty if the scheduler answered and there is none
     * @throws SchedulerException if it cannot be asked, or, with {@link
     *     Failure.Kind#INVALID_REQUEST}, if the job was found and the scheduler has refused it
     */
    Set<String> find();

    /** Why the scheduler that would be asked may not be the one that has the job; empty usually. */
    default Optional<String> elsewhere() {
      return Optional.empty();
    }
  }

  /** A daemon that was stopped may answer a query before it has taken the submit. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final int LOOKS = 2;
  private static final int TRIES = 2;

  private final SchedulerCommands commands;
  private final ErrorTable errors;
  private final Function<String, Optional<JobId>> idIn;
  private final TagSearch search;
  private final String byHand;

  /**
   * @param errors what the submit command's failures mean
   * @param idIn the job's id in what the submit command printed; empty if there is none
   * @param byHand the command line by which a user finds the job, such as {@code squeue --me}
   */
  public SubmitOnce(
      SchedulerCommands commands,
      ErrorTable errors,
      Function<String, Optional<JobId>> idIn,
      TagSearch search,
      String byHand) {
    this.commands = requireNonNull(commands, "commands is null");
    this.errors = requireNonNull(errors, "errors is null");
    this.idIn = requireNonNull(idIn, "idIn is null");
    this.search = requireNonNull(search, "search is null");
    this.byHand = requireNonNull(byHand, "byHand is null");
  }

  /**
   * Submits.
   *
   * @throws SchedulerException if the job was refused, could not be submitted, or if it is not
   *     known whether it was
   */
  public JobId submit(Command command) {
    Failure last = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Optional<JobId> told = Optional.empty();
      try {
        CommandResult result = commands.runOnceForResult(command, Failure.Kind.AMBIGUOUS);
        told = idIn.apply(result.output());
        if (result.exitCode() != 0) {
          throw commands.failed(command, result, errors);
        }
        if (told.isPresent()) {
          return told.get();
        }
        last =
            new Failure(
                Failure.Kind.AMBIGUOUS,
                command.program() + " ended well and printed no job id",
                ShellWords.join(command.words()),
                (result.output() + result.errors()).strip());
      } catch (SchedulerException e) {
        last = e.failure();
        boolean clear =
            last.kind() != Failure.Kind.AMBIGUOUS && last.kind() != Failure.Kind.TRANSIENT;
        if (clear && told.isEmpty()) {
          throw e;
        }
      }
      Optional<JobId> found = lookUp(last);
      if (found.isPresent()) {
        return found.get();
      }
      if (told.isPresent()) {
        // There was a job, whatever became of the command, and perhaps of the job.
        throw ambiguous(last, "It told the id " + told.get() + ", which the queue does not have");
      }
    }
    if (last.kind() == Failure.Kind.TRANSIENT) {
      throw new SchedulerException(last);
    }
    throw ambiguous(last, "Until now the queue has no such job");
  }

  private Optional<JobId> lookUp(Failure cause) {
    Optional<String> elsewhere = search.elsewhere();
    if (elsewhere.isPresent()) {
      throw ambiguous(cause, "It cannot be looked up by its tag because of " + elsewhere.get());
    }
    for (int look = 1; look <= LOOKS; look++) {
      commands.pause(BETWEEN_LOOKS, cause.message() + "; looking for the job by its tag");
      Set<String> found;
      try {
        found = search.find();
      } catch (SchedulerException e) {
        if (e.failure().kind() == Failure.Kind.INVALID_REQUEST) {
          throw e;
        }
        throw ambiguous(cause, "The queue could not be asked: " + e.failure().message());
      }
      if (found.size() > 1) {
        throw ambiguous(cause, "Several jobs have its tag: " + String.join(", ", found));
      }
      if (!found.isEmpty()) {
        return Optional.of(JobId.of(found.iterator().next()));
      }
    }
    return Optional.empty();
  }

  private SchedulerException ambiguous(Failure cause, String more) {
    return new SchedulerException(
        new Failure(
            Failure.Kind.AMBIGUOUS,
            "It is not known whether "
                + commands.scheduler()
                + " took the job: "
                + cause.message()
                + ". "
                + more
                + ". Before you submit again, look for it: "
                + byHand,
            cause.command(),
            cause.words()));
  }
}
