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
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.NativeOption;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
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
          request(plan.request(), out);
          overlays(plan.overlays(), out);
          script("script", plan.script().bytes(), out);
          if (plan.rankScript().isPresent()) {
            script("rankScript", plan.rankScript().get().bytes(), out);
          }
          report(plan, out);
        });
  }

  /** What was submitted, for {@code run --json} and the run's record. */
  public static String writeSubmitted(Plan plan, JobId id) {
    return json(
        out -> {
          out.writeStringField("jobId", id.value());
          if (!id.cluster().isEmpty()) {
            out.writeStringField("cluster", id.cluster());
          }
          head(plan, out);
          overlays(plan.overlays(), out);
          report(plan, out);
        });
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
      out.writeNumberField("line", diagnostic.line());
      out.writeNumberField("column", diagnostic.column());
      out.writeStringField("message", diagnostic.message());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (plan.translation().isPresent()) {
      TranslationJson.report(plan.translation().get().report(), "translation", out);
    }
    texts("notes", plan.notes(), out);
  }

  private static void request(JobRequest request, JsonGenerator out) throws IOException {
    out.writeStartObject();
    text("name", request.name(), out);
    text("queue", request.queue(), out);
    text("account", request.account(), out);
    text("qos", request.qos(), out);
    if (request.walltime().isPresent()) {
      if (request.walltime().get() instanceof Walltime.Limit limit) {
        out.writeNumberField("walltimeSeconds", limit.duration().toSeconds());
      } else {
        out.writeStringField("walltimeSeconds", "unlimited");
      }
    }
    out.writeFieldName("resources");
    resources(request.resources(), out);
    if (!request.furtherComponents().isEmpty()) {
      out.writeArrayFieldStart("furtherComponents");
      for (Resources component : request.furtherComponents()) {
        resources(component, out);
      }
      out.writeEndArray();
    }
    text("output", request.files().output(), out);
    text("error", request.files().error(), out);
    text("input", request.files().input(), out);
    text("workingDirectory", request.workingDirectory(), out);
    if (request.array().isPresent()) {
      array(request.array().get(), out);
    }
    dependencies(request.dependencies(), out);
    out.writeBooleanField("held", request.held());
    text("begin", request.begin().map(PlanJson::begin), out);
    if (request.requeue().isPresent()) {
      out.writeBooleanField("requeue", request.requeue().get());
    }
    text("comment", request.comment(), out);
    if (request.mail().isPresent()) {
      mail(request.mail().get(), out);
    }
    if (request.environment().isPresent()) {
      environment(request.environment().get(), out);
    }
    out.writeArrayFieldStart("nativeOptions");
    for (NativeOption option : request.nativeOptions()) {
      out.writeStartObject();
      out.writeStringField("name", option.name());
      text("value", option.value(), out);
      out.writeNumberField("line", option.line());
      out.writeNumberField("column", option.column());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** ISO 8601: a date and time, a time, or a duration. */
  private static String begin(BeginTime begin) {
    if (begin instanceof BeginTime.At at) {
      return at.time().toString();
    }
    return begin instanceof BeginTime.TimeOfDay clock
        ? clock.time().toString()
        : ((BeginTime.After) begin).delay().toString();
  }

  private static void mail(Mail mail, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("mail");
    out.writeArrayFieldStart("events");
    for (Mail.Event event : Mail.Event.values()) {
      if (mail.events().contains(event)) {
        out.writeString(camelCase(event.name()));
      }
    }
    out.writeEndArray();
    text("address", mail.address(), out);
    out.writeEndObject();
  }

  private static void environment(JobEnvironment environment, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("environment");
    out.writeStringField("inherited", camelCase(environment.inherited().name()));
    out.writeArrayFieldStart("variables");
    for (JobEnvironment.Variable variable : environment.variables()) {
      out.writeStartObject();
      out.writeStringField("name", variable.name());
      text("value", variable.value(), out);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void resources(Resources resources, JsonGenerator out) throws IOException {
    out.writeStartObject();
    if (resources.nodes().isPresent()) {
      out.writeStringField("nodes", resources.nodes().get().toString());
    }
    number("tasks", resources.tasks(), out);
    number("tasksPerNode", resources.tasksPerNode(), out);
    number("cpusPerTask", resources.cpusPerTask(), out);
    if (resources.memory().isPresent()) {
      out.writeObjectFieldStart("memory");
      out.writeNumberField("amountBytes", resources.memory().get().bytes());
      out.writeStringField("scope", camelCase(resources.memory().get().scope().name()));
      out.writeEndObject();
    }
    out.writeArrayFieldStart("gpus");
    for (GpuRequest gpu : resources.gpus()) {
      out.writeStartObject();
      text("type", gpu.type(), out);
      out.writeNumberField("count", gpu.count());
      out.writeStringField("scope", camelCase(gpu.scope().name()));
      out.writeEndObject();
    }
    out.writeEndArray();
    if (resources.scratchBytes().isPresent()) {
      out.writeNumberField("scratchBytes", resources.scratchBytes().getAsLong());
    }
    out.writeBooleanField("exclusive", resources.exclusive());
    out.writeEndObject();
  }

  private static void array(ArraySpec array, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("array");
    out.writeArrayFieldStart("indexes");
    for (ArraySpec.Range range : array.ranges()) {
      out.writeString(range.toString());
    }
    out.writeEndArray();
    number("limit", array.limit(), out);
    out.writeEndObject();
  }

  private static void dependencies(List<Dependency> dependencies, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart("dependencies");
    for (Dependency dependency : dependencies) {
      out.writeStartObject();
      out.writeStringField("condition", camelCase(dependency.condition().name()));
      out.writeArrayFieldStart("jobs");
      for (JobId job : dependency.jobs()) {
        out.writeString(job.value());
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    out.writeEndArray();
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

  private static void texts(String name, List<String> values, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }

  /** {@code PER_NODE} as {@code perNode}. */
  private static String camelCase(String constant) {
    StringBuilder text = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < constant.length(); i++) {
      char c = constant.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        text.append(upper ? c : Character.toLowerCase(c));
        upper = false;
      }
    }
    return text.toString();
  }
}
