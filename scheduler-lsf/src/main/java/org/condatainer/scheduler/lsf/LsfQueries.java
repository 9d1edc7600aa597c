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

/**
 * Asks for jobs: {@code bjobs} first, then {@code bhist} for those that it does not have or of
 * whose end it does not tell, and {@code bjobs -UF} for what bhist left open.
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
    LsfAnswers history = new LsfAnswers(List.of());
    try {
      history = new LsfAnswers(history(List.copyOf(open)));
    } catch (SchedulerException e) {
      where = "bjobs; bhist could not be asked: " + e.getMessage();
    }
    boolean told = false;
    boolean missing = false;
    for (int i = 0; i < jobs.size(); i++) {
      LsfJob job = jobs.get(i);
      if (job.lacksEnd()) {
        Optional<LsfJob> more = history.job(job.id()).filter(LsfQueries::tellsTheEnd);
        if (more.isPresent()) {
          jobs.set(i, job.withState(more.get().state()));
          told = true;
        } else {
          missing = true;
        }
      }
    }
    if (missing) {
      fromDetails(jobs);
    }
    put(ids, new LsfAnswers(jobs), told ? "bjobs, bhist" : "bjobs", answers);
    for (JobId id : absent) {
      Optional<JobSnapshot> found =
          history.find(id, "bhist").filter(snapshot -> snapshot.state() instanceof JobState.Ended);
      answers.put(
          id,
          found.isPresent()
              ? found.get()
              : JobSnapshot.of(id, new JobState.Absent(where), "bjobs, bhist"));
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

  /** Exit codes from {@code bjobs -UF}, for jobs that bhist's files do not have. */
  private void fromDetails(List<LsfJob> jobs) {
    Set<String> ids = new LinkedHashSet<>();
    for (LsfJob job : jobs) {
      if (job.lacksEnd()) {
        ids.add(LsfIds.base(job.id()));
      }
    }
    LsfAnswers details;
    try {
      details = new LsfAnswers(details(List.of("-a", "-u", "all"), List.copyOf(ids)));
    } catch (SchedulerException e) {
      // It is known that the jobs ended; how is not.
      return;
    }
    for (int i = 0; i < jobs.size(); i++) {
      LsfJob job = jobs.get(i);
      Optional<LsfJob> more =
          job.lacksEnd() ? details.job(job.id()).filter(LsfQueries::tellsTheEnd) : Optional.empty();
      if (more.isPresent()) {
        jobs.set(i, job.withState(more.get().state()));
      }
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
    List<LsfJob> jobs = JobHistory.jobs(result.output(), Instant.now());
    if (jobs.isEmpty() && result.exitCode() != 0 && !hasNone(result)) {
      throw commands.failed(command, result, LsfErrors.LOOKING);
    }
    return jobs;
  }

  private CommandResult look(Command command) {
    return commands.runForResult(command, Failure.Kind.UNAVAILABLE);
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
