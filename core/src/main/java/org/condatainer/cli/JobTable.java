package org.condatainer.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.launch.RunRecords;
import org.condatainer.launch.RunTag;

/** Jobs as a table for people. */
final class JobTable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  /** Shorter words of schedulers do not say how a job ended: PBS's F, LSF's EXIT. */
  private static final int SPEAKING = 5;

  private final RunRecords records;
  private final List<List<String>> rows = new ArrayList<>();

  private final boolean ofSeveral;

  /**
   * @param ofSeveral whether each job's scheduler is shown
   */
  JobTable(RunRecords records, boolean ofSeveral) {
    this.records = records;
    this.ofSeveral = ofSeveral;
    row("SCHEDULER", List.of("JOB", "NAME", "STATE", "QUEUE", "NODES", "SUBMITTED", "OVERLAYS"));
  }

  private void row(String scheduler, List<String> cells) {
    List<String> row = new ArrayList<>(cells);
    if (ofSeveral) {
      row.add(0, scheduler);
    }
    rows.add(row);
  }

  void add(JobJson.Listed listed) {
    JobSnapshot job = listed.job();
    row(
        listed.scheduler(),
        List.of(
            job.id().toString(),
            job.name().orElse("-"),
            state(job.state()),
            job.queue().orElse("-"),
            job.nodes().isEmpty() ? "-" : String.join(",", job.nodes()),
            time(job.submitted()),
            overlays(job)));
  }

  List<String> lines() {
    return TextTable.of(rows);
  }

  /** The scheduler's own word, and what it means where that says more. */
  static String state(JobState state) {
    if (state instanceof JobState.Alive alive) {
      return alive.word() + (alive.reason().isEmpty() ? "" : " (" + alive.reason() + ")");
    }
    if (state instanceof JobState.Ended ended) {
      StringBuilder text = new StringBuilder(ended.word());
      boolean plain =
          ended.outcome() == Outcome.SUCCEEDED
              || (ended.outcome() == Outcome.FAILED && ended.exitCode().isPresent());
      if (!plain && ended.word().length() < SPEAKING) {
        text.append(", ").append(ended.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
      if (ended.signal().isPresent()) {
        text.append(", signal ").append(ended.signal().getAsInt());
      } else if (ended.exitCode().isPresent()) {
        text.append(", exit code ").append(ended.exitCode().getAsInt());
      }
      return text.append(ended.endTime().map(time -> ", " + TIME.format(time)).orElse(""))
          .toString();
    }
    return state instanceof JobState.Absent ? "not known" : "could not be asked";
  }

  private static String time(Optional<Instant> time) {
    return time.map(moment -> TIME.format(moment.truncatedTo(ChronoUnit.MINUTES))).orElse("-");
  }

  private String overlays(JobSnapshot job) {
    Optional<RunTag> tag = job.tag().flatMap(RunTag::in);
    if (tag.isEmpty() || tag.get().overlays().isEmpty()) {
      return "-";
    }
    List<String> names = new ArrayList<>();
    for (RunTag.Mark mark : tag.get().overlays()) {
      String path =
          records.overlay(tag.get(), mark).map(Object::toString).orElse("#" + mark.hash());
      names.add(path + (mark.writable() ? " (writable)" : ""));
    }
    return String.join(", ", names);
  }
}
