package org.condatainer.scheduler.lsf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;

/**
 * What {@code lsid}, {@code bqueues -l}, {@code bhosts -w}, {@code lshosts -w} and others print.
 */
final class LsfCluster {
  private LsfCluster() {}

  /** The first line of {@code lsid}: the version. */
  static String version(String lsid) {
    int end = lsid.indexOf('\n');
    return (end < 0 ? lsid : lsid.substring(0, end)).strip();
  }

  /** The name in {@code My cluster name is volclava}; empty if it is not told. */
  static String name(String lsid) {
    String mark = "My cluster name is ";
    for (String line : lsid.split("\n", -1)) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length()).strip();
      }
    }
    return "";
  }

  static ClusterInfo info(
      String lsid, String queues, String hosts, String hardware, String parameters) {
    Map<String, String> settings = settings(parameters);
    return new ClusterInfo(
        name(lsid),
        version(lsid),
        withSlots(queues(queues, List.copyOf(rows(hosts).keySet())), rows(hosts)),
        nodes(hosts, hardware),
        number(settings.get("MAX_JOB_ARRAY_SIZE")),
        true,
        number(settings.get("CLEAN_PERIOD")));
  }

  /** Settings of {@code bparams -l}: lines {@code NAME = value}. */
  static Map<String, String> settings(String parameters) {
    Map<String, String> settings = new HashMap<>();
    for (String line : parameters.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        settings.putIfAbsent(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return settings;
  }

  private static OptionalLong number(String text) {
    if (text == null) {
      return OptionalLong.empty();
    }
    int blank = text.indexOf(' ');
    return LsfValues.number(blank < 0 ? text : text.substring(0, blank));
  }

  /**
   * From {@code bqueues -l}: a block of lines for each queue.
   *
   * @param all the hosts of a queue that says {@code all}
   */
  static List<ClusterInfo.Queue> queues(String text, List<String> all) {
    List<ClusterInfo.Queue> queues = new ArrayList<>();
    List<String> block = new ArrayList<>();
    for (String line : (text + "\nQUEUE: \n").split("\n", -1)) {
      if (line.startsWith("QUEUE: ")) {
        if (!block.isEmpty()) {
          queues.add(queue(block, all));
        }
        block.clear();
      }
      if (line.startsWith("QUEUE: ") || !block.isEmpty()) {
        block.add(line);
      }
    }
    return queues;
  }

  /** A job gets no more slots than all hosts of its queue have (recorded: it is refused). */
  private static List<ClusterInfo.Queue> withSlots(
      List<ClusterInfo.Queue> queues, Map<String, Map<String, String>> hosts) {
    List<ClusterInfo.Queue> all = new ArrayList<>();
    for (ClusterInfo.Queue queue : queues) {
      long slots = 0;
      boolean known = !queue.nodes().isEmpty();
      for (String host : queue.nodes()) {
        OptionalLong own = number(hosts.getOrDefault(host, Map.of()).get("MAX"));
        known &= own.isPresent();
        slots += own.orElse(0);
      }
      OptionalLong least = queue.limits().cpus();
      if (known && slots < least.orElse(Long.MAX_VALUE)) {
        least = OptionalLong.of(slots);
      }
      all.add(withCpus(queue, least));
    }
    return all;
  }

  private static ClusterInfo.Queue withCpus(ClusterInfo.Queue queue, OptionalLong cpus) {
    return new ClusterInfo.Queue(
        queue.name(),
        queue.isDefault(),
        queue.up(),
        queue.maxWalltime(),
        queue.defaultWalltime(),
        queue.maxNodes(),
        queue.nodes(),
        new ClusterInfo.JobLimits(
            cpus, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()));
  }

  /** Slots of {@code PROCLIMIT} (IBM: {@code TASKLIMIT}): the last of least, default and most. */
  private static OptionalLong slots(String heads, String values) {
    int column = Math.max(heads.indexOf("PROCLIMIT"), heads.indexOf("TASKLIMIT"));
    if (column < 0 || column >= values.length()) {
      return OptionalLong.empty();
    }
    String[] words = values.substring(column).strip().split("\\s+", -1);
    return LsfValues.number(words[words.length - 1]);
  }

  private static ClusterInfo.Queue queue(List<String> block, List<String> all) {
    String description = "";
    String limits = "MAXIMUM";
    boolean up = false;
    Optional<Walltime> max = Optional.empty();
    Optional<Walltime> byDefault = Optional.empty();
    OptionalLong slots = OptionalLong.empty();
    List<String> hosts = all;
    for (int i = 1; i < block.size(); i++) {
      String line = block.get(i);
      String plain = line.strip();
      if (limits.equals("MAXIMUM") && i + 1 < block.size() && slots.isEmpty()) {
        slots = slots(line, block.get(i + 1));
      }
      if (plain.startsWith("--")) {
        description = plain;
      } else if (plain.contains("Open:Active")) {
        up = true;
      } else if (plain.startsWith("DEFAULT LIMITS") || plain.startsWith("MAXIMUM LIMITS")) {
        limits = plain.substring(0, "MAXIMUM".length());
      } else if (plain.startsWith("RUNLIMIT") && i + 1 < block.size()) {
        Optional<Walltime> limit = minutes(block.get(i + 1).strip());
        if (limits.equals("DEFAULT")) {
          byDefault = limit;
        } else {
          max = limit;
        }
      } else if (plain.startsWith("HOSTS:")) {
        String list = plain.substring("HOSTS:".length()).strip();
        hosts = list.startsWith("all") || list.isEmpty() ? all : List.of(list.split("\\s+", -1));
      }
    }
    ClusterInfo.Queue queue =
        new ClusterInfo.Queue(
            block.get(0).substring("QUEUE: ".length()).strip(),
            description.contains("This is the default queue")
                || description.contains("This is a default queue"),
            up,
            max,
            byDefault,
            OptionalLong.empty(),
            hosts);
    return withCpus(queue, slots);
  }

  /** {@code 1440.0 min of hostA}. */
  private static Optional<Walltime> minutes(String text) {
    int end = text.indexOf(" min");
    int point = text.indexOf('.');
    String whole = end < 0 ? "" : text.substring(0, point > 0 && point < end ? point : end);
    OptionalLong minutes = LsfValues.number(whole);
    return minutes.isEmpty() || minutes.getAsLong() == 0 || minutes.getAsLong() > Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new Walltime.Limit(Duration.ofMinutes(minutes.getAsLong())));
  }

  /** Rows by their first column, each as values by the heads of the columns. */
  private static Map<String, Map<String, String>> rows(String text) {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    String[] lines = text.split("\n", -1);
    String[] heads = lines[0].strip().split("\\s+", -1);
    for (int i = 1; i < lines.length; i++) {
      String[] values = lines[i].strip().split("\\s+", heads.length);
      if (values.length < 2) {
        continue;
      }
      Map<String, String> row = new HashMap<>();
      for (int k = 0; k < values.length; k++) {
        row.put(heads[k], values[k]);
      }
      rows.put(values[0], row);
    }
    return rows;
  }

  /** Hosts of the batch system; their slots are what jobs can have, whatever the hardware is. */
  static List<ClusterInfo.Node> nodes(String hosts, String hardware) {
    Map<String, Map<String, String>> machines = rows(hardware);
    List<ClusterInfo.Node> nodes = new ArrayList<>();
    rows(hosts)
        .forEach(
            (name, row) -> {
              Map<String, String> machine = machines.getOrDefault(name, Map.of());
              long slots = number(row.get("MAX")).orElse(number(machine.get("ncpus")).orElse(0));
              long gpus = number(machine.get("ngpus")).orElse(0);
              nodes.add(
                  new ClusterInfo.Node(
                      name,
                      row.getOrDefault("STATUS", ""),
                      slots,
                      LsfValues.memory(machine.getOrDefault("maxmem", ""), 1L << 20).orElse(0),
                      gpus == 0 ? Map.of() : Map.of("", gpus)));
            });
    return nodes;
  }
}
