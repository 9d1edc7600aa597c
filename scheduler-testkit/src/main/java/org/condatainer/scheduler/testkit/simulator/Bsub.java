package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code bsub} of volclava 2.2 (recordings submit-*, name-*, array-submit-*): the script on its
 * standard input, {@code #BSUB} lines wherever they stand, the command line before them.
 */
final class Bsub {
  private static final Set<String> VALUES =
      Set.of("E Ep a w f k R m Jd J L u is i o e n q b t sp s c v p W F D S C M P".split(" ", -1));
  private static final Set<String> FLAGS =
      Set.of("Zs", "Ip", "Is", "I", "r", "H", "x", "N", "B", "K");
  private static final Pattern DIRECTIVE = Pattern.compile("\\s*#\\s*BSUB(\\s+-.*)");
  private static final Pattern ARRAY = Pattern.compile("(.*)\\[([0-9,:-]+)\\](%\\d+)?");
  private static final Pattern TERM = Pattern.compile("(!?\\w+)\\((\\d+)(?:\\[\\d+\\])?\\)");

  private final Call call;
  private final boolean ibm;
  private final SimulatedCluster cluster;
  private final Map<String, String> options = new HashMap<>();
  private String problem = "";

  private Bsub(Call call, SimulatedCluster cluster, boolean ibm) {
    this.call = call;
    this.ibm = ibm;
    this.cluster = cluster;
  }

  static Answer submit(Call call, SimulatedCluster cluster, boolean ibm) {
    return new Bsub(call, cluster, ibm).submit();
  }

  private Answer submit() {
    JobOrder order = new JobOrder();
    order.owner = call.user();
    order.folder = call.folder();
    order.variables.putAll(call.variables());
    List<String> command = take(call.arguments());
    if (command.isEmpty()) {
      order.script = joined(call.input());
      for (String line : order.script.split("\n", -1)) {
        Matcher directive = DIRECTIVE.matcher(line);
        if (directive.matches()) {
          take(Options.words(directive.group(1)));
        }
      }
    } else {
      order.script = String.join(" ", command) + "\n";
    }
    if (problem.isEmpty()) {
      fill(order);
    }
    if (!problem.isEmpty()) {
      return Answer.failed(255, problem + "\n");
    }
    int id = cluster.submit(order);
    String queue = options.containsKey("q") ? "queue" : "default queue";
    String text = "Job <" + id + "> is submitted to " + queue + " <normal>.\n";
    if (call.variables().containsKey("BSUB_QUIET")) {
      return Answer.of("");
    }
    return call.variables().containsKey("BSUB_STDERR") ? new Answer(0, "", text) : Answer.of(text);
  }

  /** A remark with the letters BSUB and a backslash at its end has the next line in it. */
  private static String joined(String script) {
    StringBuilder text = new StringBuilder();
    String line = "";
    for (String part : script.split("(?<=\n)", -1)) {
      line += part;
      if (line.startsWith("#") && line.contains("BSUB") && line.endsWith("\\\n")) {
        line = line.substring(0, line.length() - 2);
        continue;
      }
      text.append(line);
      line = "";
    }
    return text.toString();
  }

  /**
   * Takes options that were not given before, and returns the words after them. One of several
   * letters that it does not know is one of fewer, with the rest as its value.
   */
  private List<String> take(List<String> words) {
    Map<String, String> given = new HashMap<>();
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-") && problem.isEmpty()) {
      String word = words.get(at++).substring(1);
      String name = word;
      while (!name.isEmpty() && !VALUES.contains(name) && !FLAGS.contains(name)) {
        name = name.substring(0, name.length() - 1);
      }
      String value = word.substring(name.length());
      if (name.isEmpty()) {
        problem = "bsub: illegal option -- " + word;
      } else if (VALUES.contains(name) && value.isEmpty()) {
        value = at < words.size() ? words.get(at++) : "";
      }
      if (name.equals("R") && given.containsKey("R")) {
        problem = "Invalid syntax; the -R option was used more than once.\n. Job not submitted.";
      }
      given.put(name, value);
    }
    given.forEach(options::putIfAbsent);
    return words.subList(at, words.size());
  }

  private void fill(JobOrder order) {
    String name = options.getOrDefault("J", order.script.strip().replace('\n', ';'));
    order.words.putAll(options);
    order.name = name;
    Matcher array = ARRAY.matcher(name);
    if (array.matches() && isArray(array.group(2))) {
      order.name = array.group(1);
      order.array(array.group(2) + Optional.ofNullable(array.group(3)).orElse(""));
    }
    order.output = options.getOrDefault("o", "");
    order.error = options.getOrDefault("e", "");
    order.append = true;
    order.held = options.containsKey("H");
    String slots = options.getOrDefault("n", "1");
    order.words.put("n", slots.substring(slots.indexOf(',') + 1));
    if (!options.getOrDefault("q", "normal").equals("normal")) {
      problem = options.get("q") + ": No such queue. Job not submitted.";
    } else if (!order.word("n").matches("[1-9]\\d*")) {
      problem = "Bad argument for option -n. Job not submitted.";
    }
    limit(order);
    begin(order);
    depend(order, options.getOrDefault("w", ""));
    if (!ibm && order.begin.equals(Instant.EPOCH) && order.indexes.isEmpty()) {
      // It takes a new job for ready, and looks at the conditions of what did not start at once.
      order.conditions.clear();
    }
    if (!order.conditions.isEmpty()) {
      order.begin = Instant.EPOCH; // Nobody waits here for the next minute.
    }
  }

  /** What is no list of indexes from 1 on is a part of the name, without a word. */
  private static boolean isArray(String list) {
    for (String range : list.split(",", -1)) {
      Matcher ends = Pattern.compile("([1-9]\\d*)(?:-(\\d+)(?::[1-9]\\d*)?)?").matcher(range);
      boolean right =
          ends.matches()
              && (ends.group(2) == null
                  || Integer.parseInt(ends.group(2)) >= Integer.parseInt(ends.group(1)));
      if (!right) {
        return false;
      }
    }
    return true;
  }

  /** {@code [hours:]minutes[/host]}. */
  private void limit(JobOrder order) {
    String text = options.getOrDefault("W", "");
    if (text.isEmpty()) {
      return;
    }
    String time = text.split("/", -1)[0];
    if (!time.matches("(\\d+:)?\\d+")) {
      problem = text + ": Bad RUNLIMIT specification. Job not submitted.";
      return;
    }
    long minutes = 0;
    for (String part : time.split(":", -1)) {
      minutes = minutes * 60 + Long.parseLong(part);
    }
    order.walltimeSeconds = OptionalLong.of(minutes * 60);
  }

  /** {@code [[month:]day:]hour:minute}. */
  private void begin(JobOrder order) {
    String text = options.getOrDefault("b", "");
    if (text.isEmpty()) {
      return;
    }
    if (!text.matches("(\\d+:){1,3}\\d+")) {
      problem = text + ": Bad time specification. Job not submitted.";
      return;
    }
    String[] parts = text.split(":", -1);
    LocalDateTime time = LocalDateTime.now(ZoneId.systemDefault()).withSecond(0).withNano(0);
    if (parts.length == 4) {
      time = time.withDayOfMonth(1).withMonth(Integer.parseInt(parts[0]));
    }
    if (parts.length > 2) {
      time = time.withDayOfMonth(Integer.parseInt(parts[parts.length - 3]));
    }
    time = time.withHour(Integer.parseInt(parts[parts.length - 2]));
    time = time.withMinute(Integer.parseInt(parts[parts.length - 1]));
    order.begin = time.atZone(ZoneId.systemDefault()).toInstant();
  }

  private void depend(JobOrder order, String text) {
    for (String part : text.isEmpty() ? new String[0] : text.split("&&", -1)) {
      Matcher term = TERM.matcher(part.strip());
      if (!term.matches()) {
        problem = "Dependency condition syntax error. Job not submitted.";
        return;
      }
      int base = Integer.parseInt(term.group(2));
      if (cluster.jobs(job -> job.base == base).isEmpty()) {
        problem = base + ": No matching job found. Job not submitted.";
        return;
      }
      order.conditions.add(
          new JobOrder.Condition(kind(term.group(1)), new ArrayList<>(List.of(base))));
    }
  }

  private static JobOrder.Condition.Kind kind(String word) {
    return switch (word) {
      case "done" -> JobOrder.Condition.Kind.SUCCEEDED;
      case "exit" -> JobOrder.Condition.Kind.FAILED;
      case "!done" -> JobOrder.Condition.Kind.NOT_ALL_SUCCEEDED;
      case "started" -> JobOrder.Condition.Kind.STARTED;
      default -> JobOrder.Condition.Kind.ENDED;
    };
  }
}
