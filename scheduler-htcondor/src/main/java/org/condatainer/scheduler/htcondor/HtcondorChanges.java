package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Attempts;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/** Ends, holds and releases jobs. */
final class HtcondorChanges {
  /** An expression in one argument, of which Linux takes 131,072 bytes (execve(2)). */
  private static final int LONGEST_EXPRESSION = 100_000;

  /** Not true of any job of an HTCondor that knows no such thing. */
  private static final String COOLS_DOWN = "JobUniverse == 7 && JobCoolDownExpiration > time()";

  private final SchedulerCommands commands;
  private final HtcondorQueries queries;
  private final String user;

  HtcondorChanges(SchedulerCommands commands, HtcondorQueries queries, String user) {
    this.commands = commands;
    this.queries = queries;
    this.user = user;
  }

  void remove(Set<JobId> ids) {
    change("condor_rm", ids, "");
  }

  /** {@code condor_hold} would end a running job and start it again later. */
  void hold(Set<JobId> ids) {
    changeEach(
        "condor_hold",
        ids,
        " && (JobStatus == 1 || JobUniverse == 7)",
        job -> job.isDag() || job.word().equals("Idle"));
  }

  void release(Set<JobId> ids) {
    changeEach("condor_release", ids, " && JobStatus == 5", job -> job.word().equals("Held"));
    endCoolDown(ids);
  }

  /**
   * Holding a DAGMan that runs ends it, for which HTCondor 25 keeps it from running for five
   * minutes more ({@code SCHEDULER_UNIVERSE_COOL_DOWN_DURATION}); who releases it wants it now.
   */
  private void endCoolDown(Set<JobId> ids) {
    forEach(
        ids,
        (where, expression) ->
            endCoolDown(
                Command.of("condor_qedit")
                    .withArguments(where)
                    .withArguments(
                        List.of(
                            "-constraint",
                            "(" + expression + ") && " + COOLS_DOWN,
                            "JobCoolDownExpiration",
                            "0"))));
  }

  private void endCoolDown(Command command) {
    try {
      commands.runForResult(command, Failure.Kind.UNAVAILABLE);
    } catch (SchedulerException e) {
      return; // It is released all the same, and waits somewhat longer.
    }
  }

  private void change(String program, Set<JobId> ids, String more) {
    Attempts attempts = new Attempts();
    forEach(
        ids, (where, expression) -> attempts.make(() -> change(program, where, expression, more)));
    attempts.throwFirst();
  }

  /** Gives the words that tell which schedd, and an expression that is true for jobs of it. */
  private void forEach(Set<JobId> ids, BiConsumer<List<String>, String> action) {
    bySchedd(ids)
        .forEach(
            (where, some) ->
                expressions(some).forEach(expression -> action.accept(where, expression)));
  }

  private void change(String program, List<String> where, String some, String more) {
    Command command =
        Command.of(program)
            .withArguments(where)
            .withArguments(List.of("-constraint", "(" + some + ")" + more));
    try {
      CommandResult result = commands.run(command, HtcondorErrors.CHANGING);
      if (result.errors().contains(HtcondorErrors.EMPTY_QUEUE)) {
        throw commands.failed(command, result, HtcondorErrors.CHANGING);
      }
    } catch (SchedulerException e) {
      boolean gone =
          e.failure().kind() == Failure.Kind.NOT_FOUND
              && program.equals("condor_rm")
              && living(where, some).isEmpty();
      if (!gone) {
        throw explained(program, e, where, some);
      }
    }
  }

  /** Of several jobs, commands are silent about those for which there was nothing to do. */
  private void changeEach(
      String program, Set<JobId> ids, String more, Predicate<HtcondorJob> fits) {
    Set<JobId> others = ids.size() > 1 ? withoutAny(ids, fits) : Set.of();
    change(program, ids, more);
    if (!others.isEmpty()) {
      List<String> names = new ArrayList<>();
      others.forEach(id -> names.add(id.toString()));
      throw new SchedulerException(
          new Failure(
              Failure.Kind.NOT_FOUND,
              program
                  + " had nothing to do for some jobs, which are not in the queue or not in a state"
                  + " for it: "
                  + String.join(", ", names),
              "",
              ""));
    }
  }

  /** The ids under which no process in the queue fits. */
  private Set<JobId> withoutAny(Set<JobId> ids, Predicate<HtcondorJob> fits) {
    Set<JobId> without = new LinkedHashSet<>();
    bySchedd(ids)
        .forEach(
            (where, some) -> {
              Set<String> fitting = new HashSet<>();
              for (HtcondorJob job : queries.queued(where, HtcondorQueries.clusters(some))) {
                if (fits.test(job)) {
                  fitting.addAll(job.names());
                }
              }
              for (JobId id : some) {
                if (!fitting.contains(id.value())) {
                  without.add(id);
                }
              }
            });
    return without;
  }

  private Map<List<String>, Set<JobId>> bySchedd(Set<JobId> ids) {
    Map<List<String>, Set<JobId>> some = new LinkedHashMap<>();
    ids.forEach(HtcondorChanges::check);
    for (JobId id : ids) {
      some.computeIfAbsent(queries.where(id), where -> new LinkedHashSet<>()).add(id);
    }
    return some;
  }

  /** The command says the same of a job that there is not and of one that it may not touch. */
  private SchedulerException explained(
      String program, SchedulerException e, List<String> where, String some) {
    if (e.failure().kind() != Failure.Kind.NOT_FOUND) {
      return e;
    }
    List<HtcondorJob> jobs = living(where, some);
    if (jobs.isEmpty()) {
      return e;
    }
    boolean own = false;
    for (HtcondorJob job : jobs) {
      own |= job.text("Owner").orElse("").equals(user);
    }
    List<String> states = new ArrayList<>();
    for (HtcondorJob job : jobs.subList(0, Math.min(5, jobs.size()))) {
      states.add(
          job.id() + " of " + job.text("Owner").orElse("an unknown user") + " is " + job.word());
    }
    return new SchedulerException(
        new Failure(
            own ? Failure.Kind.INVALID_REQUEST : Failure.Kind.DENIED,
            "HTCondor did not take the request ("
                + program
                + (own ? "): the job is not in a state for it: " : "): the job is another user's: ")
                + String.join(", ", states),
            e.failure().command(),
            e.failure().words()));
  }

  private List<HtcondorJob> living(List<String> where, String expression) {
    return queries.queued(where, "(" + expression + ") && JobStatus =!= 3 && JobStatus =!= 4");
  }

  static void check(JobId id) {
    if (!HtcondorIds.isId(id.value())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "'" + id.value() + "' is not written as an HTCondor job id",
              "",
              ""));
    }
  }

  private static List<String> expressions(Set<JobId> ids) {
    List<String> expressions = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (JobId id : ids) {
      String one = HtcondorIds.expression(id.value());
      if (text.length() + one.length() > LONGEST_EXPRESSION) {
        expressions.add(text.toString());
        text.setLength(0);
      }
      text.append(text.isEmpty() ? "" : " || ").append(one);
    }
    if (!text.isEmpty()) {
      expressions.add(text.toString());
    }
    return expressions;
  }
}
