package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.launch.RunRecords;
import org.condatainer.launch.RunTag;

/** Jobs as JSON: ids as text, times in ISO 8601. */
final class JobJson {
  /**
   * A job and the scheduler that spoke of it.
   *
   * @param scheduler the scheduler's id
   */
  record Listed(String scheduler, JobSnapshot job) {}

  private final RunRecords records;

  JobJson(RunRecords records) {
    this.records = records;
  }

  String write(List<Listed> jobs) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartArray();
      for (Listed listed : jobs) {
        out.writeStartObject();
        out.writeStringField("scheduler", listed.scheduler());
        job(listed.job(), out);
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private void job(JobSnapshot job, JsonGenerator out) throws IOException {
    out.writeStringField("jobId", job.id().value());
    if (!job.id().cluster().isEmpty()) {
      out.writeStringField("cluster", job.id().cluster());
    }
    state(job.state(), out);
    out.writeStringField("source", job.source());
    text("name", job.name(), out);
    text("owner", job.owner(), out);
    text("queue", job.queue(), out);
    out.writeArrayFieldStart("nodes");
    for (String node : job.nodes()) {
      out.writeString(node);
    }
    out.writeEndArray();
    text("submitted", job.submitted().map(Instant::toString), out);
    text("started", job.started().map(Instant::toString), out);
    overlays(job, out);
  }

  private static void state(JobState state, JsonGenerator out) throws IOException {
    if (state instanceof JobState.Alive alive) {
      out.writeStringField("state", "alive");
      out.writeStringField("phase", lower(alive.phase()));
      out.writeStringField("word", alive.word());
      if (!alive.reason().isEmpty()) {
        out.writeStringField("reason", alive.reason());
      }
    } else if (state instanceof JobState.Ended ended) {
      out.writeStringField("state", "ended");
      out.writeStringField("outcome", lower(ended.outcome()));
      out.writeStringField("word", ended.word());
      number("exitCode", ended.exitCode(), out);
      number("signal", ended.signal(), out);
      text("ended", ended.endTime().map(Instant::toString), out);
    } else if (state instanceof JobState.Absent absent) {
      out.writeStringField("state", "absent");
      out.writeStringField("reason", absent.where());
    } else if (state instanceof JobState.Unavailable unavailable) {
      out.writeStringField("state", "unavailable");
      out.writeStringField("reason", unavailable.why());
    }
  }

  private void overlays(JobSnapshot job, JsonGenerator out) throws IOException {
    Optional<RunTag> tag = job.tag().flatMap(RunTag::in);
    if (tag.isEmpty()) {
      return;
    }
    out.writeStringField("runId", tag.get().runId());
    out.writeArrayFieldStart("overlays");
    for (RunTag.Mark mark : tag.get().overlays()) {
      out.writeStartObject();
      text("path", records.overlay(tag.get(), mark).map(Object::toString), out);
      out.writeStringField("hash", mark.hash());
      out.writeBooleanField("writable", mark.writable());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void text(String name, Optional<String> value, JsonGenerator out)
      throws IOException {
    if (value.isPresent()) {
      out.writeStringField(name, value.get());
    }
  }

  private static void number(String name, OptionalInt value, JsonGenerator out) throws IOException {
    if (value.isPresent()) {
      out.writeNumberField(name, value.getAsInt());
    }
  }
}
