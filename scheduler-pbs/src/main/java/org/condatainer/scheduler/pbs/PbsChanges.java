package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Attempts;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/**
 * {@code qdel}, {@code qhold} and {@code qrls}. Their exit code is that of the last id alone, so
 * the words decide. An array may be named by its number alone, as in {@link PbsQueries}.
 */
final class PbsChanges {
  private final SchedulerCommands commands;

  PbsChanges(SchedulerCommands commands) {
    this.commands = commands;
  }

  /**
   * Each by a command of its own: qdel sends a list as one request, and OpenPBS 23.06.06 was seen
   * to lose its server by one with an id that was not known any more; the client aborted too.
   *
   * @throws SchedulerException the first refusal, after all were asked for
   */
  void delete(Set<JobId> ids) {
    ids.forEach(PbsChanges::refuseNoId);
    Attempts attempts = new Attempts();
    for (JobId id : ids) {
      Optional<Failure.Kind> problem = attempts.make(() -> make("qdel", Set.of(id)));
      if (problem.equals(Optional.of(Failure.Kind.UNAVAILABLE))) {
        break;
      }
    }
    attempts.throwFirst();
  }

  /**
   * Changes some jobs by one of the three commands. For qdel a job that is gone is no error.
   *
   * @throws SchedulerException if the command complains of anything else
   */
  void make(String program, Set<JobId> ids) {
    if (ids.isEmpty()) {
      return;
    }
    ids.forEach(PbsChanges::refuseNoId);
    Command command = command(program, ids);
    CommandResult result = arraysByNumber(program, ids, run(command));
    boolean gone = program.equals("qdel") && PbsErrors.isOnlyGoneJobs(result);
    if (result.exitCode() != 0 && !gone) {
      throw commands.failed(command, result, PbsErrors.CHANGING);
    }
  }

  private static Command command(String program, Set<JobId> ids) {
    List<String> words = new ArrayList<>(List.of(program));
    ids.forEach(id -> words.add(id.value()));
    return Command.of(words);
  }

  private CommandResult run(Command command) {
    return commands.runForResult(command, PbsErrors.CHANGING, Failure.Kind.UNAVAILABLE);
  }

  /** Tries the unknown ones as arrays; what is left of the complaints. */
  private CommandResult arraysByNumber(String program, Set<JobId> ids, CommandResult result) {
    if (result.exitCode() == 0) {
      return result;
    }
    Set<String> complaints = new LinkedHashSet<>(result.errors().lines().toList());
    for (JobId id : ids) {
      Optional<JobId> array = PbsQueries.asArray(id);
      Optional<String> unknown = PbsErrors.lineOfUnknown(id, result.errors());
      if (array.isEmpty() || unknown.isEmpty()) {
        continue;
      }
      CommandResult again = run(command(program, Set.of(array.get())));
      if (again.exitCode() == 0) {
        complaints.remove(unknown.get());
      } else if (PbsErrors.lineOfUnknown(array.get(), again.errors()).isEmpty()) {
        complaints.remove(unknown.get());
        complaints.addAll(again.errors().lines().toList());
      }
    }
    complaints.removeIf(String::isBlank);
    boolean all = complaints.isEmpty() && !result.errors().isBlank();
    return new CommandResult(
        all ? 0 : result.exitCode(), result.output(), String.join("\n", complaints));
  }

  private static void refuseNoId(JobId id) {
    if (!PbsQueries.isId(id.value())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "'" + id.value() + "' is not written as a PBS job id",
              "",
              ""));
    }
  }
}
