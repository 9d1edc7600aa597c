package org.condatainer.scheduler.lsf;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.condatainer.job.JobState;

/**
 * Jobs as {@code bjobs -UF} and {@code bhist -l} tell of them: a line with names and states, and a
 * line for each event. Values may hold any character but a line feed, so only what stands at the
 * start of a line is believed, and a state only where its word is one of LSF's.
 */
final class JobHistory {
  /** bhist breaks lines at 80 columns, also in words, and indents the rest. */
  private static final String CONTINUED = "\n                     ";

  private static final Pattern EVENT =
      Pattern.compile(
          "^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?: \\d{4})?): (.*)$");
  private static final Pattern HEAD = Pattern.compile("^Job <(\\d{1,18}(?:\\[\\d{1,18}\\])?)>, ");
  private static final Pattern STATUS =
      Pattern.compile(">, Status <([A-Z_]{2,12})>, Queue <([^>]*)>");

  /** A job that was given no name has none here. */
  private static final Pattern USER =
      Pattern.compile("^Job <[^>]*>(?:, Job Name <(.*?)>)?, User <([^<>]+)>, [A-Z]");

  private static final Pattern CODE = Pattern.compile("^Exited with exit code (\\d{1,9})\\.");
  private static final Pattern SIGNAL = Pattern.compile("^Exited by signal (\\d{1,3})\\.");
  private static final Pattern REASON = Pattern.compile("\\b(TERM_[A-Z_]+)\\b");

  /** Before what happened to an element of an array. */
  private static final Pattern INDEX = Pattern.compile("^\\[\\d{1,18}\\] ");

  private static final Pattern HOST = Pattern.compile("<(?:\\d+\\*)?([^<>]+)>");
  private static final Pattern LIMIT = Pattern.compile("^ (\\d{1,9})(?:\\.\\d+)? min");

  /** The beginning of the line between two jobs. */
  private static final String RULE = "--------";

  private static final int SIGUSR2_CODE = 140;
  private static final int SIGKILL_CODE = 137;

  private final String head;
  private final String id;
  private final Instant now;
  private final Set<String> hosts = new LinkedHashSet<>();
  private Optional<Instant> submitted = Optional.empty();
  private Optional<Instant> started = Optional.empty();
  private Optional<Instant> end = Optional.empty();
  private Optional<Duration> limit = Optional.empty();
  private OptionalInt code = OptionalInt.empty();
  private OptionalInt signal = OptionalInt.empty();
  private String reason = "";
  private String pending = "";
  private String last = "";
  private boolean done;
  private boolean ended;
  private boolean killed;
  private boolean seen;

  private JobHistory(String id, String head, Instant now) {
    this.id = id;
    this.head = head;
    this.now = now;
  }

  /**
   * Whether an answer goes to its end: the last job has the lines that end one (recorded; IBM's
   * manual has them without the blank), and no rule announces another.
   */
  static boolean isWhole(String text) {
    int last = text.lastIndexOf("\nJob <");
    boolean none = last < 0 && !text.startsWith("Job <");
    return !text.strip().endsWith(RULE)
        && (none
            || text.indexOf("\n SCHEDULING PARAMETERS:", last) > 0
            || text.indexOf("\nSCHEDULING PARAMETERS:", last) > 0
            || text.indexOf("\nSummary of time ", last) > 0);
  }

  /** The jobs of an answer, in its order. */
  static List<LsfJob> jobs(String text, Instant now) {
    List<LsfJob> jobs = new ArrayList<>();
    JobHistory current = null;
    for (String line : text.replace(CONTINUED, "").split("\n", -1)) {
      Matcher head = HEAD.matcher(line);
      if (head.find()) {
        if (current != null) {
          jobs.add(current.job());
        }
        current = new JobHistory(head.group(1), line, now);
      } else if (current != null) {
        current.line(line);
        if (line.startsWith(RULE)) {
          // What follows without a head is another job's.
          jobs.add(current.job());
          current = null;
        }
      }
    }
    if (current != null) {
      jobs.add(current.job());
    }
    return jobs;
  }

  private void line(String line) {
    Matcher event = EVENT.matcher(line);
    if (event.find()) {
      event(LsfTimes.read(event.group(1), now), event.group(2));
    } else if (last.strip().startsWith("RUNLIMIT")) {
      Matcher minutes = LIMIT.matcher(line);
      if (minutes.find()) {
        limit = Optional.of(Duration.ofMinutes(Long.parseLong(minutes.group(1))));
      }
    } else if (last.equals(" PENDING REASONS:") || last.equals(" SUSPENDING REASONS:")) {
      pending = line.strip().replaceAll(";$", "");
    }
    last = line;
  }

  private void event(Optional<Instant> time, String line) {
    String text = INDEX.matcher(line).replaceFirst("");
    if (text.startsWith("Submitted from ")) {
      submitted = time;
    } else if (text.startsWith("Started ")
        || text.startsWith("started ")
        || text.startsWith("Dispatched ")) {
      started = time;
      begin();
      hosts.clear();
      String list = text.substring(0, until(text, "Allocated", ", Execution", ";"));
      Matcher host = HOST.matcher(list);
      while (host.find()) {
        hosts.add(host.group(1));
      }
    } else if (text.startsWith("Requeued")
        || text.startsWith("Pending:")
        || text.startsWith("Exited; job will be requeued")
        || text.equals("Running;")) {
      begin();
    } else if (text.startsWith("Execution host unavailable;")
        || text.startsWith("Termination request issued; but unable to reach")) {
      // volclava calls such a job EXIT: it is out of the queue, and its host was not told.
      ended = true;
      done = false;
      end = time;
      reason = "TERM_ZOMBIE";
      return;
    } else if (text.startsWith("sbatchd startup; kill ZOMBIE job")) {
      // A lost host came back, and has seen the end of what it had (mbd.job.c, statusJob): of the
      // job, unless that was started again elsewhere meanwhile (seen live).
      if (ended && reason.equals("TERM_ZOMBIE")) {
        seen = true;
        end = time;
        reason = "TERM_OWNER";
      }
    } else if (text.startsWith("Signal <KILL> requested")
        || text.startsWith("Termination request")) {
      killed = true;
    } else if (text.startsWith("Done successfully.")) {
      ended = true;
      done = true;
      end = time;
    } else if (text.startsWith("Exited")) {
      exited(time, text);
    } else if (text.startsWith("Completed <exit>")) {
      ended = true;
      end = time;
    }
    if (ended && !done) {
      Matcher term = REASON.matcher(text);
      if (term.find()) {
        reason = term.group(1);
      }
    }
  }

  private static int until(String text, String... ends) {
    int least = text.length();
    for (String one : ends) {
      int at = text.indexOf(one);
      least = at >= 0 ? Math.min(least, at) : least;
    }
    return least;
  }

  /** It runs, or will: what was told of an end before was not the last word. */
  private void begin() {
    ended = false;
    done = false;
    killed = false;
    seen = false;
    code = OptionalInt.empty();
    signal = OptionalInt.empty();
    end = Optional.empty();
    reason = "";
  }

  private void exited(Optional<Instant> time, String text) {
    Matcher exit = CODE.matcher(text);
    Matcher bySignal = SIGNAL.matcher(text);
    String plain = text.strip();
    if (exit.find()) {
      code = OptionalInt.of(Integer.parseInt(exit.group(1)));
    } else if (bySignal.find()) {
      signal = OptionalInt.of(Integer.parseInt(bySignal.group(1)));
    } else if (!(plain.equals("Exited")
        || plain.startsWith("Exited The CPU time")
        || plain.startsWith("Exited;")
        || plain.startsWith("Exited."))) {
      return;
    }
    ended = true;
    done = false;
    end = time;
    if (plain.contains("job has been forced to exit")) {
      reason = "TERM_REMOVE_HUNG_JOB";
    }
  }

  private LsfJob job() {
    Matcher status = STATUS.matcher(head);
    boolean hasStatus = status.find();
    Matcher user = USER.matcher(head);
    boolean named = user.find();
    Optional<String> word = hasStatus ? Optional.of(status.group(1)) : Optional.empty();
    return new LsfJob(
        id,
        state(word),
        named ? Optional.ofNullable(user.group(1)) : Optional.empty(),
        named ? Optional.of(user.group(2)) : Optional.empty(),
        hasStatus ? Optional.of(status.group(2)) : Optional.empty(),
        List.copyOf(hosts),
        submitted,
        started,
        description());
  }

  /** bhist has no word of a state: there, only an event tells of the end. */
  private JobState state(Optional<String> word) {
    boolean saysEnded = word.isEmpty() || word.get().equals("EXIT") || word.get().equals("DONE");
    if (!saysEnded) {
      return LsfStates.state(
          word.get(), pending, OptionalInt.empty(), OptionalInt.empty(), false, end);
    }
    if (!ended) {
      return word.isPresent()
          ? LsfStates.state(word.get(), "", code, signal, true, end)
          : new JobState.Alive(JobState.Phase.UNKNOWN, "no end is recorded", "");
    }
    if (done) {
      return LsfStates.state("DONE", "", OptionalInt.empty(), OptionalInt.empty(), false, end);
    }
    boolean unseen = started.isPresent() && !seen && code.isEmpty() && signal.isEmpty();
    String why = reason.isEmpty() && killed && !unseen ? "TERM_OWNER" : reason;
    why = why.isEmpty() && ranToItsLimit() ? "TERM_RUNLIMIT" : why;
    return LsfStates.state("EXIT", why, code, signal, unseen, end);
  }

  /** volclava gives no reason for the end of a job that ran too long: SIGUSR2, then SIGKILL. */
  private boolean ranToItsLimit() {
    int exit = code.orElse(0);
    return (exit == SIGUSR2_CODE || exit == SIGKILL_CODE)
        && limit.isPresent()
        && started.isPresent()
        && end.isPresent()
        && Duration.between(started.get(), end.get()).compareTo(limit.get()) >= 0;
  }

  /** It is the last of the line, after a command that may hold anything. */
  private Optional<String> description() {
    String mark = ", Job Description <";
    int start = head.lastIndexOf(mark);
    int stop = head.lastIndexOf('>');
    return start < 0 || stop < start + mark.length()
        ? Optional.empty()
        : Optional.of(head.substring(start + mark.length(), stop));
  }
}
