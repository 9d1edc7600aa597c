package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/**
 * What a run's record says of its job, and whether a scheduler's word is about that job and tells
 * its end: a home folder may be shared by several clusters, each of which counts its jobs for
 * itself, and ids are used again.
 *
 * @param runId the run's id, which is its folder's name
 * @param scheduler the scheduler's id
 * @param job the job
 * @param clusterName the cluster's own name for itself, empty if it has none or could not be asked
 */
record SubmittedRun(String runId, String scheduler, JobId job, String clusterName) {
  /** For how long a record is kept, and kept after its job's end where that is told. */
  static final Duration KEPT = Duration.ofDays(7);

  /** A submit waits for a busy server, and clocks differ. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  private static final Duration LATE = Duration.ofMinutes(30);

  private static final int TIME_LENGTH = "20261231-235959".length();

  SubmittedRun {
    requireNonNull(runId, "runId is null");
    requireNonNull(scheduler, "scheduler is null");
    requireNonNull(job, "job is null");
    requireNonNull(clusterName, "clusterName is null");
  }

  /** When a run was planned, by its id; empty if the word is no run's id. */
  static Optional<Instant> planned(String runId) {
    if (!runId.matches("\\d{8}-\\d{6}-[0-9a-z]+")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDateTime.parse(
                  runId.substring(0, TIME_LENGTH), DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss"))
              .toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a description.
   *
   * @return empty if it is not that of a submitted run of this id
   * @throws IOException if it cannot be read or is no JSON
   */
  static Optional<SubmittedRun> read(String runId, InputStream description) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(description)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == 1 && token == JsonToken.VALUE_STRING) {
          values.put(parser.currentName(), parser.getText());
        }
      }
    }
    String job = values.getOrDefault("jobId", "");
    if (job.isBlank() || !runId.equals(values.get("runId"))) {
      return Optional.empty();
    }
    return Optional.of(
        new SubmittedRun(
            runId,
            values.getOrDefault("scheduler", ""),
            new JobId(job, values.getOrDefault("cluster", "")),
            values.getOrDefault("clusterName", "")));
  }

  /**
   * Whether its job has ended long enough ago, by what a source that knows it says.
   *
   * @param user who asks, and whose record it is
   */
  boolean isLongEnded(JobSnapshot said, String user, Instant now) {
    return said.state() instanceof JobState.Ended ended
        && isOwn(said, user)
        && ended.endTime().map(end -> end.plus(KEPT).isBefore(now)).orElse(true);
  }

  /** The tag tells it; what knows of no tags tells the time of the submit. */
  private boolean isOwn(JobSnapshot said, String user) {
    Optional<RunTag> tag = said.tag().flatMap(RunTag::in);
    if (tag.isPresent()) {
      return tag.get().runId().equals(runId);
    }
    Optional<Instant> planned = planned(runId);
    return said.owner().filter(user::equals).isPresent()
        && planned.isPresent()
        && said.submitted().isPresent()
        && said.submitted().get().isAfter(planned.get().minus(EARLY))
        && said.submitted().get().isBefore(planned.get().plus(LATE));
  }

  /**
   * Whether both the queue and the history answered, and neither knows the job: whose user it is
   * sees it in both, if it is there. Whether they are those of its cluster is told by {@link
   * #isOf}.
   *
   * @param history whether the scheduler keeps ended jobs
   */
  static boolean isForgotten(JobSnapshot said, boolean history) {
    return history && said.state() instanceof JobState.Absent && said.source().indexOf(',') >= 0;
  }

  /** Whether the cluster that answers is surely the one that took the job. */
  boolean isOf(String answeringCluster) {
    return !clusterName.isEmpty() && clusterName.equals(answeringCluster);
  }
}
