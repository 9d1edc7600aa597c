package org.condatainer.scheduler.pbs;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.ShellWords;

/**
 * The ids of all jobs that a server has, an array's as a whole: what {@code qselect} lists
 * (qselect(1B)), ended jobs too where the server keeps them.
 */
final class PbsJobList {
  private final String source;
  private final Map<String, Set<String>> numbersByServer;

  private PbsJobList(String source, Map<String, Set<String>> numbersByServer) {
    this.source = source;
    this.numbersByServer = numbersByServer;
  }

  /**
   * Asks the server.
   *
   * @throws SchedulerException if it could not be asked, and if its answer was cut
   */
  static PbsJobList ask(SchedulerCommands commands) {
    Command command = Command.of("qselect", "-x");
    String source = "qselect -x";
    CommandResult result = run(commands, command);
    if (result.errors().contains(PbsQueries.NO_HISTORY)) {
      command = Command.of("qselect");
      source = "qselect (this server keeps no history of ended jobs)";
      result = run(commands, command);
    }
    if (result.exitCode() != 0) {
      throw commands.failed(command, result, PbsErrors.LOOKING);
    }
    Map<String, Set<String>> numbersByServer = new HashMap<>();
    for (String line : result.output().split("\n", -1)) {
      String id = line.strip();
      if (PbsQueries.isId(id)) {
        numbersByServer.computeIfAbsent(server(id), any -> new HashSet<>()).add(number(id));
      }
    }
    if (!result.output().isEmpty() && !result.output().endsWith("\n")) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "PBS could not be asked: the list of qselect ends in the middle of a line",
              ShellWords.join(command.words()),
              result.errors().strip()));
    }
    return new PbsJobList(source, numbersByServer);
  }

  private static CommandResult run(SchedulerCommands commands, Command command) {
    return commands.runForResult(command, PbsErrors.LOOKING, Failure.Kind.UNAVAILABLE);
  }

  /** Where the list is from, for an answer. */
  String source() {
    return source;
  }

  boolean isEmpty() {
    return numbersByServer.isEmpty();
  }

  /** Whether the server has this job, or another server must be asked. */
  boolean mayHave(String id) {
    String server = server(id);
    if (server.isEmpty()) {
      return numbersByServer.values().stream().anyMatch(numbers -> numbers.contains(number(id)));
    }
    Set<String> numbers = numbersByServer.get(server);
    return numbers == null || numbers.contains(number(id));
  }

  private static String server(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? "" : id.substring(dot + 1);
  }

  private static String number(String id) {
    int end = 0;
    while (end < id.length() && Character.isDigit(id.charAt(end))) {
      end++;
    }
    return id.substring(0, end);
  }
}
