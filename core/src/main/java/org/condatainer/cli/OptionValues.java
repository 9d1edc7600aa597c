package org.condatainer.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.Walltime;
import org.condatainer.overlay.ByteSize;

/** The texts of option values, read; each with an error that names the accepted forms. */
final class OptionValues {
  private static final String WALLTIME_FORMS =
      "use minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS, 2h30m, or unlimited";

  /** 4 EiB, to which can be added what rounds it up. */
  private static final long MOST_MEMORY = 1L << 62;

  private OptionValues() {}

  static int positive(String option, String text) {
    try {
      int value = Integer.parseInt(text);
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message for all that is not a positive number
    }
    throw new UsageException(option + ": \"" + text + "\" is not a whole number above 0");
  }

  /** A whole number from 1 on. */
  static int upTo(String option, String text, int largest) {
    int number = positive(option, text);
    if (number > largest) {
      throw new UsageException(option + ": " + number + " is above " + largest);
    }
    return number;
  }

  /** An amount of memory in bytes, above 0: schedulers take 0 for all, for nothing or for none. */
  static long memoryBytes(String option, String text) {
    long bytes = ByteSize.parse(text).bytes();
    if (bytes == 0) {
      throw new UsageException(
          option + ": \"" + text + "\" is not an amount of memory above 0; use 500M, 16G or 1.5T");
    }
    if (bytes > MOST_MEMORY) {
      throw new UsageException(option + ": \"" + text + "\" is more than 4194304T");
    }
    return bytes;
  }

  /** A walltime: Slurm's forms (sbatch(1), {@code --time}), or units as in {@code 1d12h}. */
  static Walltime walltime(String option, String text) {
    if (text.equalsIgnoreCase("unlimited")) {
      return new Walltime.Unlimited();
    }
    long seconds = hasUnits(text) ? withUnits(text) : colonForm(text);
    if (seconds <= 0) {
      throw new UsageException(option + ": \"" + text + "\" is not a walltime; " + WALLTIME_FORMS);
    }
    return new Walltime.Limit(Duration.ofSeconds(seconds));
  }

  /** A time with units. */
  static Duration duration(String option, String text) {
    long seconds = hasUnits(text) ? withUnits(text) : -1;
    if (seconds <= 0) {
      throw new UsageException(option + ": \"" + text + "\" is no time; use 90s, 10m or 1h30m");
    }
    return Duration.ofSeconds(seconds);
  }

  private static boolean hasUnits(String text) {
    return !text.isEmpty() && "dhms".indexOf(text.charAt(text.length() - 1)) >= 0;
  }

  private static long withUnits(String text) {
    long seconds = 0;
    long number = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        number = Math.max(number, 0) * 10 + (c - '0');
        if (number > Integer.MAX_VALUE) {
          return -1;
        }
      } else {
        long unit =
            switch (c) {
              case 'd' -> 86_400;
              case 'h' -> 3_600;
              case 'm' -> 60;
              case 's' -> 1;
              default -> -1;
            };
        if (unit < 0 || number < 0) {
          return -1;
        }
        seconds += number * unit;
        number = -1;
      }
    }
    return seconds;
  }

  private static long colonForm(String text) {
    int dash = text.indexOf('-');
    long[] parts = numbers(text.substring(dash + 1));
    if (parts.length == 0) {
      return -1;
    }
    if (dash >= 0) {
      long[] days = numbers(text.substring(0, dash));
      if (days.length != 1) {
        return -1;
      }
      long seconds = days[0] * 86_400 + parts[0] * 3_600;
      seconds += parts.length > 1 ? parts[1] * 60 : 0;
      return seconds + (parts.length > 2 ? parts[2] : 0);
    }
    return switch (parts.length) {
      case 1 -> parts[0] * 60;
      case 2 -> parts[0] * 60 + parts[1];
      default -> parts[0] * 3_600 + parts[1] * 60 + parts[2];
    };
  }

  /** One to three numbers between colons; none if the text is anything else. */
  private static long[] numbers(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ':') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    long[] numbers = new long[parts.size()];
    for (int i = 0; i < numbers.length; i++) {
      String part = parts.get(i);
      if (part.isEmpty()
          || part.length() > 9
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new long[0];
      }
      numbers[i] = Long.parseLong(part);
    }
    return numbers.length > 3 ? new long[0] : numbers;
  }

  /** GPUs of each node: {@code 2}, {@code a100}, {@code a100:2}, several with commas. */
  static List<GpuRequest> gpus(String option, String text) {
    List<GpuRequest> requests = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int colon = part.lastIndexOf(':');
      String last = part.substring(colon + 1);
      boolean counted = !last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9');
      String type = counted ? part.substring(0, Math.max(colon, 0)) : part;
      boolean none = counted && (last.length() > 6 || Integer.parseInt(last) < 1);
      if (part.isEmpty() || part.startsWith("-") || none || type.indexOf(':') >= 0) {
        throw new UsageException(
            option + ": \"" + text + "\" is not a number of GPUs above 0; use 2, a100 or a100:2");
      }
      requests.add(
          new GpuRequest(
              type.isEmpty() ? Optional.empty() : Optional.of(type),
              counted ? Integer.parseInt(last) : 1,
              GpuRequest.Scope.PER_NODE));
    }
    return requests;
  }

  /** {@code KEY=VALUE}, or {@code KEY} for the variable as it is here. */
  static Map<String, String> variables(
      String option, List<String> texts, Map<String, String> environment) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      if (!isVariableName(name)) {
        throw new UsageException(
            option + ": \"" + text + "\" is not KEY=VALUE with a name of letters, digits and _");
      }
      if (equals >= 0) {
        variables.put(name, text.substring(equals + 1));
      } else if (environment.containsKey(name)) {
        variables.put(name, environment.get(name));
      } else {
        throw new UsageException(
            option + ": the variable " + name + " is not set here; use " + name + "=VALUE");
      }
    }
    return variables;
  }

  private static boolean isVariableName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      if (!letter && !(digit && i > 0)) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** One job id; {@code 123;cluster} names the cluster too. */
  static JobId jobId(String option, String text) {
    if (text.isBlank() || text.startsWith(";") || text.chars().anyMatch(Character::isWhitespace)) {
      throw new UsageException(option + ": \"" + text + "\" is not a job id");
    }
    return JobId.parse(text);
  }

  /** Job ids joined by {@code :}. */
  static List<JobId> jobIds(String option, String text) {
    List<JobId> ids = new ArrayList<>();
    for (String part : text.split(":", -1)) {
      if (part.isBlank() || part.chars().anyMatch(Character::isWhitespace)) {
        throw new UsageException(
            option + ": \"" + text + "\" is not a list of job ids joined by colons");
      }
      ids.add(JobId.of(part));
    }
    return ids;
  }
}
