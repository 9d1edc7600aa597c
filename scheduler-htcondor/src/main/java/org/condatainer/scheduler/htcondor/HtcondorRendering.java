package org.condatainer.scheduler.htcondor;

import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobEnvironment.Inherited;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Rendering;

/** A request as {@code #CONDOR} lines. */
final class HtcondorRendering {
  private final JobRequest request;
  private final Rendering.Builder rendering = Rendering.builder();

  HtcondorRendering(JobRequest request) {
    this.request = request;
  }

  Rendering lines() {
    text(RequestPart.NAME, "batch_name", request.name());
    request
        .queue()
        .ifPresent(
            queue -> rendering.leftOut(RequestPart.QUEUE, "HTCondor has no queues to submit to"));
    text(RequestPart.ACCOUNT, "accounting_group", request.account());
    request
        .qos()
        .ifPresent(qos -> rendering.leftOut(RequestPart.QOS, "HTCondor has no quality of service"));
    request.walltime().ifPresent(this::walltime);
    new RenderedResources(rendering).add(request.resources());
    if (!request.furtherComponents().isEmpty()) {
      rendering.refused(
          RequestPart.COMPONENTS, "a job of HTCondor runs on one machine, in one slot");
    }
    file(RequestPart.OUTPUT, "output", request.files().output());
    file(RequestPart.ERROR, "error", request.files().error());
    file(RequestPart.INPUT, "input", request.files().input());
    request.files().append().ifPresent(this::append);
    text(RequestPart.WORKING_DIRECTORY, "initialdir", request.workingDirectory());
    if (!request.dependencies().isEmpty()) {
      dependencies();
    }
    if (request.held()) {
      line(RequestPart.HOLD, "hold", "True", "");
    }
    request.begin().ifPresent(this::begin);
    request.requeue().ifPresent(this::requeue);
    text(RequestPart.COMMENT, "description", request.comment());
    request.mail().ifPresent(this::mail);
    request.environment().ifPresent(this::environment);
    request.array().ifPresent(this::array);
    return rendering.build();
  }

  private void dependencies() {
    String value = "\"" + HtcondorWhen.text(request.dependencies()) + "\"";
    if (value.indexOf('$') < 0
        && HtcondorWhen.dependencies(value).equals(Optional.of(request.dependencies()))) {
      line(RequestPart.DEPENDENCIES, "+CondatainerAfter", value, "");
    } else {
      rendering.refused(
          RequestPart.DEPENDENCIES,
          "+CondatainerAfter: an id is not written as HTCondor writes them");
    }
  }

  private void walltime(Walltime walltime) {
    if (!(walltime instanceof Walltime.Limit limit)) {
      rendering.approximated(
          RequestPart.WALLTIME, "no limit is what a job without allowed_execute_duration has");
      return;
    }
    long seconds = limit.duration().plusNanos(999_999_999).toSeconds();
    boolean exact = limit.duration().equals(Duration.ofSeconds(seconds));
    line(
        RequestPart.WALLTIME,
        HtcondorParts.WALLTIME,
        Long.toString(seconds),
        exact ? "" : "rounded up to whole seconds");
  }

  private void append(boolean append) {
    if (append) {
      rendering.leftOut(RequestPart.APPEND, "HTCondor begins output files anew");
    } else {
      rendering.approximated(RequestPart.APPEND, "output files always begin anew");
    }
  }

  private void begin(BeginTime begin) {
    if (begin instanceof BeginTime.TimeOfDay clock) {
      rendering.line("#CONDOR cron_hour = " + clock.time().getHour());
      rendering.line("#CONDOR cron_minute = " + clock.time().getMinute());
      rendering.line("#CONDOR cron_window = 86400");
      String detail = "cron_hour, cron_minute";
      if (clock.time().equals(clock.time().truncatedTo(ChronoUnit.MINUTES))) {
        rendering.translated(RequestPart.BEGIN, detail);
      } else {
        rendering.approximated(RequestPart.BEGIN, detail + ": whole minutes only");
      }
      return;
    }
    String value;
    if (begin instanceof BeginTime.At at) {
      Optional<ZoneId> zone = LocalZone.known();
      if (zone.isEmpty()) {
        rendering.refused(RequestPart.BEGIN, LocalZone.UNKNOWN);
        return;
      }
      value = Long.toString(at.time().atZone(zone.get()).toEpochSecond());
    } else {
      value = "QDate + " + ((BeginTime.After) begin).delay().toSeconds();
    }
    boolean exact = HtcondorWhen.begin(value).equals(Optional.of(begin));
    // A job that would start after the window is held.
    rendering.line("#CONDOR deferral_window = 31536000");
    line(RequestPart.BEGIN, "deferral_time", value, exact ? "" : "whole seconds only");
  }

  private void requeue(boolean again) {
    if (again) {
      rendering.approximated(
          RequestPart.REQUEUE, "HTCondor always starts a job again that lost its machine");
      return;
    }
    line(
        RequestPart.REQUEUE,
        "periodic_remove",
        "JobStatus == 1 && NumJobStarts > 0",
        "a job that lost its machine is removed instead of being started again");
  }

  private void mail(Mail mail) {
    Set<Mail.Event> events = mail.events();
    if (!events.isEmpty()) {
      String word =
          events.contains(Mail.Event.REQUEUE)
              ? "Always"
              : events.equals(Set.of(Mail.Event.FAIL))
                  ? "Error"
                  : events.equals(Set.of(Mail.Event.BEGIN)) ? "Never" : "Complete";
      boolean exact = HtcondorWhen.events(word).equals(Optional.of(EnumSet.copyOf(events)));
      line(
          RequestPart.MAIL,
          "notification",
          word,
          exact ? "" : "HTCondor writes at the end, at an error, or at every event but the begin");
    }
    text(RequestPart.MAIL, "notify_user", mail.address());
  }

  private void environment(JobEnvironment environment) {
    List<JobEnvironment.Variable> set =
        environment.variables().stream().filter(v -> v.value().isPresent()).toList();
    List<JobEnvironment.Variable> passed =
        environment.variables().stream().filter(v -> v.value().isEmpty()).toList();
    boolean all = environment.inherited() == Inherited.ALL;
    boolean none = environment.inherited() == Inherited.NONE;
    boolean inOrder =
        environment.variables().equals(Stream.concat(passed.stream(), set.stream()).toList());
    String rule =
        (all || none) && !passed.isEmpty()
            ? "getenv is one or the other: all, or these by name"
            : inOrder ? "" : "the variables that are passed on come first";
    StringBuilder names = new StringBuilder();
    for (JobEnvironment.Variable variable : passed) {
      names.append(names.isEmpty() ? "" : ", ").append(variable.name());
    }
    boolean says = false;
    if (all || (none && passed.isEmpty())) {
      line(RequestPart.ENVIRONMENT, "getenv", all ? "True" : "False", rule);
      says = true;
    } else if (!names.isEmpty()) {
      boolean truth = SubmitReading.truth(names.toString()).isPresent();
      line(
          RequestPart.ENVIRONMENT,
          "getenv",
          truth ? names + "," : names.toString(),
          truth ? "the name alone would be a truth value" : rule);
      says = true;
    }
    if (!set.isEmpty()) {
      line(RequestPart.ENVIRONMENT, "environment", escaped(SubmitWords.environment(set)), rule);
      says = true;
    }
    if (!says) {
      rendering.approximated(RequestPart.ENVIRONMENT, "HTCondor's default environment");
    }
  }

  private void array(ArraySpec array) {
    if (array.limit().isPresent()) {
      line(RequestPart.ARRAY, "max_materialize", Integer.toString(array.limit().getAsInt()), "");
    }
    String text = QueueStatement.text(array);
    QueueStatement read = QueueStatement.of(text);
    rendering.line("#CONDOR queue " + text);
    if (read.indexes().equals(array.ranges())) {
      rendering.translated(RequestPart.ARRAY, "queue " + text);
    } else {
      rendering.approximated(RequestPart.ARRAY, "queue " + text + ": the same indexes, as a list");
    }
  }

  private void text(RequestPart part, String key, Optional<String> value) {
    value.ifPresent(text -> line(part, key, escaped(text), ""));
  }

  /** The name is in this dialect's words already. */
  private void file(RequestPart part, String key, Optional<String> value) {
    value.ifPresent(text -> line(part, key, text, ""));
  }

  /** A text in which no macro is filled in. */
  static String escaped(String text) {
    return text.replace("$", "$(DOLLAR)");
  }

  private void line(RequestPart part, String key, String value, String rule) {
    line(rendering, part, key, value, rule);
  }

  /**
   * Adds a line.
   *
   * @param rule why it is not the same; empty if it is
   */
  static void line(
      Rendering.Builder rendering, RequestPart part, String key, String value, String rule) {
    if (value.indexOf('\n') >= 0
        || value.indexOf('\r') >= 0
        || value.stripTrailing().endsWith("\\")) {
      rendering.refused(
          part, key + ": its value cannot have a line feed, or a backslash at its end");
      return;
    }
    rendering.line("#CONDOR " + key + " = " + value);
    String shown = key + " = " + value;
    if (!rule.isEmpty()) {
      rendering.approximated(part, shown + ": " + rule);
    } else if (value.isEmpty() || !value.strip().equals(value)) {
      rendering.approximated(part, shown + ": without the blanks around it");
    } else {
      rendering.translated(part, shown);
    }
  }
}
