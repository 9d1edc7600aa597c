package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.ShellWords;

/**
 * Runs a command on the first host of a job through volclava's {@code lsrun}, which takes options
 * for its own until {@code --}, ends with 0 when there is no such host (recorded), puts both
 * outputs into one, and with something to read on its standard input hangs one time in ten (seen
 * live). So a shell is given the command as an argument, and prints a mark with its exit code, and
 * after it what the command printed as errors.
 */
final class LsfRemote {
  private final SchedulerCommands commands;
  private final LsfQueries queries;

  LsfRemote(SchedulerCommands commands, LsfQueries queries) {
    this.commands = commands;
    this.queries = queries;
  }

  CommandResult run(JobId job, List<String> words) {
    String mark = "cnt-" + UUID.randomUUID();
    String script =
        "cd / || exit\nexec 3>&1\ncnt_errors=$( { "
            + ShellWords.join(words)
            + " </dev/null 2>&1 >&3 3>&-; echo \" $?\"; } )\nprintf '\\n%s %s\\n%s' "
            + mark
            + " \"${cnt_errors##* }\" \"${cnt_errors% *}\"\n";
    Command command = Command.of(List.of("lsrun", "-m", host(job), "--", "/bin/sh", "-c", script));
    CommandResult result = commands.runForResult(command, Failure.Kind.UNAVAILABLE);
    int at = result.output().lastIndexOf("\n" + mark + " ");
    if (at < 0) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "lsrun did not run the command on the host of job " + job,
              ShellWords.join(command.words()),
              (result.errors() + result.output()).strip()));
    }
    String told = result.output().substring(at + mark.length() + 2);
    int end = told.indexOf('\n');
    String code = told.substring(0, Math.max(0, end));
    return new CommandResult(
        code.length() < 10 && LsfIds.isNumber(code) ? Integer.parseInt(code) : 1,
        result.output().substring(0, at),
        result.errors() + told.substring(end + 1));
  }

  private String host(JobId job) {
    JobSnapshot snapshot = queries.query(Set.of(job)).get(job);
    List<String> hosts = new ArrayList<>(snapshot.nodes());
    boolean running =
        snapshot.state() instanceof JobState.Alive alive
            && alive.phase() == JobState.Phase.RUNNING
            && !hosts.isEmpty();
    if (!running) {
      boolean absent = snapshot.state() instanceof JobState.Absent;
      throw new SchedulerException(
          new Failure(
              absent ? Failure.Kind.NOT_FOUND : Failure.Kind.INVALID_REQUEST,
              "No command can be run on the host of job "
                  + job
                  + ": it is not running ("
                  + snapshot.state()
                  + ")",
              "",
              ""));
    }
    return hosts.get(0);
  }
}
