package org.condatainer.scheduler.lsf;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
 * Asks for jobs: {@code bjobs -json} first, whose values are quoted; {@code bjobs -UF} for what is
 * not told there (seconds; on volclava the description and all hosts too); then {@code bhist} for
 * jobs that bjobs does not have or of whose end it does not tell.
 */
final class LsfQueries {
  /** Linux takes 2 MiB in all arguments together (execve(2)), each with its pointer. */
  static final int LONGEST_LIST = 100_000;

  private final SchedulerCommands commands;
  private final Supplier<LsfKind> kind;

  /**
   * @param kind asks {@code lsid}; may throw {@link SchedulerException}
   */
  LsfQueries(SchedulerCommands commands, Supplier<LsfKind> kind) {
    this.commands = commands;
    this.kind = kind;
  }

  Map<JobId, JobSnapshot> query(Set<JobId> ids) {
    Map<JobId, JobSnapshot> answers = new LinkedHashMap<>();
    List<JobId> right = new ArrayList<>();
    for (JobId id : ids) {
      if (LsfIds.isId(id.value())) {
        right.add(id);
      } else {
        answers.put(id, unavailable(id, "'" + id.value() + "' is not written as an LSF job id"));
      }
    }
    String broken = null;
    for (List<JobId> chunk : chunks(right)) {
      if (broken == null) {
        try {
          query(chunk, answers);
        } catch (SchedulerException e) {
          // The other chunks would wait just as long for the same answer.
          broken = e.getMessage();
        }
      }
      for (JobId id : chunk) {
        if (broken != null && !answers.containsKey(id)) {
          answers.put(id, unavailable(id, broken));
        }
      }
    }
    return answers;
  }

  private void query(List<JobId> ids, Map<JobId, JobSnapshot> answers) {
    List<LsfJob> jobs = new ArrayList<>(queued(bases(ids)));
    LsfAnswers details = more(jobs);
    for (int i = 0; i < jobs.size(); i++) {
      LsfJob job = jobs.get(i);
      Optional<LsfJob> detail = details.job(job.id()).or(() -> details.job(LsfIds.base(job.id())));
      jobs.set(i, detail.map(job::withDetails).orElse(job));
    }
    LsfAnswers queue = new LsfAnswers(jobs);
    List<JobId> absent = new ArrayList<>();
    Set<String> open = new LinkedHashSet<>();
    for (JobId id : ids) {
      if (queue.find(id, "bjobs").isEmpty()) {
        absent.add(id);
        open.add(LsfIds.base(id.value()));
      }
    }
    for (LsfJob job : jobs) {
      if (job.lacksEnd()) {
        open.add(LsfIds.base(job.id()));
      }
    }
    if (open.isEmpty()) {
      put(ids, queue, "bjobs", answers);
      return;
    }
    String where = "bjobs and bhist";
    String asked = "bjobs, bhist";
    LsfAnswers history = new LsfAnswers(List.of());
    try {
      history = new LsfAnswers(history(List.copyOf(open)));
    } catch (SchedulerException e) {
      where = "bjobs; bhist could not be asked: " + e.getMessage();
      asked = "bjobs";
    }
    boolean told = false;
    for (int i = 0; i < jobs.size(); i++) {
      LsfJob job = jobs.get(i);
      if (job.lacksEnd()) {
        Optional<LsfJob> end = history.job(job.id()).filter(LsfQueries::tellsTheEnd);
        told |= end.isPresent();
        // The long form has the exit code too, and not that the user killed it.
        end = end.isPresent() ? end : details.job(job.id()).filter(LsfQueries::tellsTheEnd);
        jobs.set(i, end.isPresent() ? job.withState(end.get().state()) : job);
      }
    }
    put(ids, new LsfAnswers(jobs), told ? "bjobs, bhist" : "bjobs", answers);
    for (JobId id : absent) {
      Optional<JobSnapshot> found = history.find(id, "bhist");
      answers.put(id, found.orElse(JobSnapshot.of(id, new JobState.Absent(where), asked)));
    }
  }

  private static boolean tellsTheEnd(LsfJob job) {
    return job.state() instanceof JobState.Ended ended && !ended.word().equals("DONE");
  }

  private static void put(
      List<JobId> ids, LsfAnswers from, String source, Map<JobId, JobSnapshot> answers) {
    for (JobId id : ids) {
      from.find(id, source).ifPresent(snapshot -> answers.put(id, snapshot));
    }
  }

  /** What {@code bjobs -UF} tells more of jobs. */
  private LsfAnswers more(List<LsfJob> jobs) {
    Set<String> ids = new LinkedHashSet<>();
    for (LsfJob job : jobs) {
      ids.add(LsfIds.base(job.id()));
    }
    if (ids.isEmpty()) {
      return new LsfAnswers(List.of());
    }
    try {
      return new LsfAnswers(details(List.of("-a", "-u", "all"), List.copyOf(ids)));
    } catch (SchedulerException e) {
      // What the jobs do is known; only the rest is not told.
      return new LsfAnswers(List.of());
    }
  }

  /** Jobs by {@code bjobs -json}. */
  private List<LsfJob> queued(List<String> ids) {
    boolean ibm = kind.get() == LsfKind.IBM;
    return machine(List.of("-a", "-u", "all"), ibm ? LsfJob.IBM_FIELDS : LsfJob.OPEN_FIELDS, ids);
  }

  /**
   * The jobs that options select, with their descriptions. volclava's {@code -json} does not have
   * those, its {@code -UF} does.
   */
  List<LsfJob> described(List<String> options) {
    return kind.get() == LsfKind.IBM
        ? machine(options, LsfJob.IBM_FIELDS, List.of())
        : details(options, List.of());
  }

  private List<LsfJob> machine(List<String> options, String fields, List<String> ids) {
    List<String> words = new ArrayList<>(List.of("bjobs"));
    words.addAll(options);
    words.addAll(List.of("-o", fields, "-json"));
    words.addAll(ids);
    Command command = Command.of(words);
    CommandResult result = look(command);
    try {
      return LsfJob.ofJson(result.output(), Instant.now());
    } catch (IllegalArgumentException e) {
      if (hasNone(result)) {
        return List.of();
      }
      if (LsfErrors.isUnknownForm(result)) {
        // IBM has -json from 10.1.0.2 on, and added fields later; the long form is older.
        return details(options, ids);
      }
      if (result.exitCode() != 0) {
        throw commands.failed(command, result, LsfErrors.LOOKING);
      }
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "The answer of bjobs was not understood: " + e.getMessage(),
              "",
              ""));
    }
  }

  private List<LsfJob> details(List<String> options, List<String> ids) {
    List<String> words = new ArrayList<>(List.of("bjobs"));
    words.addAll(options);
    words.add("-UF");
    words.addAll(ids);
    return histories(Command.of(words));
  }

  /** All of its files: a job that ended long ago is in an older one. */
  private List<LsfJob> history(List<String> ids) {
    List<String> words = new ArrayList<>(List.of("bhist", "-l", "-n", "0", "-u", "all"));
    words.addAll(ids);
    return histories(Command.of(words));
  }

  /** Some unknown ids are no error: the answer has the others. */
  private List<LsfJob> histories(Command command) {
    CommandResult result = look(command);
    if (!JobHistory.isWhole(result.output())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNAVAILABLE,
              "The answer of " + command.program() + " is cut off",
              ShellWords.join(command.words()),
              ""));
    }
    List<LsfJob> jobs = JobHistory.jobs(result.output(), Instant.now());
    if (jobs.isEmpty() && result.exitCode() != 0 && !hasNone(result)) {
      throw commands.failed(command, result, LsfErrors.LOOKING);
    }
    return jobs;
  }

  private CommandResult look(Command command) {
    return commands.runForResult(command, LsfErrors.LOOKING, Failure.Kind.UNAVAILABLE);
  }

  private static boolean hasNone(CommandResult result) {
    String words = result.errors().isBlank() ? result.output() : result.errors();
    return result.exitCode() != 0
        && LsfErrors.LOOKING.classify(new CommandResult(result.exitCode(), "", words))
            == Failure.Kind.NOT_FOUND;
  }

  private static List<String> bases(List<JobId> ids) {
    Set<String> bases = new LinkedHashSet<>();
    for (JobId id : ids) {
      bases.add(LsfIds.base(id.value()));
    }
    return List.copyOf(bases);
  }

  /** Parts of a list that fit on a command line. */
  static List<List<JobId>> chunks(List<JobId> ids) {
    List<List<JobId>> chunks = new ArrayList<>();
    List<JobId> chunk = new ArrayList<>();
    int length = 0;
    for (JobId id : ids) {
      if (length > 0 && length + id.value().length() + 1 > LONGEST_LIST) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        length = 0;
      }
      chunk.add(id);
      length += id.value().length() + 1;
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    return chunks;
  }

  private static JobSnapshot unavailable(JobId id, String why) {
    return JobSnapshot.of(id, new JobState.Unavailable(why), "bjobs");
  }
}
