package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.script.ShellWords;

/** {@code qsub} of OpenPBS (qsub(1B); recordings submit-*, name-*). */
final class Qsub {
  private static final Set<String> VALUES =
      Set.of("N", "q", "A", "P", "o", "e", "j", "r", "a", "J", "m", "M", "v", "W", "S", "p", "k");
  private static final Set<String> FLAGS = Set.of("h", "V", "z");

  private Qsub() {}

  static Answer submit(Call call, SimulatedCluster cluster) {
    List<String> words = new ArrayList<>();
    List<String> resources = new ArrayList<>();
    List<String> before = call.arguments();
    List<String> command = List.of();
    int dashes = before.indexOf("--");
    if (dashes >= 0) {
      command = before.subList(dashes + 1, before.size());
      before = before.subList(0, dashes);
    }
    takeResources(before, words, resources);
    Options line = Options.read(words, VALUES, FLAGS);
    if (!line.unknown().isEmpty()) {
      return Answer.failed(2, "qsub: invalid option -- '" + line.unknown() + "'\n");
    }
    JobOrder order = new JobOrder();
    order.owner = call.user();
    order.folder = call.folder();
    order.start = System.getProperty("user.home");
    order.script = call.input();
    order.name = "STDIN";
    if (!line.arguments().isEmpty()) {
      String file = line.arguments().get(0);
      order.name = file.substring(file.lastIndexOf('/') + 1);
      try {
        order.script = Files.readString(call.file(file), ISO_8859_1);
      } catch (IOException e) {
        return Answer.failed(1, "qsub: script file:: No such file or directory\n");
      }
    }
    if (!command.isEmpty()) {
      order.name = command.get(0).substring(command.get(0).lastIndexOf('/') + 1);
      order.script = ShellWords.join(command) + "\n";
    }
    if (order.script.contains("\r\n")) {
      return Answer.failed(1, "qsub: script contains cr, lf\n");
    }
    List<String> directiveWords = new ArrayList<>();
    takeResources(directives(order.script), directiveWords, resources);
    Options directives = Options.read(directiveWords, VALUES, FLAGS);
    Map<String, String> options = new HashMap<>(directives.values());
    options.putAll(line.values());
    String problem = fill(order, options, resources);
    if (!problem.isEmpty()) {
      return Answer.failed(problem.contains("queue") ? 170 : 2, "qsub: " + problem + "\n");
    }
    environment(order, call, options);
    int id = cluster.submit(order);
    return Answer.of(id + (order.indexes.isEmpty() ? "" : "[]") + ".sim\n");
  }

  /** {@code -l} may be given several times: all of them count. */
  private static void takeResources(
      List<String> words, List<String> others, List<String> resources) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-l") && i + 1 < words.size()) {
        resources.add(words.get(++i));
      } else if (word.startsWith("-l")) {
        resources.add(word.substring(2));
      } else {
        others.add(word);
      }
    }
  }

  private static List<String> directives(String script) {
    List<String> words = new ArrayList<>();
    for (String line : script.split("\n", -1)) {
      if (line.startsWith("#PBS ")) {
        words.addAll(Options.words(line.substring(5)));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        break;
      }
    }
    return words;
  }

  /** Puts the options into an order; what PBS would say if it refuses them, else empty. */
  private static String fill(JobOrder order, Map<String, String> options, List<String> resources) {
    order.name = options.getOrDefault("N", order.name);
    if (!order.name.matches("[A-Za-z0-9._+-]{1,230}")) {
      return "illegal -N value";
    }
    if (!options.getOrDefault("q", "workq").equals("workq")) {
      return "Unknown queue";
    }
    order.output = options.getOrDefault("o", "");
    order.error = options.getOrDefault("j", "").equals("oe") ? "" : options.getOrDefault("e", "");
    order.held = options.containsKey("h");
    order.words.put("variables", options.getOrDefault("v", ""));
    for (String list : resources) {
      for (String item : list.split("[,:]", -1)) {
        int equals = item.indexOf('=');
        if (item.startsWith("walltime=")) {
          order.walltimeSeconds = seconds(list.substring(list.indexOf("walltime=") + 9));
        } else if (equals > 0) {
          order.words.put(
              item.substring(item.lastIndexOf('=', equals - 1) + 1, equals),
              item.substring(equals + 1));
        }
      }
    }
    String array = options.getOrDefault("J", "");
    if (!array.isEmpty()) {
      order.array(array);
      if (order.indexes.size() < 2) {
        return "illegal -J value";
      }
    }
    String attributes = options.getOrDefault("W", "");
    return attributes.startsWith("depend=") ? depend(order, attributes.substring(7)) : "";
  }

  private static OptionalLong seconds(String text) {
    long seconds = 0;
    for (String part : text.split(",", -1)[0].split(":", -1)) {
      seconds = seconds * 60 + Long.parseLong(part);
    }
    return OptionalLong.of(seconds);
  }

  private static String depend(JobOrder order, String text) {
    order.words.put("depend", text);
    for (String dependency : text.split(",", -1)) {
      String[] words = dependency.split(":", -1);
      List<Integer> bases = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        bases.add(Integer.parseInt(words[i].replaceAll("[^0-9].*", "")));
      }
      switch (words[0]) {
        case "after" -> add(order, JobOrder.Condition.Kind.STARTED, bases);
        case "afterok" -> add(order, JobOrder.Condition.Kind.SUCCEEDED, bases);
        case "afternotok" -> add(order, JobOrder.Condition.Kind.FAILED, bases);
        case "afterany" -> add(order, JobOrder.Condition.Kind.ENDED, bases);
        default -> {
          return "illegal -W value";
        }
      }
    }
    return "";
  }

  private static void add(JobOrder order, JobOrder.Condition.Kind kind, List<Integer> bases) {
    order.conditions.add(new JobOrder.Condition(kind, bases));
  }

  /** Next to nothing of the submitter's environment, unless it is asked for. */
  private static void environment(JobOrder order, Call call, Map<String, String> options) {
    if (options.containsKey("V")) {
      order.variables.putAll(call.variables());
    }
    for (String name : List.of("PATH", "HOME", "USER")) {
      if (call.variables().containsKey(name)) {
        order.variables.put(name, call.variables().get(name));
      }
    }
    for (String item : order.word("variables").split(",", -1)) {
      int equals = item.indexOf('=');
      if (equals > 0) {
        order.variables.put(item.substring(0, equals), item.substring(equals + 1));
      }
    }
  }
}
