package org.condatainer.scheduler.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;

/**
 * A request in one line of text, so that the specification of a dialect can be a table: {@code
 * name=x time=600 nodes=2-4 perNode=2 cpus=8 mem=1048576/PER_NODE gpu=a100:2/PER_NODE}. Times are
 * in seconds, sizes in bytes; what is not asked for is not in it; native options come last, in
 * their order.
 */
public final class RequestText {
  private RequestText() {}

  /** The request's text. */
  public static String of(JobRequest request) {
    List<String> parts = new ArrayList<>();
    part(parts, "name", request.name());
    part(parts, "queue", request.queue());
    part(parts, "account", request.account());
    part(parts, "qos", request.qos());
    part(parts, "chdir", request.workingDirectory());
    part(parts, "out", request.files().output());
    part(parts, "err", request.files().error());
    part(parts, "in", request.files().input());
    part(parts, "append", request.files().append());
    part(parts, "begin", request.begin().map(RequestText::begin));
    part(parts, "requeue", request.requeue());
    part(parts, "comment", request.comment());
    part(parts, "mail", request.mail().map(RequestText::mail));
    part(parts, "env", request.environment().map(RequestText::environment));
    if (request.held()) {
      parts.add("held");
    }
    if (request.walltime().isPresent()) {
      parts.add(
          request.walltime().get() instanceof Walltime.Limit limit
              ? "time=" + limit.duration().toSeconds()
              : "time=unlimited");
    }
    resources(request.resources(), parts);
    for (Resources component : request.furtherComponents()) {
      parts.add("and");
      resources(component, parts);
    }
    if (request.array().isPresent()) {
      ArraySpec array = request.array().get();
      List<String> ranges = new ArrayList<>();
      array.ranges().forEach(range -> ranges.add(range.toString()));
      String limit = array.limit().isPresent() ? "%" + array.limit().getAsInt() : "";
      parts.add("array=" + String.join(",", ranges) + limit);
    }
    for (Dependency dependency : request.dependencies()) {
      StringBuilder text = new StringBuilder(dependency.condition().name());
      dependency.jobs().forEach(job -> text.append(':').append(job));
      parts.add(text.toString());
    }
    for (NativeOption option : request.nativeOptions()) {
      parts.add("native " + option.name() + option.value().map(value -> "=" + value).orElse(""));
    }
    return String.join(" ", parts);
  }

  private static void part(List<String> parts, String name, Optional<?> value) {
    value.ifPresent(text -> parts.add(name + "=" + text));
  }

  private static void resources(Resources resources, List<String> parts) {
    part(parts, "nodes", resources.nodes());
    resources.tasks().ifPresent(count -> parts.add("tasks=" + count));
    resources.tasksPerNode().ifPresent(count -> parts.add("perNode=" + count));
    resources.cpusPerTask().ifPresent(count -> parts.add("cpus=" + count));
    if (resources.memory().isPresent()) {
      Memory memory = resources.memory().get();
      parts.add("mem=" + memory.bytes() + "/" + memory.scope());
    }
    resources.scratchBytes().ifPresent(bytes -> parts.add("scratch=" + bytes));
    for (GpuRequest gpu : resources.gpus()) {
      String type = gpu.type().map(name -> name + ":").orElse("");
      parts.add("gpu=" + type + gpu.count() + "/" + gpu.scope());
    }
    if (resources.exclusive()) {
      parts.add("exclusive");
    }
  }

  private static String begin(BeginTime begin) {
    if (begin instanceof BeginTime.At at) {
      return at.time().toString();
    }
    return begin instanceof BeginTime.TimeOfDay clock
        ? clock.time().toString()
        : ((BeginTime.After) begin).delay().toString();
  }

  private static String mail(Mail mail) {
    StringBuilder text = new StringBuilder();
    for (Mail.Event event : Mail.Event.values()) {
      if (mail.events().contains(event)) {
        text.append(text.isEmpty() ? "" : ",").append(event);
      }
    }
    return text.append(mail.address().map(address -> ":" + address).orElse("")).toString();
  }

  private static String environment(JobEnvironment environment) {
    StringBuilder text = new StringBuilder(environment.inherited().name());
    for (JobEnvironment.Variable variable : environment.variables()) {
      text.append(',').append(variable.name());
      variable.value().ifPresent(value -> text.append('=').append(value));
    }
    return text.toString();
  }
}
