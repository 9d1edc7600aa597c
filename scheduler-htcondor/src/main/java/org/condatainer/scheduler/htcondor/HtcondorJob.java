package org.condatainer.scheduler.htcondor;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;

/**
 * A process as {@code condor_q} or {@code condor_history} describes it (manual, "Job ClassAd
 * Attributes").
 *
 * @param ad its attributes by their names in lower case
 * @param history whether it has left the queue
 */
record HtcondorJob(Map<String, String> ad, boolean history) {
  static final String TAG = "CondatainerTag";

  /** The index of an array's task, as it was asked for. */
  static final String INDEX = "CondatainerIndex";

  /** The number of a task below a DAG of ours, where every task has a cluster of its own. */
  static final String TASK = "CondatainerTask";

  /** The seconds after which a run of ours is removed. */
  static final String WALLTIME = "CondatainerWalltime";

  /** When the program was started, in seconds of the epoch. */
  static final String EXECUTING = "JobCurrentStartExecutingDate";

  /** Of a cluster whose processes come to the queue one after the other: max_materialize. */
  static final String LATE = "JobMaterializeLimit";

  static final List<String> ATTRIBUTES =
      List.of(
          "ClusterId",
          "ProcId",
          "JobStatus",
          "JobUniverse",
          "ExitCode",
          "ExitBySignal",
          "ExitSignal",
          "HoldReason",
          "HoldReasonCode",
          "RemoveReason",
          "Owner",
          "JobBatchName",
          "JobDescription",
          "AccountingGroup",
          "QDate",
          "JobStartDate",
          "JobCurrentStartDate",
          "CompletionDate",
          "EnteredCurrentStatus",
          "NumJobStarts",
          "RemoteHost",
          "LastRemoteHost",
          "TotalSubmitProcs",
          LATE,
          "DAGManJobId",
          TAG,
          INDEX,
          TASK,
          WALLTIME,
          EXECUTING);

  HtcondorJob {
    ad = Map.copyOf(ad);
    if (OptionalLong.empty().equals(number(ad, "clusterid"))
        || OptionalLong.empty().equals(number(ad, "procid"))) {
      throw new IllegalArgumentException("a job without ClusterId or ProcId");
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(ad.get(name.toLowerCase(Locale.ROOT)))
        .filter(value -> !value.isEmpty());
  }

  OptionalLong number(String name) {
    return number(ad, name.toLowerCase(Locale.ROOT));
  }

  private static OptionalLong number(Map<String, String> ad, String name) {
    String value = ad.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    int dot = value.indexOf('.');
    return SubmitNumbers.digits(dot < 0 ? value : value.substring(0, dot));
  }

  /** The cluster or DAG under which the user knows it. */
  long base() {
    return isOurs() ? number("DAGManJobId").orElseThrow() : number("ClusterId").orElseThrow();
  }

  /** The number of its task there. */
  long task() {
    return isOurs() ? number(TASK).orElseThrow() : number("ProcId").orElseThrow();
  }

  /** Whether it is a task below a DAG that was made here. */
  private boolean isOurs() {
    return number("DAGManJobId").isPresent() && number(TASK).isPresent();
  }

  /** Whether this is DAGMan itself, which waits for others and then submits the tasks. */
  boolean isDag() {
    return number("JobUniverse").orElse(0) == 7;
  }

  /** The id that names just this process in commands. */
  String processId() {
    return number("ClusterId").orElseThrow() + "." + number("ProcId").orElseThrow();
  }

  /** Every id that names it, or a whole of which it is a part. */
  Set<String> names() {
    // The last two are the first two again where it is no task of ours.
    return Set.copyOf(
        List.of(
            Long.toString(number("ClusterId").orElseThrow()),
            processId(),
            Long.toString(base()),
            base() + "." + task()));
  }

  /** The id under which it is listed: a job of one process by its cluster. */
  JobId id() {
    boolean task = number(INDEX).isPresent() || number("TotalSubmitProcs").orElse(1) > 1;
    return JobId.of(task && !isDag() ? base() + "." + task() : Long.toString(base()));
  }

  String word() {
    String status = text("JobStatus").orElse("");
    return switch (status) {
      case "1" -> "Idle";
      case "2" -> "Running";
      case "3" -> "Removed";
      case "4" -> "Completed";
      case "5" -> "Held";
      case "6" -> "TransferringOutput";
      case "7" -> "Suspended";
      default -> status.isEmpty() ? "no JobStatus" : "JobStatus " + status;
    };
  }

  JobState state() {
    String word = word();
    return switch (word) {
      case "Idle" ->
          alive(number("NumJobStarts").orElse(0) > 0 ? Phase.REQUEUED : Phase.PENDING, word);
      case "Running" -> alive(Phase.RUNNING, word);
      case "Held" -> new JobState.Alive(Phase.HELD, word, held());
      case "TransferringOutput" -> alive(Phase.COMPLETING, word);
      case "Suspended" -> alive(Phase.SUSPENDED, word);
      // What is removed stays in the queue until its processes are gone.
      case "Removed" -> history ? removed(word) : alive(Phase.COMPLETING, word);
      case "Completed" -> completed(word);
      default -> alive(Phase.UNKNOWN, word);
    };
  }

  private static JobState alive(Phase phase, String word) {
    return new JobState.Alive(phase, word, "");
  }

  /** Failures are held here: the program cannot be started, an output file not be opened. */
  private String held() {
    return text("HoldReason").orElse("")
        + text("HoldReasonCode").map(code -> " (HoldReasonCode " + code + ")").orElse("");
  }

  private JobState removed(String word) {
    Outcome outcome = isBeyondWalltime() ? Outcome.TIMED_OUT : Outcome.CANCELLED;
    // Removed by force (condor_rm -forcex): it has left the queue, and its slot was never given
    // back; its processes may go on there (HTCondor 23.9: RemoteHost stays, not LastRemoteHost).
    if (text("RemoteHost").isPresent()) {
      outcome = Outcome.NODE_FAILED;
    }
    return new JobState.Ended(outcome, word, OptionalInt.empty(), OptionalInt.empty(), ended());
  }

  /** A job that somebody removed has another reason, one of another policy was removed earlier. */
  private boolean isBeyondWalltime() {
    OptionalLong limit = number(WALLTIME);
    OptionalLong from = number(EXECUTING);
    OptionalLong to = number("EnteredCurrentStatus");
    return limit.isPresent()
        && from.isPresent()
        && to.isPresent()
        && to.getAsLong() - from.getAsLong() >= limit.getAsLong()
        && text("RemoveReason").orElse("").contains("PeriodicRemove expression");
  }

  private JobState completed(String word) {
    boolean signalled = text("ExitBySignal").orElse("false").equals("true");
    OptionalInt signal = signalled ? small("ExitSignal") : OptionalInt.empty();
    OptionalInt code = signalled ? OptionalInt.empty() : small("ExitCode");
    boolean good = !signalled && code.isPresent() && code.getAsInt() == 0;
    return new JobState.Ended(
        good ? Outcome.SUCCEEDED : Outcome.FAILED, word, code, signal, ended());
  }

  private OptionalInt small(String name) {
    OptionalLong value = number(name);
    return value.isPresent() && value.getAsLong() <= Integer.MAX_VALUE
        ? OptionalInt.of((int) value.getAsLong())
        : OptionalInt.empty();
  }

  private Optional<Instant> ended() {
    return time("CompletionDate").or(() -> time("EnteredCurrentStatus"));
  }

  private Optional<Instant> time(String name) {
    OptionalLong seconds = number(name);
    return seconds.isPresent() && seconds.getAsLong() > 0 && seconds.getAsLong() < 1L << 40
        ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
        : Optional.empty();
  }

  JobSnapshot snapshot(JobId asked, JobState state) {
    Optional<String> host = text("RemoteHost").or(() -> text("LastRemoteHost"));
    boolean waits = state instanceof JobState.Alive alive && alive.phase() == Phase.PENDING;
    Optional<String> tag = text(TAG);
    Optional<String> comment = text("JobDescription");
    if (tag.isPresent() && comment.isPresent()) {
      tag = Optional.of(comment.get() + " " + tag.get());
    }
    return new JobSnapshot(
        asked,
        state,
        history ? "condor_history" : "condor_q",
        text("JobBatchName"),
        text("Owner"),
        Optional.empty(),
        waits || isDag()
            ? List.of()
            : host.map(HtcondorJob::machine).map(List::of).orElse(List.of()),
        time("QDate"),
        isDag() ? Optional.empty() : time("JobCurrentStartDate").or(() -> time("JobStartDate")),
        tag);
  }

  /** {@code slot1_2@n1@host} is a slot of the startd {@code n1@host}. */
  static String machine(String slot) {
    int at = slot.indexOf('@');
    return slot.startsWith("slot") && at >= 0 ? slot.substring(at + 1) : slot;
  }
}
