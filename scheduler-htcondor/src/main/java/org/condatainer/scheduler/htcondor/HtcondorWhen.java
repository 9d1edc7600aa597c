package org.condatainer.scheduler.htcondor;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.script.Diagnostic;

/** The parts of a request that several keys say together: begin, mail, environment, waiting. */
final class HtcondorWhen {
  private final SubmitReading reading;
  private final List<Diagnostic> diagnostics;

  HtcondorWhen(SubmitReading reading, List<Diagnostic> diagnostics) {
    this.reading = reading;
    this.diagnostics = diagnostics;
  }

  /** Whether a value of one of these keys has a neutral form. */
  static boolean understands(String key, String value, SubmitReading reading) {
    return switch (key) {
      case "deferral_time" -> begin(value).isPresent();
      case "cron_hour", "cron_minute" -> clock(reading).isPresent();
      case "deferral_window", "deferral_prep_time", "cron_window" ->
          SubmitNumbers.whole(value).isPresent();
      case "notification" -> events(value).isPresent();
      case "notify_user" -> true;
      case "environment", "env" -> SubmitWords.environment(value).isPresent();
      case "getenv" -> inherited(value).isPresent();
      case HtcondorParts.AFTER -> dependencies(value).isPresent();
      default -> false;
    };
  }

  void into(JobRequest.Builder request) {
    reading.value("deferral_time").flatMap(HtcondorWhen::begin).ifPresent(request::begin);
    clock(reading).ifPresent(time -> request.begin(new BeginTime.TimeOfDay(time)));
    reading
        .value(HtcondorParts.AFTER)
        .flatMap(HtcondorWhen::dependencies)
        .ifPresent(request::dependencies);
    mail(request);
    environment(request);
  }

  /**
   * {@code deferral_time}: seconds since 1970, or {@code QDate + SECONDS} after the submit. Empty
   * where the first is no time on a clock, since its zone is not known.
   */
  static Optional<BeginTime> begin(String value) {
    OptionalLong at = SubmitNumbers.whole(value);
    if (at.isPresent() && at.getAsLong() >= 0) {
      Instant time = Instant.ofEpochSecond(at.getAsLong());
      return LocalZone.known().map(zone -> new BeginTime.At(LocalDateTime.ofInstant(time, zone)));
    }
    String text = value.strip();
    if (text.startsWith("(") && text.endsWith(")")) {
      text = text.substring(1, text.length() - 1).strip();
    }
    String lower = text.toLowerCase(Locale.ROOT);
    for (String now : List.of("qdate", "currenttime", "time()")) {
      if (lower.startsWith(now)) {
        String rest = text.substring(now.length()).strip();
        OptionalLong delay =
            rest.startsWith("+") ? SubmitNumbers.whole(rest.substring(1)) : OptionalLong.empty();
        if (delay.isPresent() && delay.getAsLong() >= 0) {
          return Optional.of(new BeginTime.After(Duration.ofSeconds(delay.getAsLong())));
        }
      }
    }
    return Optional.empty();
  }

  /** {@code cron_hour} and {@code cron_minute} with one number each name a time of the day. */
  private static Optional<LocalTime> clock(SubmitReading reading) {
    Map<String, SubmitStatement> given = reading.assignments();
    if (given.containsKey("cron_day_of_month")
        || given.containsKey("cron_month")
        || given.containsKey("cron_day_of_week")) {
      return Optional.empty();
    }
    OptionalLong hour = SubmitNumbers.digits(reading.value("cron_hour").orElse(""));
    OptionalLong minute = SubmitNumbers.digits(reading.value("cron_minute").orElse(""));
    return hour.isPresent()
            && minute.isPresent()
            && hour.getAsLong() < 24
            && minute.getAsLong() < 60
        ? Optional.of(LocalTime.of((int) hour.getAsLong(), (int) minute.getAsLong()))
        : Optional.empty();
  }

  private void mail(JobRequest.Builder request) {
    Optional<Set<Mail.Event>> events = reading.value("notification").flatMap(HtcondorWhen::events);
    Optional<String> address = reading.value("notify_user").filter(text -> !text.isEmpty());
    boolean never =
        reading.value("notification").map(text -> text.equalsIgnoreCase("never")).orElse(false);
    if (!never && (address.isPresent() || events.isPresent())) {
      request.mail(new Mail(events.orElse(Set.of()), address));
    }
  }

  /** {@code notification}: never, complete, error or always. */
  static Optional<Set<Mail.Event>> events(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "never" -> Optional.of(Set.of());
      case "complete" -> Optional.of(EnumSet.of(Mail.Event.END));
      case "error" -> Optional.of(EnumSet.of(Mail.Event.FAIL));
      case "always" -> Optional.of(EnumSet.of(Mail.Event.END, Mail.Event.FAIL, Mail.Event.REQUEUE));
      default -> Optional.empty();
    };
  }

  private void environment(JobRequest.Builder request) {
    Optional<JobEnvironment> all = reading.value("getenv").flatMap(HtcondorWhen::inherited);
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    all.ifPresent(some -> variables.addAll(some.variables()));
    Optional<List<JobEnvironment.Variable>> set =
        reading.value("environment", "env").flatMap(SubmitWords::environment);
    set.ifPresent(variables::addAll);
    if (all.isPresent() || set.isPresent()) {
      request.environment(
          new JobEnvironment(
              all.map(JobEnvironment::inherited).orElse(JobEnvironment.Inherited.DEFAULT),
              variables));
    }
    if (reading.assignments().containsKey("environment")
        && reading.assignments().containsKey("env")) {
      SubmitStatement statement = reading.assignments().get("env");
      diagnostics.add(
          Diagnostic.warning(
              statement.line(), statement.column(), "env is ignored beside environment"));
    }
  }

  /** {@code getenv}: a truth value, or names; empty for patterns. */
  private static Optional<JobEnvironment> inherited(String value) {
    Optional<Boolean> truth = SubmitReading.truth(value);
    if (truth.isPresent()) {
      return Optional.of(
          new JobEnvironment(
              truth.get() ? JobEnvironment.Inherited.ALL : JobEnvironment.Inherited.NONE,
              List.of()));
    }
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    for (String name : value.split("[,;\\s]+", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      for (int i = 0; i < name.length(); i++) {
        if (!Character.isLetterOrDigit(name.charAt(i)) && name.charAt(i) != '_') {
          return Optional.empty();
        }
      }
      variables.add(new JobEnvironment.Variable(name, Optional.empty()));
    }
    return Optional.of(new JobEnvironment(JobEnvironment.Inherited.DEFAULT, variables));
  }

  /** {@code "afterok:12:13,afterany:14"}, in quotes since it is an attribute's text. */
  static Optional<List<Dependency>> dependencies(String value) {
    String text = value.strip();
    if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
      return Optional.empty();
    }
    List<Dependency> dependencies = new ArrayList<>();
    for (String one : text.substring(1, text.length() - 1).split(",", -1)) {
      List<JobId> jobs = new ArrayList<>();
      String[] words = one.strip().split(":", -1);
      Optional<Dependency.Condition> condition = condition(words[0]);
      for (int i = 1; i < words.length; i++) {
        if (!words[i].isBlank()) {
          jobs.add(JobId.of(words[i].strip()));
        }
      }
      if (condition.isEmpty() || jobs.isEmpty()) {
        return Optional.empty();
      }
      dependencies.add(new Dependency(condition.get(), jobs));
    }
    return Optional.of(dependencies);
  }

  private static Optional<Dependency.Condition> condition(String word) {
    for (Dependency.Condition condition : Dependency.Condition.values()) {
      if (word(condition).equals(word)) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  private static String word(Dependency.Condition condition) {
    return switch (condition) {
      case STARTED -> "after";
      case SUCCEEDED -> "afterok";
      case FAILED -> "afternotok";
      case ENDED -> "afterany";
    };
  }

  /** As {@link #dependencies(String)} reads it, without the quotes. */
  static String text(List<Dependency> dependencies) {
    StringBuilder text = new StringBuilder();
    for (Dependency dependency : dependencies) {
      text.append(text.isEmpty() ? "" : ",").append(word(dependency.condition()));
      for (JobId job : dependency.jobs()) {
        text.append(':').append(job.value());
      }
    }
    return text.toString();
  }
}
