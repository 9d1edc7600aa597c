package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.JobId;
import org.condatainer.script.Diagnostic;
import org.condatainer.translation.TranslationJson;

/**
 * Plans as JSON: camel case, ids as text, sizes in {@code …Bytes}, durations in {@code …Seconds}.
 */
public final class PlanJson {
  private PlanJson() {}

  /**
   * The whole plan, for {@code run --dry-run --json}. A script with bytes that are not UTF-8 is
   * there a second time, as {@code scriptBase64}, since text loses them.
   */
  public static String write(Plan plan) {
    return json(
        out -> {
          head(plan, out);
          out.writeFieldName("request");
          RequestJson.write(plan.request(), out);
          overlays(plan.overlays(), out);
          script("script", plan.script().bytes(), out);
          if (plan.rankScript().isPresent()) {
            script("rankScript", plan.rankScript().get().bytes(), out);
          }
          report(plan, out);
        });
  }

  /** What was submitted, for {@code run --json}. */
  public static String writeSubmitted(Plan plan, JobId id) {
    return json(out -> submitted(plan, id, out));
  }

  /**
   * What was submitted, for the run's record.
   *
   * @param clusterName the cluster's own name for itself, empty if it is not known
   */
  static String writeRecord(Plan plan, JobId id, String clusterName) {
    return json(
        out -> {
          if (!clusterName.isEmpty()) {
            out.writeStringField("clusterName", clusterName);
          }
          submitted(plan, id, out);
        });
  }

  private static void submitted(Plan plan, JobId id, JsonGenerator out) throws IOException {
    out.writeStringField("jobId", id.value());
    if (!id.cluster().isEmpty()) {
      out.writeStringField("cluster", id.cluster());
    }
    head(plan, out);
    overlays(plan.overlays(), out);
    report(plan, out);
  }

  private interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  private static String json(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void head(Plan plan, JsonGenerator out) throws IOException {
    out.writeStringField("runId", plan.runId());
    out.writeStringField("scheduler", plan.scheduler());
    out.writeStringField("runtime", plan.script().runtime().name());
    out.writeStringField("tag", plan.tag());
    if (plan.destination() instanceof Plan.Scheduled scheduled) {
      texts("submitOptions", scheduled.options(), out);
      out.writeStringField("workingDirectory", scheduled.workingDirectory().toString());
    }
  }

  private static void script(String name, byte[] bytes, JsonGenerator out) throws IOException {
    String text = new String(bytes, UTF_8);
    out.writeStringField(name, text);
    if (!Arrays.equals(text.getBytes(UTF_8), bytes)) {
      out.writeBinaryField(name + "Base64", bytes);
    }
  }

  private static void overlays(List<MountedOverlay> overlays, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart("overlays");
    for (MountedOverlay overlay : overlays) {
      out.writeStartObject();
      out.writeStringField("path", overlay.path().toString());
      out.writeStringField(
          "format", overlay.format() == MountedOverlay.Format.EXT3 ? "ext3" : "squashfs");
      out.writeBooleanField("writable", overlay.writable());
      if (!overlay.uuid().isEmpty()) {
        out.writeStringField("uuid", overlay.uuid());
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void report(Plan plan, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("report");
    for (Diagnostic diagnostic : plan.report()) {
      out.writeStartObject();
      out.writeStringField("severity", diagnostic.severity().name().toLowerCase(Locale.ROOT));
      if (diagnostic.line() > 0) {
        out.writeNumberField("line", diagnostic.line());
      }
      if (diagnostic.column() > 0) {
        out.writeNumberField("column", diagnostic.column());
      }
      out.writeStringField("message", diagnostic.message());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (plan.translation().isPresent()) {
      TranslationJson.report(plan.translation().get().report(), "translation", out);
    }
    texts("notes", plan.notes(), out);
  }

  private static void texts(String name, List<String> values, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }
}
