package org.condatainer.scheduler.pbs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;

/** A job as {@code qstat -f} describes it (pbs_job_attributes(7B); recordings state-*). */
final class PbsJob {
  /** The job's variable that holds its tag. */
  static final String TAG_VARIABLE = "CNT_TAG";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ENGLISH);

  private static final int DELETED = 91;
  private static final int NEVER_SATISFIED = 92;
  private static final int FAILED = 93;

  /** What a manager's {@code qdel -W force} leaves: 256 + 9 (req_delete.c of OpenPBS). */
  private static final long FORCED = 265;

  private final AttributeText.Entry entry;

  PbsJob(AttributeText.Entry entry) {
    this.entry = entry;
  }

  /**
   * The jobs that a text describes to their end. One that was cut is left out: of a job that failed
   * nothing but the missing lines may tell it from one whose node did.
   */
  static List<PbsJob> of(String text) {
    List<PbsJob> jobs = new ArrayList<>();
    for (AttributeText.Entry found : AttributeText.entries(text)) {
      boolean named = PbsQueries.isId(found.heading());
      if (named && found.whole() && !found.value("job_state").isEmpty()) {
        jobs.add(new PbsJob(found));
      }
    }
    return jobs;
  }

  /** Whether a text ends, or goes on with another job, in the middle of a job. */
  static boolean isCut(String text) {
    for (AttributeText.Entry found : AttributeText.entries(text)) {
      if (!found.whole()) {
        return true;
      }
    }
    return false;
  }

  String id() {
    return entry.heading();
  }

  /** An array as a whole; its tasks are jobs too. */
  boolean isArray() {
    return entry.value("array").equals("True");
  }

  /**
   * Whether the server has no record of an ended task, and what it tells is of the array
   * (status_subjob of OpenPBS): with a history, of a task that was deleted before its start;
   * without one, of every task that has ended while others have not.
   */
  boolean isWithoutRecord() {
    return entry.value("comment").startsWith("Subjob ") && entry.value("exec_host").isEmpty();
  }

  /** Whether only the history still has it. */
  boolean isEnded() {
    return state() instanceof JobState.Ended;
  }

  String owner() {
    String owner = entry.value("Job_Owner");
    int at = owner.indexOf('@');
    return at < 0 ? owner : owner.substring(0, at);
  }

  Optional<String> tag() {
    String variables = "," + entry.value("Variable_List");
    int begin = variables.indexOf("," + TAG_VARIABLE + "=");
    if (begin < 0) {
      return Optional.empty();
    }
    int start = begin + TAG_VARIABLE.length() + 2;
    int end = variables.indexOf(',', start);
    String value = variables.substring(start, end < 0 ? variables.length() : end);
    return Optional.of(value.replace('+', ','));
  }

  /** A tag as the variable holds it: a comma would end it. */
  static String variable(String tag) {
    return tag.replace(',', '+');
  }

  JobSnapshot snapshot(JobId asked, String source) {
    return new JobSnapshot(
        asked,
        state(),
        source,
        text("Job_Name"),
        Optional.of(owner()).filter(owner -> !owner.isEmpty()),
        text("queue"),
        nodes(),
        time("ctime"),
        time("stime"),
        tag());
  }

  JobState state() {
    String word = entry.value("job_state");
    return switch (word) {
      case "Q", "T" -> alive(Phase.PENDING, word);
      case "W" -> alive(Phase.PENDING, word);
      case "H" -> held(word);
      case "R" -> alive(substate() == 41 ? Phase.STARTING : Phase.RUNNING, word);
      case "B" -> alive(Phase.RUNNING, word);
      case "S", "U" -> alive(Phase.SUSPENDED, word);
      case "E" -> alive(Phase.COMPLETING, word);
      case "F", "X" -> ended(word);
      default -> alive(Phase.UNKNOWN, word);
    };
  }

  private JobState alive(Phase phase, String word) {
    return new JobState.Alive(phase, word, reason());
  }

  /** A job that waits for others is held by the system; nobody needs to release it. */
  private JobState held(String word) {
    boolean waits = entry.value("Hold_Types").equals("s") && !entry.value("depend").isEmpty();
    return waits
        ? new JobState.Alive(Phase.PENDING, word, "waits for " + entry.value("depend"))
        : alive(Phase.HELD, word);
  }

  private String reason() {
    String comment = entry.value("comment").strip();
    boolean started =
        comment.startsWith("Job run at ") || comment.startsWith("Job Array Began at ");
    if (started && !comment.contains(" and ")) {
      // Nothing but the time and the nodes.
      return "";
    }
    return comment.startsWith("Not Running: ") ? comment.substring(13) : comment;
  }

  private int substate() {
    return (int) PbsValues.digits(entry.value("substate")).orElse(0);
  }

  private JobState ended(String word) {
    if (isWithoutRecord()) {
      return new JobState.Ended(
          Outcome.CANCELLED, word, OptionalInt.empty(), OptionalInt.empty(), endTime());
    }
    String status = entry.value("Exit_status");
    OptionalInt exit = OptionalInt.empty();
    OptionalInt signal = OptionalInt.empty();
    Outcome outcome;
    boolean negative = status.startsWith("-");
    OptionalLong number = PbsValues.digits(negative ? status.substring(1) : status);
    if (number.isEmpty()) {
      outcome = withoutStatus();
    } else if (negative) {
      outcome = byPbs(number.getAsLong());
    } else if (number.getAsLong() == FORCED && isWithoutObituary()) {
      outcome = Outcome.NODE_FAILED;
    } else if (number.getAsLong() > 256) {
      signal = OptionalInt.of((int) number.getAsLong() - 256);
      // qdel ends a running job by TERM: 256 + 15 (recording state-cancelled-running-final).
      boolean deleted = number.getAsLong() == 271 || substate() == DELETED;
      outcome = deleted ? Outcome.CANCELLED : Outcome.FAILED;
    } else {
      exit = OptionalInt.of((int) number.getAsLong());
      outcome = number.getAsLong() == 0 ? success() : Outcome.FAILED;
      // A shell may end well, or with a code of its own, by the signal of qdel.
      outcome = substate() == DELETED ? Outcome.CANCELLED : outcome;
      if (outcome == Outcome.CANCELLED || (outcome == Outcome.FAILED && exit.getAsInt() == 0)) {
        exit = OptionalInt.empty();
      }
    }
    return new JobState.Ended(outcome, word, exit, signal, endTime());
  }

  /**
   * Deleted after its start, and its node never said that it ended: nothing was staged out
   * (recording state-forced-by-manager).
   */
  private boolean isWithoutObituary() {
    return substate() == DELETED
        && !entry.value("exec_host").isEmpty()
        && entry.value("Stageout_status").isEmpty();
  }

  /** An array says what the last of its tasks did; its substate tells of all of them. */
  private Outcome success() {
    return substate() == FAILED ? Outcome.FAILED : Outcome.SUCCEEDED;
  }

  /**
   * Deleted, or a dependency that can never hold. One that had started was removed by force, and
   * may still run on its node (recording momdown-qstat-xf3).
   */
  private Outcome withoutStatus() {
    if (hasStarted()) {
      return Outcome.NODE_FAILED;
    }
    return substate() == DELETED || substate() == NEVER_SATISFIED
        ? Outcome.CANCELLED
        : Outcome.FAILED;
  }

  /** A job that was put back has no nodes any more, and has been run all the same. */
  private boolean hasStarted() {
    boolean run = PbsValues.digits(entry.value("run_count")).orElse(0) > 0;
    return !isArray()
        && (run || !entry.value("exec_host").isEmpty() || !entry.value("stime").isEmpty());
  }

  /**
   * Negative statuses are PBS's own (job.h of OpenPBS). A job that is put back because its node was
   * lost keeps that status until it runs again (recording state-put-back-and-deleted).
   */
  private Outcome byPbs(long status) {
    return switch ((int) status) {
      case 14, 20 -> Outcome.NODE_FAILED;
      case 29 -> Outcome.TIMED_OUT;
      case 26, 27 -> Outcome.OUT_OF_MEMORY;
      default -> substate() == DELETED ? Outcome.CANCELLED : Outcome.FAILED;
    };
  }

  private Optional<Instant> endTime() {
    Optional<Instant> obituary = time("obittime");
    if (obituary.isPresent()) {
      return obituary;
    }
    OptionalLong history = PbsValues.digits(entry.value("history_timestamp"));
    return history.isPresent()
        ? Optional.of(Instant.ofEpochSecond(history.getAsLong()))
        : time("mtime");
  }

  private Optional<String> text(String name) {
    return Optional.of(entry.value(name)).filter(value -> !value.isEmpty());
  }

  private List<String> nodes() {
    List<String> nodes = new ArrayList<>();
    for (String part : entry.value("exec_host").split("\\+", -1)) {
      int slash = part.indexOf('/');
      String node = slash < 0 ? part : part.substring(0, slash);
      if (!node.isEmpty() && !nodes.contains(node)) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** As ctime(3) writes it, in the zone that the commands are given: UTC. */
  private Optional<Instant> time(String name) {
    String text = entry.value(name).strip().replaceAll(" +", " ");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
