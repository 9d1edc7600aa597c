package org.condatainer.scheduler.lsf;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/**
 * A job, or an element of an array, as {@code bjobs} or {@code bhist} described it.
 *
 * @param id {@code 43}, {@code 43[3]}
 * @param state what is known of it
 * @param name its name
 * @param owner who submitted it
 * @param queue its queue
 * @param nodes the hosts that it has or had, each once
 * @param submitted when it was submitted
 * @param started when it was started
 * @param description the user's description and the tag; empty if the source does not tell
 */
record LsfJob(
    String id,
    JobState state,
    Optional<String> name,
    Optional<String> owner,
    Optional<String> queue,
    List<String> nodes,
    Optional<Instant> submitted,
    Optional<Instant> started,
    Optional<String> description) {
  /** The fields to ask every {@code bjobs -o} for; volclava knows no others that matter. */
  static final String OPEN_FIELDS =
      "jobid user stat queue exec_host job_name submit_time start_time finish_time";

  /** The fields of IBM's bjobs. */
  static final String IBM_FIELDS =
      OPEN_FIELDS + " jobindex exit_code exit_reason pend_reason job_description";

  LsfJob {
    nodes = List.copyOf(nodes);
  }

  /** The records of {@code bjobs -o … -json} that are jobs; those of unknown ids are left out. */
  static List<LsfJob> ofJson(String text, Instant now) {
    int open = text.indexOf('{');
    if (open < 0
        || !(Json.read(text.substring(open).strip()) instanceof Map<?, ?> document)
        || !document.containsKey("JOBS")) {
      throw new IllegalArgumentException("no list of jobs");
    }
    List<LsfJob> jobs = new ArrayList<>();
    Object records = document.get("RECORDS");
    List<?> all = records instanceof List<?> list ? list : List.of();
    if (!Integer.toString(all.size()).equals(document.get("JOBS"))) {
      throw new IllegalArgumentException(
          document.get("JOBS") + " jobs are announced and " + all.size() + " are there");
    }
    for (Object one : all) {
      if (one instanceof Map<?, ?> fields && fields.get("ERROR") == null) {
        jobs.add(ofRecord(fields, now));
      }
    }
    return jobs;
  }

  private static LsfJob ofRecord(Map<?, ?> fields, Instant now) {
    String written = field(fields, "JOBID").orElse("");
    String base = LsfIds.base(written);
    String word = field(fields, "STAT").orElse("");
    if (!LsfIds.isId(written) || word.isEmpty()) {
      throw new IllegalArgumentException("a record without a job id or a state");
    }
    Optional<String> name = field(fields, "JOB_NAME");
    if (name.isEmpty() && !fields.containsKey("JOBINDEX") && !fields.containsKey("JOB_NAME")) {
      throw new IllegalArgumentException("a record without a name or an index");
    }
    // volclava has no field for the index: it is in the name alone (recorded).
    Optional<String> index =
        fields.containsKey("JOBINDEX")
            ? field(fields, "JOBINDEX").filter(text -> !text.equals("0"))
            : name.flatMap(LsfIds::index);
    Optional<Instant> started = field(fields, "START_TIME").flatMap(t -> LsfTimes.read(t, now));
    Optional<Instant> end = field(fields, "FINISH_TIME").flatMap(t -> LsfTimes.read(t, now));
    boolean ended = word.equals("EXIT") || word.equals("DONE");
    List<String> hosts = hosts(field(fields, "EXEC_HOST").orElse(""));
    JobState state =
        LsfStates.state(
            word,
            field(fields, ended ? "EXIT_REASON" : "PEND_REASON").orElse(""),
            code(field(fields, "EXIT_CODE").orElse("")),
            OptionalInt.empty(),
            started.isPresent() || !hosts.isEmpty(),
            end);
    return new LsfJob(
        index.map(text -> base + "[" + text + "]").orElse(written),
        state,
        name,
        field(fields, "USER"),
        field(fields, "QUEUE"),
        hosts,
        field(fields, "SUBMIT_TIME").flatMap(t -> LsfTimes.read(t, now)),
        started,
        field(fields, "JOB_DESCRIPTION"));
  }

  private static Optional<String> field(Map<?, ?> fields, String name) {
    Object value = fields.get(name);
    return value instanceof String text && !text.isEmpty() && !text.equals("-")
        ? Optional.of(text)
        : Optional.empty();
  }

  private static OptionalInt code(String text) {
    return text.length() < 10 && LsfIds.isNumber(text)
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /**
   * {@code 4*hostA:2*hostB} and {@code hostA:hostA} name each host once. An element of an array
   * that was never started has {@code " - "} (seen on a live volclava).
   */
  static List<String> hosts(String text) {
    Set<String> hosts = new LinkedHashSet<>();
    for (String part : text.split(":", -1)) {
      String host = part.substring(part.indexOf('*') + 1).strip();
      if (!host.isEmpty() && !host.equals("-")) {
        hosts.add(host);
      }
    }
    return List.copyOf(hosts);
  }

  boolean isLiving() {
    return state instanceof JobState.Alive;
  }

  /** Whether it is known that it failed, and not how. */
  boolean lacksEnd() {
    return state instanceof JobState.Ended ended
        && ended.word().equals("EXIT")
        && ended.exitCode().isEmpty();
  }

  LsfJob withState(JobState value) {
    return new LsfJob(id, value, name, owner, queue, nodes, submitted, started, description);
  }

  /**
   * The same with what {@code bjobs -UF} tells more: whether a bracket at the end of the name is
   * that of an array, whether it was given a name (otherwise it is its command), seconds, every
   * host, the description, and on volclava why it waits.
   */
  LsfJob withDetails(LsfJob more) {
    boolean same =
        state instanceof JobState.Alive one
            && more.state instanceof JobState.Alive other
            && one.reason().isEmpty()
            && one.word().equals(other.word());
    return new LsfJob(
        more.id,
        same ? more.state : state,
        more.owner.isPresent() ? more.name : name,
        owner,
        queue,
        more.nodes.isEmpty() ? nodes : more.nodes,
        more.submitted.isPresent() ? more.submitted : submitted,
        more.started.isPresent() ? more.started : started,
        description.isPresent() ? description : more.description);
  }

  JobSnapshot snapshot(JobId asked, String source) {
    return new JobSnapshot(
        asked, state, source, name, owner, queue, nodes, submitted, started, description);
  }
}
