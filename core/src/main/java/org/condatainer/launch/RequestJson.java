package org.condatainer.launch;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

/** A job request as a JSON object; what was not asked for is left out. */
final class RequestJson {
  private RequestJson() {}

  static void write(JobRequest request, JsonGenerator out) throws IOException {
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
    text("begin", request.begin().map(RequestJson::begin), out);
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
