package org.condatainer.lock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.condatainer.lock.Verdict.Ruling;

/** Writes reports as JSON; the form is a list, one object an image. */
public final class LockJson {
  private LockJson() {}

  public static String write(List<LockReport> reports) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.setPrettyPrinter(new DefaultPrettyPrinter());
      out.writeStartArray();
      for (LockReport report : reports) {
        write(report, out);
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(LockReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("image", report.evidence().image().toString());
    out.writeStringField("verdict", report.verdict().state().word());
    if (report.verdict().mode().isPresent()) {
      boolean write = report.verdict().mode().get() == LockMode.WRITE;
      out.writeStringField("mode", write ? "write" : "read");
    }
    out.writeArrayFieldStart("proof");
    for (Ruling ruling : report.verdict().proof()) {
      out.writeStartObject();
      out.writeNumberField("rule", ruling.rule().number());
      out.writeStringField("text", ruling.rule().text());
      out.writeStringField("detail", ruling.detail());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("holders");
    for (Holder holder : report.holders()) {
      write(holder, out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("evidence");
    for (EvidenceLine line : report.table()) {
      out.writeStartObject();
      out.writeStringField("source", line.source());
      out.writeBooleanField("answered", line.answered());
      out.writeStringField("says", line.says());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (report.note().isPresent()) {
      out.writeStringField("note", report.note().get());
    }
    out.writeStringField("next", report.next());
    out.writeEndObject();
  }

  private static void write(Holder holder, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("user", holder.user());
    out.writeStringField("host", holder.host());
    if (holder.pid().isPresent()) {
      out.writeStringField("pid", Long.toString(holder.pid().getAsLong()));
    }
    out.writeStringField("command", holder.command());
    if (holder.since().isPresent()) {
      out.writeStringField("since", holder.since().get().toString());
    }
    out.writeStringField("condition", holder.condition());
    if (holder.job().isPresent()) {
      HolderJob job = holder.job().get();
      out.writeStringField("scheduler", job.scheduler());
      out.writeStringField("jobId", job.id().value());
      out.writeStringField("cluster", job.id().cluster());
      out.writeStringField("jobName", holder.jobName());
      out.writeStringField("jobState", holder.jobState());
      out.writeArrayFieldStart("nodes");
      for (String node : holder.nodes()) {
        out.writeString(node);
      }
      out.writeEndArray();
    }
    out.writeEndObject();
  }
}
