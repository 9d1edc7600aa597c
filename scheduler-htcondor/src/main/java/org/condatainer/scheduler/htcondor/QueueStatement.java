package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.ArraySpec;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerException;

/**
 * What follows {@code queue} (condor_submit(1), "queue"): {@code [N] [VARS] in|from|matching
 * [SLICE] ITEMS}.
 *
 * @param times processes for each item
 * @param variables the variables that have another value for every item; empty without items
 * @param items the items, in their order; empty when they are not known here
 * @param count how many processes there will be; empty if that is not known before the submit
 * @param indexes the numbers of an array of ours: what the variable {@code cnt_index} goes through
 * @param problem what condor_submit would refuse; empty if nothing
 */
record QueueStatement(
    long times,
    List<String> variables,
    List<String> items,
    OptionalLong count,
    List<ArraySpec.Range> indexes,
    Optional<String> problem) {
  /** The variable that numbers the tasks of our own arrays. */
  static final String INDEX = "cnt_index";

  /** So many tasks are told one by one. */
  private static final long LISTED = 100_000;

  QueueStatement {
    variables = List.copyOf(variables);
    items = List.copyOf(items);
    indexes = List.copyOf(indexes);
  }

  /**
   * Reads what follows {@code queue}.
   *
   * @param text with its macros filled in
   */
  static QueueStatement of(String text) {
    String rest = text.strip();
    int words = 0;
    while (words < rest.length() && "0123456789 +-*/()".indexOf(rest.charAt(words)) >= 0) {
      words++;
    }
    // A list in brackets belongs to what comes before it.
    String number = rest.substring(0, words).strip();
    OptionalLong times = OptionalLong.of(1);
    if (!number.isEmpty()) {
      times = SubmitNumbers.whole(number);
      rest = rest.substring(words).strip();
    }
    if (times.isEmpty() || times.getAsLong() < 0 || times.getAsLong() > Integer.MAX_VALUE) {
      return broken("'" + number + "' is no number of processes");
    }
    return rest.isEmpty()
        ? new QueueStatement(
            times.getAsLong(), List.of(), List.of(), times, List.of(), Optional.empty())
        : withItems(times.getAsLong(), rest);
  }

  private static QueueStatement withItems(long times, String text) {
    int keyword = -1;
    int end = -1;
    String word = "";
    int i = 0;
    while (i < text.length() && keyword < 0) {
      while (i < text.length()
          && (Character.isWhitespace(text.charAt(i)) || text.charAt(i) == ',')) {
        i++;
      }
      int start = i;
      while (i < text.length()
          && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) {
        i++;
      }
      if (i == start) {
        break;
      }
      word = text.substring(start, i).toLowerCase(Locale.ROOT);
      if (word.equals("in") || word.equals("from") || word.equals("matching")) {
        keyword = start;
        end = i;
      }
    }
    if (keyword < 0) {
      return broken("'" + firstLine(text) + "' names no items: in, from or matching");
    }
    List<String> variables = new ArrayList<>();
    for (String name : text.substring(0, keyword).split("[,\\s]+", -1)) {
      if (!name.isEmpty()) {
        variables.add(name);
      }
    }
    if (variables.isEmpty()) {
      variables.add("Item");
    }
    String rest = text.substring(end).strip();
    boolean sliced = rest.startsWith("[");
    if (sliced) {
      int close = rest.indexOf(']');
      rest = close < 0 ? "" : rest.substring(close + 1).strip();
    }
    if (word.equals("matching") || sliced) {
      return new QueueStatement(
          times, variables, List.of(), OptionalLong.empty(), List.of(), Optional.empty());
    }
    return word.equals("in") ? in(times, variables, rest) : from(times, variables, rest);
  }

  private static QueueStatement in(long times, List<String> variables, String rest) {
    String list = rest.startsWith("(") ? inner(rest) : rest;
    List<String> items = new ArrayList<>();
    for (String item : list.split("[,\\s]+", -1)) {
      if (!item.isEmpty()) {
        items.add(item);
      }
    }
    return listed(times, variables, items);
  }

  private static QueueStatement from(long times, List<String> variables, String rest) {
    if (rest.startsWith("(")) {
      List<String> items = new ArrayList<>();
      for (String line : inner(rest).split("\n", -1)) {
        if (!line.isBlank()) {
          items.add(line.strip());
        }
      }
      return listed(times, variables, items);
    }
    if (rest.endsWith("|") && isIndex(variables)) {
      Optional<ArraySpec.Range> range = sequence(rest.substring(0, rest.length() - 1).strip());
      if (range.isPresent() && range.get().count() > Integer.MAX_VALUE) {
        return broken("seq gives " + range.get().count() + " items, which are too many");
      }
      if (range.isPresent()) {
        return new QueueStatement(
            times,
            variables,
            List.of(),
            OptionalLong.of(times * range.get().count()),
            List.of(range.get()),
            Optional.empty());
      }
    }
    return new QueueStatement(
        times, variables, List.of(), OptionalLong.empty(), List.of(), Optional.empty());
  }

  private static QueueStatement listed(long times, List<String> variables, List<String> items) {
    List<ArraySpec.Range> indexes = new ArrayList<>();
    if (isIndex(variables)) {
      for (String item : items) {
        OptionalLong value = SubmitNumbers.digits(item);
        if (value.isEmpty()) {
          return broken("'" + item + "' is no index of an array task");
        }
        indexes.add(new ArraySpec.Range(value.getAsLong(), value.getAsLong(), 1));
      }
    }
    return new QueueStatement(
        times,
        variables,
        items,
        OptionalLong.of(times * items.size()),
        SubmitNumbers.joined(indexes),
        Optional.empty());
  }

  private static boolean isIndex(List<String> variables) {
    return variables.size() == 1 && variables.get(0).equalsIgnoreCase(INDEX);
  }

  /** {@code seq FIRST STEP LAST}, as {@link #text} writes it. */
  private static Optional<ArraySpec.Range> sequence(String command) {
    String[] words = command.split("\\s+", -1);
    if (words.length != 4 || !words[0].equals("seq")) {
      return Optional.empty();
    }
    OptionalLong first = SubmitNumbers.digits(words[1]);
    OptionalLong step = SubmitNumbers.digits(words[2]);
    OptionalLong last = SubmitNumbers.digits(words[3]);
    if (first.isEmpty() || step.isEmpty() || last.isEmpty() || step.getAsLong() < 1) {
      return Optional.empty();
    }
    return last.getAsLong() < first.getAsLong()
        ? Optional.empty()
        : Optional.of(new ArraySpec.Range(first.getAsLong(), last.getAsLong(), step.getAsLong()));
  }

  private static String inner(String rest) {
    int close = rest.lastIndexOf(')');
    return rest.substring(1, close < 1 ? rest.length() : close);
  }

  private static QueueStatement broken(String problem) {
    return new QueueStatement(
        1, List.of(), List.of(), OptionalLong.empty(), List.of(), Optional.of(problem));
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** The array that these processes are; empty for one process, or an unknown number of them. */
  Optional<ArraySpec> array(OptionalInt limit) {
    if (count.isEmpty() || count.getAsLong() < 1) {
      return Optional.empty();
    }
    if (!indexes.isEmpty()) {
      return Optional.of(new ArraySpec(indexes, limit));
    }
    return count.getAsLong() == 1
        ? Optional.empty()
        : Optional.of(
            new ArraySpec(List.of(new ArraySpec.Range(0, count.getAsLong() - 1, 1)), limit));
  }

  /**
   * For what has a line, or a word, for each task.
   *
   * @throws SchedulerException if there are too many of them
   */
  static void refuseAbove(long tasks) {
    if (tasks > LISTED) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.INVALID_REQUEST,
              "an array of "
                  + tasks
                  + " tasks is too large here, where HTCondor is told of each task for itself; at"
                  + " most "
                  + LISTED,
              "",
              ""));
    }
  }

  /** What follows {@code queue} for an array of ours. */
  static String text(ArraySpec array) {
    if (array.ranges().size() == 1) {
      ArraySpec.Range range = array.ranges().get(0);
      return INDEX + " from seq " + range.first() + " " + range.step() + " " + range.last() + " |";
    }
    refuseAbove(array.count());
    StringBuilder list = new StringBuilder(INDEX + " in (");
    String separator = "";
    for (ArraySpec.Range range : array.ranges()) {
      for (long index = range.first(); index <= range.last(); index += range.step()) {
        list.append(separator).append(index);
        separator = ", ";
      }
    }
    return list.append(')').toString();
  }
}
