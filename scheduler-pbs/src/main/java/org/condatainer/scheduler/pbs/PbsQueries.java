package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * Asks {@code qstat}, with its history where the server keeps one (rules 1 to 3). Its exit code is
 * that of the last id alone, so the answers for each id are taken from what it printed.
 */
final class PbsQueries {
  /** For how many jobs qstat is asked at once. */
  private static final int CHUNK = 1_000;

  /** Of more, qstat is asked for those that qselect lists: it takes 0.2 s over each unknown one. */
  private static final int FEW = 100;

  static final String NO_HISTORY = "not configured to maintain job history";
  private static final String HISTORY_SOURCE = "qstat -x";
  private static final String QUEUE_SOURCE = "qstat (this server keeps no history of ended jobs)";

  private final SchedulerCommands commands;

  PbsQueries(SchedulerCommands commands) {
    this.commands = commands;
  }

  Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    return query(ids, new HashMap<>());
  }

  /**
   * Asks for jobs.
   *
   * @param arrays gets the arrays that were asked for by their number alone, with their ids
   */
  Map<JobId, JobSnapshot> query(Set<JobId> ids, Map<JobId, JobId> arrays) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    List<JobId> asked = new ArrayList<>();
    for (JobId id : ids) {
      if (isId(id.value())) {
        asked.add(id);
      } else {
        answers.put(id, unavailable(id, "'" + id.value() + "' is not written as a PBS job id"));
      }
    }
    if (asked.size() > FEW) {
      asked = listed(asked, answers);
    }
    boolean history = true;
    for (int start = 0; start < asked.size(); start += CHUNK) {
      List<JobId> chunk = asked.subList(start, Math.min(start + CHUNK, asked.size()));
      try {
        history = query(chunk, history, answers);
        arraysByNumber(chunk, history, answers, arrays);
      } catch (SchedulerException e) {
        // A server that does not answer is not asked again for the others.
        for (JobId id : asked.subList(start, asked.size())) {
          answers.put(id, unavailable(id, e.failure().message()));
        }
        break;
      }
    }
    return answers;
  }

  /** Whether the server keeps ended jobs; false also if it could not be asked. */
  boolean keepsHistory() {
    try {
      String server = commands.run(Command.of("qstat", "-Bf"), PbsErrors.LOOKING).output();
      return server.contains("job_history_enable = True");
    } catch (SchedulerException e) {
      return false;
    }
  }

  /** Those that the server may have; for the others there is an answer then. */
  private List<JobId> listed(List<JobId> ids, Map<JobId, JobSnapshot> answers) {
    List<JobId> listed = new ArrayList<>();
    try {
      PbsJobList list = PbsJobList.ask(commands);
      if (list.isEmpty()) {
        noneListed(ids, answers);
        return listed;
      }
      for (JobId id : ids) {
        if (list.mayHave(id.value())) {
          listed.add(id);
        } else {
          answers.put(id, JobSnapshot.of(id, new JobState.Absent(list.source()), "qselect"));
        }
      }
    } catch (SchedulerException e) {
      ids.forEach(id -> answers.put(id, unavailable(id, e.failure().message())));
    }
    return listed;
  }

  /** An empty list is believed where qstat says of one of the jobs that it is not known. */
  private void noneListed(List<JobId> ids, Map<JobId, JobSnapshot> answers) {
    JobId first = ids.get(0);
    query(List.of(first), true, answers);
    JobState state = answers.get(first).state();
    for (JobId id : ids.subList(1, ids.size())) {
      answers.put(
          id,
          state instanceof JobState.Absent
              ? JobSnapshot.of(id, state, "qselect")
              : unavailable(id, "qselect lists no job at all, and qstat does not confirm it"));
    }
  }

  /** {@code 12}, {@code 12.server}, {@code 12[].server}, {@code 12[3].server}. */
  static boolean isId(String text) {
    int i = 0;
    while (i < text.length() && Character.isDigit(text.charAt(i))) {
      i++;
    }
    if (i == 0) {
      return false;
    }
    if (i < text.length() && text.charAt(i) == '[') {
      i = text.indexOf(']', i) + 1;
      if (i == 0) {
        return false;
      }
    }
    return i == text.length() || (text.charAt(i) == '.' && text.indexOf(' ') < 0);
  }

  /** The array of which somebody may have said the number alone; empty for all other ids. */
  static Optional<JobId> asArray(JobId id) {
    String number = PbsErrors.withoutServer(id.value());
    return number.endsWith("]")
        ? Optional.empty()
        : Optional.of(JobId.of(number + "[]" + id.value().substring(number.length())));
  }

  /** Asks for some jobs; whether the server has a history. */
  private boolean query(List<JobId> ids, boolean mayHaveHistory, Map<JobId, JobSnapshot> answers) {
    boolean history = mayHaveHistory;
    CommandResult result = qstat(ids, history);
    if (history && hasNoHistory(result)) {
      history = false;
      result = qstat(ids, false);
    }
    if (PbsJob.isCut(result.output())) {
      result = qstat(ids, history);
    }
    Map<JobId, JobId> asked = new LinkedHashMap<>();
    ids.forEach(id -> asked.put(id, id));
    answers.putAll(answers(asked, result, history));
    return history;
  }

  /**
   * What a result tells of jobs.
   *
   * @param asked their ids, each with the one by which qstat was asked for it
   */
  private static Map<JobId, JobSnapshot> answers(
      Map<JobId, JobId> asked, CommandResult result, boolean history) {
    String source = history ? HISTORY_SOURCE : QUEUE_SOURCE;
    Map<String, PbsJob> byId = new LinkedHashMap<>();
    for (PbsJob job : PbsJob.of(result.output())) {
      byId.put(job.id(), job);
      byId.putIfAbsent(PbsErrors.withoutServer(job.id()), job);
    }
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    asked.forEach(
        (id, named) -> {
          Optional<PbsJob> found = Optional.ofNullable(byId.get(named.value()));
          boolean forgotten = !history && found.map(PbsJob::isWithoutRecord).orElse(false);
          answers.put(
              id,
              forgotten
                  ? JobSnapshot.of(id, new JobState.Absent(QUEUE_SOURCE), "qstat")
                  : found.isPresent()
                      ? found.get().snapshot(id, found.get().isEnded() ? HISTORY_SOURCE : "qstat")
                      : notPrinted(id, named, result, source));
        });
    return answers;
  }

  /** qstat knows {@code 27[]} and no {@code 27}, which people say (array-qstat-nobrackets). */
  private void arraysByNumber(
      List<JobId> ids, boolean history, Map<JobId, JobSnapshot> answers, Map<JobId, JobId> arrays) {
    Map<JobId, JobId> asked = new LinkedHashMap<>();
    for (JobId id : ids) {
      if (answers.get(id).state() instanceof JobState.Absent) {
        asArray(id).ifPresent(array -> asked.put(id, array));
      }
    }
    if (!asked.isEmpty()) {
      CommandResult result = qstat(List.copyOf(asked.values()), history);
      Map<JobId, JobSnapshot> found = answers(asked, result, history);
      found.values().removeIf(PbsQueries::isUnknown);
      answers.putAll(found);
      found.keySet().forEach(id -> arrays.put(id, asked.get(id)));
    }
  }

  /**
   * A server without history refuses the whole question, and qstat ends with exit code 0 then
   * (qstat.c of OpenPBS). One that has it says something of every id.
   */
  private static boolean hasNoHistory(CommandResult result) {
    return result.errors().contains(NO_HISTORY)
        || (result.exitCode() == 0 && result.output().isBlank() && result.errors().isBlank());
  }

  /** Absent is what qstat says is unknown; all else is no answer. */
  private static JobSnapshot notPrinted(
      JobId id, JobId named, CommandResult result, String source) {
    if (PbsErrors.lineOfUnknown(named, result.errors()).isPresent()) {
      return JobSnapshot.of(id, new JobState.Absent(source), "qstat");
    }
    for (String line : result.errors().split("\n", -1)) {
      if (line.contains("Job has finished") && line.contains(named.value())) {
        return unavailable(id, "qstat says that it has finished, and nothing else of it");
      }
    }
    String words = result.errors().strip();
    return unavailable(
        id,
        "qstat ended with exit code "
            + result.exitCode()
            + (PbsJob.isCut(result.output())
                ? ", and its answer ends in the middle of a job"
                : " and told nothing of it")
            + (words.isEmpty() ? "" : ": " + words));
  }

  private static boolean isUnknown(JobSnapshot job) {
    return job.state() instanceof JobState.Absent || job.state() instanceof JobState.Unavailable;
  }

  private static JobSnapshot unavailable(JobId id, String why) {
    return JobSnapshot.of(id, new JobState.Unavailable(why), "qstat");
  }

  private CommandResult qstat(List<JobId> ids, boolean history) {
    List<String> words = new ArrayList<>(List.of("qstat"));
    words.addAll(history ? List.of("-x", "-f", "-w") : List.of("-f", "-w"));
    for (JobId id : ids) {
      words.add(id.value());
    }
    return commands.runForResult(Command.of(words), PbsErrors.LOOKING, Failure.Kind.UNAVAILABLE);
  }

  /**
   * Every job that lives, array tasks each on its own.
   *
   * @throws SchedulerException if the queue could not be asked
   */
  List<PbsJob> living() {
    Command command = Command.of("qstat", "-t", "-f", "-w");
    return whole(command, commands.run(command, PbsErrors.LOOKING));
  }

  /** The jobs of a list; one that was cut tells nothing of the jobs that it does not have. */
  private static List<PbsJob> whole(Command command, CommandResult result) {
    if (PbsJob.isCut(result.output())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "PBS could not be asked: the answer of qstat ends in the middle of a job",
              ShellWords.join(command.words()),
              result.errors().strip()));
    }
    return PbsJob.of(result.output());
  }

  /**
   * Every job that the server knows, ended ones too where it keeps a history; arrays as a whole.
   *
   * @throws SchedulerException if the queue could not be asked
   */
  List<PbsJob> all() {
    Command command = Command.of("qstat", "-x", "-f", "-w");
    CommandResult result =
        commands.runForResult(command, PbsErrors.LOOKING, Failure.Kind.UNAVAILABLE);
    if (result.errors().contains(NO_HISTORY)) {
      command = Command.of("qstat", "-f", "-w");
      result = commands.runForResult(command, PbsErrors.LOOKING, Failure.Kind.UNAVAILABLE);
    }
    if (result.exitCode() != 0) {
      throw commands.failed(command, result, PbsErrors.LOOKING);
    }
    return whole(command, result);
  }
}
