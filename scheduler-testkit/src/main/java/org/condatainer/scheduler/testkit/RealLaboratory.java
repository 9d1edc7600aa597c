package org.condatainer.scheduler.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * A real engine, whose commands the environment of the tests finds. Faults are made between the
 * adapter and the commands: a lost answer is the answer of a submit that really was taken. What
 * only an engine itself can do (forgetting a job, strange words) it is not made to do.
 *
 * @param engine what it is, for the report
 * @param provider the adapter to try
 * @param submitProgram the command that submits
 * @param formatVariables see {@link Laboratory#formatVariables}
 * @param firstUnknown a number above every job's
 * @param refused see {@link Laboratory#refused}
 * @param patience see {@link Laboratory#patience}
 * @param folder the folder of the jobs' files
 * @param user the ordinary user by whom root has the commands run; empty for the user of the tests
 * @param made the faults that it has at this moment; to begin with, none
 */
public record RealLaboratory(
    String engine,
    SchedulerProvider provider,
    String submitProgram,
    Map<String, String> formatVariables,
    long firstUnknown,
    JobRequest refused,
    Duration patience,
    Path folder,
    String user,
    Set<Fault> made)
    implements Laboratory {
  public RealLaboratory {
    requireNonNull(engine, "engine is null");
    requireNonNull(provider, "provider is null");
    requireNonNull(submitProgram, "submitProgram is null");
    formatVariables = Map.copyOf(formatVariables);
    requireNonNull(refused, "refused is null");
    requireNonNull(patience, "patience is null");
    requireNonNull(folder, "folder is null");
    user = user.isEmpty() ? System.getProperty("user.name") : user;
    requireNonNull(made, "made is null");
  }

  @Override
  public String name() {
    return "real " + engine;
  }

  @Override
  public Map<String, String> variables() {
    return System.getenv();
  }

  @Override
  public CommandRunner runner(Map<String, String> environment) {
    PathRunner real = new PathRunner(environment);
    return command -> run(real, command);
  }

  @Override
  public Set<Fault> faults() {
    return EnumSet.of(Fault.HANGING, Fault.GARBAGE, Fault.ANSWER_LOST, Fault.SUBMIT_LOST);
  }

  @Override
  public void make(Fault fault) {
    made.add(fault);
  }

  @Override
  public void make(Fault fault, JobId job) {
    throw new IllegalArgumentException(name() + " cannot be made to have this fault: " + fault);
  }

  @Override
  public void mend() {
    made.clear();
  }

  @Override
  public JobId unknownJob(int number) {
    return JobId.of(Long.toString(firstUnknown + number));
  }

  @Override
  public void close() {}

  private CommandResult run(PathRunner real, Command command) throws CommandException {
    boolean submits = command.program().equals(submitProgram);
    if (made.contains(Fault.HANGING) || (submits && made.remove(Fault.SUBMIT_LOST))) {
      throw noAnswer(command);
    }
    CommandResult result = asUser(real, command);
    if (submits && made.remove(Fault.ANSWER_LOST)) {
      throw noAnswer(command);
    }
    if (!submits && made.contains(Fault.GARBAGE)) {
      String half = result.output().substring(0, result.output().length() / 2);
      return new CommandResult(result.exitCode(), half, result.errors());
    }
    return result;
  }

  /** Files that the adapter wrote are the user's, as they are where the user runs it. */
  private CommandResult asUser(PathRunner real, Command command) throws CommandException {
    if (user.equals(System.getProperty("user.name"))) {
      return real.run(command);
    }
    real.run(Command.of("chown", "-R", user, folder.toString()));
    List<String> words = new ArrayList<>(List.of("runuser", "-u", user, "--"));
    words.addAll(command.words());
    return real.run(
        new Command(
            words,
            command.input(),
            command.variables(),
            command.unset(),
            command.workingDirectory(),
            command.timeout()));
  }

  private static CommandException noAnswer(Command command) {
    return new CommandException(
        CommandException.Kind.TIMED_OUT,
        command.program() + " gave no answer within " + command.timeout().toSeconds() + " s",
        null);
  }
}
