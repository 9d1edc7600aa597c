package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** {@code sbatch} of Slurm 22.05 (sbatch(1)). */
final class Sbatch {
  private static final String FAILED = "sbatch: error: Batch job submission failed: ";

  private static final Map<String, String> SHORT =
      Map.ofEntries(
          Map.entry("J", "job-name"),
          Map.entry("a", "array"),
          Map.entry("d", "dependency"),
          Map.entry("o", "output"),
          Map.entry("e", "error"),
          Map.entry("i", "input"),
          Map.entry("t", "time"),
          Map.entry("p", "partition"),
          Map.entry("D", "chdir"),
          Map.entry("n", "ntasks"),
          Map.entry("N", "nodes"),
          Map.entry("c", "cpus-per-task"),
          Map.entry("A", "account"),
          Map.entry("q", "qos"),
          Map.entry("b", "begin"),
          Map.entry("M", "clusters"));

  private static final Set<String> VALUES = values();
  private static final Set<String> FLAGS =
      Set.of("parsable", "H", "hold", "Q", "quiet", "exclusive", "requeue", "no-requeue", "W");

  private Sbatch() {}

  static Answer submit(Call call, SimulatedCluster cluster) {
    Options line = Options.read(call.arguments(), VALUES, FLAGS);
    if (!line.unknown().isEmpty()) {
      return unrecognized(line.unknown());
    }
    JobOrder order = new JobOrder();
    order.owner = call.user();
    order.folder = call.folder();
    order.variables.putAll(call.variables());
    order.name = "sbatch";
    order.script = call.input();
    if (!line.arguments().isEmpty()) {
      String file = line.arguments().get(0);
      order.name = file.substring(file.lastIndexOf('/') + 1);
      order.arguments = line.arguments().subList(1, line.arguments().size());
      try {
        order.script = Files.readString(call.file(file), ISO_8859_1);
      } catch (IOException e) {
        return Answer.failed(1, "sbatch: error: Unable to open file " + file + "\n");
      }
    }
    if (!order.script.startsWith("#!")) {
      return Answer.failed(
          1,
          "sbatch: error: This does not look like a batch script.  The first\n"
              + "sbatch: error: line must start with #! followed by the path to an interpreter.\n"
              + "sbatch: error: For instance: #!/bin/sh\n");
    }
    if (order.script.indexOf('\r') >= 0) {
      return Answer.failed(1, "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n");
    }
    Options directives = Options.read(directives(order.script), VALUES, FLAGS);
    if (!directives.unknown().isEmpty()) {
      return unrecognized(directives.unknown());
    }
    Map<String, String> all = longNames(directives.values());
    all.putAll(longNames(line.values()));
    String problem = fill(order, all);
    if (!problem.isEmpty()) {
      return Answer.failed(1, problem);
    }
    int id = cluster.submit(order);
    return Answer.of((line.has("parsable") ? "" : "Submitted batch job ") + id + "\n");
  }

  private static Answer unrecognized(String option) {
    return Answer.failed(
        255,
        "sbatch: unrecognized option '"
            + option
            + "'\nTry \"sbatch --help\" for more information\n");
  }

  /** The words of all directives before the first command. */
  private static List<String> directives(String script) {
    List<String> words = new ArrayList<>();
    for (String line : script.split("\n", -1)) {
      if (line.startsWith("#SBATCH")) {
        words.addAll(Options.words(line.substring("#SBATCH".length())));
      } else if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        break;
      }
    }
    return words;
  }

  /** Puts the options into an order; what Slurm would say if it refuses them, else empty. */
  private static String fill(JobOrder order, Map<String, String> options) {
    order.words.putAll(options);
    order.name = options.getOrDefault("job-name", order.name);
    order.output = options.getOrDefault("output", "");
    order.error = options.getOrDefault("error", "");
    order.append = options.getOrDefault("open-mode", "").equals("append");
    order.held = options.containsKey("hold");
    order.folder = options.getOrDefault("chdir", order.folder);
    String partition = options.getOrDefault("partition", "main");
    if (!partition.equals("main") && !partition.equals("short")) {
      return "sbatch: error: invalid partition specified: "
          + partition
          + "\n"
          + FAILED
          + "Invalid partition name specified\n";
    }
    try {
      if (options.containsKey("array")) {
        order.array(options.get("array"));
      }
      order.walltimeSeconds = walltime(options.getOrDefault("time", ""));
      order.begin = begin(options.getOrDefault("begin", "now"));
    } catch (RuntimeException e) {
      return FAILED + "Invalid job array specification\n";
    }
    for (String dependency : options.getOrDefault("dependency", "").split(",", -1)) {
      if (!dependency.isEmpty() && !depend(order, dependency)) {
        return FAILED + "Job dependency problem\n";
      }
    }
    return "";
  }

  private static boolean depend(JobOrder order, String text) {
    String[] words = text.split(":", -1);
    JobOrder.Condition.Kind kind =
        switch (words[0]) {
          case "after" -> JobOrder.Condition.Kind.STARTED;
          case "afterok" -> JobOrder.Condition.Kind.SUCCEEDED;
          case "afternotok" -> JobOrder.Condition.Kind.FAILED;
          case "afterany" -> JobOrder.Condition.Kind.ENDED;
          default -> null;
        };
    List<Integer> bases = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      if (!words[i].matches("\\d+")) {
        return false;
      }
      bases.add(Integer.parseInt(words[i]));
    }
    if (kind != null) {
      order.conditions.add(new JobOrder.Condition(kind, bases));
    }
    return kind != null;
  }

  /** {@code 30}, {@code 30:00}, {@code 1:30:00}, {@code 1-2}, … (sbatch(1), "--time"). */
  private static OptionalLong walltime(String text) {
    if (text.isEmpty() || text.equals("UNLIMITED") || text.equals("0")) {
      return OptionalLong.empty();
    }
    int dash = text.indexOf('-');
    String[] parts = text.substring(dash + 1).split(":", -1);
    long[] weights =
        dash >= 0 || parts.length == 3 ? new long[] {3600, 60, 1} : new long[] {60, 1, 0};
    long seconds = dash < 0 ? 0 : Long.parseLong(text.substring(0, dash)) * 86_400;
    for (int i = 0; i < parts.length; i++) {
      seconds += Long.parseLong(parts[i]) * weights[i];
    }
    return OptionalLong.of(seconds);
  }

  private static Instant begin(String text) {
    if (text.startsWith("now")) {
      String delay = text.substring(3).replaceAll("\\D", "");
      return delay.isEmpty() ? Instant.EPOCH : Instant.now().plusSeconds(Long.parseLong(delay));
    }
    return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
  }

  private static Map<String, String> longNames(Map<String, String> options) {
    Map<String, String> names = new HashMap<>();
    options.forEach(
        (name, value) ->
            names.put(name.equals("H") ? "hold" : SHORT.getOrDefault(name, name), value));
    return names;
  }

  private static Set<String> values() {
    Set<String> values = new java.util.HashSet<>(SHORT.keySet());
    values.addAll(SHORT.values());
    values.addAll(
        List.of(
            "comment",
            "open-mode",
            "export",
            "mem",
            "mem-per-cpu",
            "mem-per-gpu",
            "gres",
            "gpus",
            "gpus-per-node",
            "gpus-per-task",
            "ntasks-per-node",
            "tmp",
            "mail-type",
            "mail-user",
            "kill-on-invalid-dep",
            "constraint"));
    return values;
  }
}
