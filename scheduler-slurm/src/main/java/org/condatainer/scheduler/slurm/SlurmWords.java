package org.condatainer.scheduler.slurm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.BeginTime;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.Mail;

/** Values of {@code --begin}, {@code --mail-type} and {@code --export} (sbatch(1)), both ways. */
final class SlurmWords {
  private SlurmWords() {}

  /**
   * {@code now+COUNT[UNIT]}, {@code H:MM[:SS]}, {@code YYYY-MM-DD[THH:MM[:SS]]}, {@code midnight},
   * {@code noon}, {@code fika}, {@code teatime}; empty for the other words that Slurm knows.
   */
  static Optional<BeginTime> begin(String text) {
    try {
      if (text.startsWith("now+")) {
        return after(text.substring(4));
      }
      if (text.indexOf('T') == 10) {
        return Optional.of(new BeginTime.At(LocalDateTime.parse(text)));
      }
      if (text.length() == 10 && text.charAt(4) == '-') {
        return Optional.of(new BeginTime.At(LocalDate.parse(text).atStartOfDay()));
      }
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "now" -> Optional.of(new BeginTime.After(Duration.ZERO));
        case "midnight" -> Optional.of(new BeginTime.TimeOfDay(LocalTime.MIDNIGHT));
        case "noon" -> Optional.of(new BeginTime.TimeOfDay(LocalTime.NOON));
        case "fika" -> Optional.of(new BeginTime.TimeOfDay(LocalTime.of(15, 0)));
        case "teatime" -> Optional.of(new BeginTime.TimeOfDay(LocalTime.of(16, 0)));
        default ->
            Optional.of(
                new BeginTime.TimeOfDay(
                    LocalTime.parse(text.indexOf(':') == 1 ? "0" + text : text)));
      };
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<BeginTime> after(String text) {
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    if (end == 0 || end > 9) {
      return Optional.empty();
    }
    long count = Long.parseLong(text.substring(0, end));
    Duration delay =
        switch (text.substring(end)) {
          case "", "second", "seconds" -> Duration.ofSeconds(count);
          case "minute", "minutes" -> Duration.ofMinutes(count);
          case "hour", "hours" -> Duration.ofHours(count);
          case "day", "days" -> Duration.ofDays(count);
          case "week", "weeks" -> Duration.ofDays(7 * count);
          default -> null;
        };
    return Optional.ofNullable(delay).map(BeginTime.After::new);
  }

  static String begin(BeginTime begin) {
    if (begin instanceof BeginTime.After after) {
      return "now+" + SlurmValues.wholeSeconds(after.delay());
    }
    if (begin instanceof BeginTime.At at) {
      return at.time().toString();
    }
    return ((BeginTime.TimeOfDay) begin).time().toString();
  }

  /**
   * Reads {@code --mail-type}.
   *
   * @param events takes those that have a neutral form
   * @return whether all of them have
   */
  static boolean mailEvents(String text, Set<Mail.Event> events) {
    boolean all = true;
    for (String word : text.toUpperCase(Locale.ROOT).split(",", -1)) {
      switch (word) {
        case "NONE" -> events.clear();
        case "BEGIN" -> events.add(Mail.Event.BEGIN);
        case "END" -> events.add(Mail.Event.END);
        case "FAIL" -> events.add(Mail.Event.FAIL);
        case "REQUEUE" -> events.add(Mail.Event.REQUEUE);
        case "ALL" -> events.addAll(EnumSet.allOf(Mail.Event.class));
        default -> all = false;
      }
    }
    return all;
  }

  static String mailEvents(Set<Mail.Event> events) {
    StringBuilder text = new StringBuilder();
    for (Mail.Event event : Mail.Event.values()) {
      if (events.contains(event)) {
        text.append(text.isEmpty() ? "" : ",").append(event);
      }
    }
    return text.isEmpty() ? "NONE" : text.toString();
  }

  /** Without {@code ALL}, a list of names is all that the job gets. */
  static JobEnvironment environment(String text) {
    JobEnvironment.Inherited inherited = JobEnvironment.Inherited.NONE;
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    for (String part : split(text)) {
      int equals = part.indexOf('=');
      if (part.equals("ALL")) {
        inherited = JobEnvironment.Inherited.ALL;
      } else if (equals > 0) {
        variables.add(
            new JobEnvironment.Variable(
                part.substring(0, equals), Optional.of(unquoted(part.substring(equals + 1)))));
      } else if (!part.isEmpty() && !part.equals("NONE") && !part.equals("NIL")) {
        variables.add(new JobEnvironment.Variable(part, Optional.empty()));
      }
    }
    return new JobEnvironment(inherited, variables);
  }

  /** At commas that are not inside single or double quotes. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    char quote = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || (quote == 0 && text.charAt(i) == ',')) {
        parts.add(text.substring(start, i));
        start = i + 1;
      } else if (quote != 0) {
        quote = text.charAt(i) == quote ? 0 : quote;
      } else if (text.charAt(i) == '\'' || text.charAt(i) == '"') {
        quote = text.charAt(i);
      }
    }
    return parts;
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    boolean quoted =
        last > 0
            && (value.charAt(0) == '\'' || value.charAt(0) == '"')
            && value.charAt(last) == value.charAt(0);
    return quoted ? value.substring(1, last) : value;
  }

  /** Empty if a value cannot be written: one with a comma and both kinds of quotes. */
  static Optional<String> environment(JobEnvironment environment) {
    StringBuilder text = new StringBuilder();
    if (environment.inherited() != JobEnvironment.Inherited.NONE) {
      text.append("ALL");
    } else if (environment.variables().isEmpty()) {
      text.append("NONE");
    }
    for (JobEnvironment.Variable variable : environment.variables()) {
      text.append(text.isEmpty() ? "" : ",").append(variable.name());
      if (variable.value().isEmpty()) {
        continue;
      }
      String value = variable.value().get();
      boolean plain = value.indexOf(',') < 0 && value.indexOf('\'') < 0 && value.indexOf('"') < 0;
      if (plain) {
        text.append('=').append(value);
      } else if (value.indexOf('\'') < 0) {
        text.append("='").append(value).append('\'');
      } else if (value.indexOf('"') < 0) {
        text.append("=\"").append(value).append('"');
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(text.toString());
  }
}
