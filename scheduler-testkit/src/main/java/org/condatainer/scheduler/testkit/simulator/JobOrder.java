package org.condatainer.scheduler.testkit.simulator;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a simulated submit command read from its options and directives. Texts have one character a
 * byte, as in {@link Call}.
 */
final class JobOrder {
  /** What must have happened to other jobs before this one starts. */
  record Condition(Kind kind, List<Integer> bases) {
    enum Kind {
      STARTED,
      SUCCEEDED,
      FAILED,
      /** All of them have ended, and not all of them succeeded. */
      NOT_ALL_SUCCEEDED,
      ENDED
    }
  }

  String owner = "";
  String name = "";
  String script = "";
  List<String> arguments = List.of();
  Map<String, String> variables = new HashMap<>();
  String folder = "/";

  /** Where the job starts; empty for the folder of the submit. */
  String start = "";

  /** Where the streams go, with the scheduler's own placeholders; empty for its default. */
  String output = "";

  String error = "";
  boolean append;
  boolean held;

  /** It takes no place of those that jobs have. */
  boolean beside;

  Instant begin = Instant.EPOCH;
  OptionalLong walltimeSeconds = OptionalLong.empty();
  List<Condition> conditions = new ArrayList<>();

  /** The task indexes of an array, empty for a plain job. */
  Set<Integer> indexes = new LinkedHashSet<>();

  int tasksAtOnce = Integer.MAX_VALUE;

  /** What only one scheduler has, by its own names. */
  final Map<String, String> words = new HashMap<>();

  String word(String key) {
    return words.getOrDefault(key, "");
  }

  /** Takes {@code 1-5:2,8%3}, the notation that Slurm, PBS and LSF share. */
  void array(String text) {
    String ranges = text;
    int percent = text.indexOf('%');
    if (percent >= 0) {
      tasksAtOnce = Integer.parseInt(text.substring(percent + 1));
      ranges = text.substring(0, percent);
    }
    for (String range : ranges.split(",", -1)) {
      String[] steps = range.split(":", -1);
      String[] ends = steps[0].split("-", -1);
      int last = Integer.parseInt(ends[ends.length - 1]);
      int step = steps.length > 1 ? Integer.parseInt(steps[1]) : 1;
      for (int index = Integer.parseInt(ends[0]); index <= last; index += step) {
        indexes.add(index);
      }
    }
    if (indexes.isEmpty()) {
      throw new IllegalArgumentException("no index in " + text);
    }
  }

  /** A file of this order, seen from the job's folder. */
  Path file(String written) {
    return Path.of(Call.utf8(folder)).resolve(Call.utf8(written));
  }
}
