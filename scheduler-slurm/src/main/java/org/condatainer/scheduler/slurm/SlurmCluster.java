package org.condatainer.scheduler.slurm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;

/** What {@code scontrol show config}, {@code partition} and {@code node} print. */
final class SlurmCluster {
  private static final Set<String> ANSWERING = Set.of("IDLE", "ALLOCATED", "MIXED");

  private static final Set<String> SILENT =
      Set.of(
          "NOT_RESPONDING",
          "FAIL",
          "POWERED_DOWN",
          "POWERING_DOWN",
          "POWERING_UP",
          "REBOOT_ISSUED",
          "REBOOT^");

  private SlurmCluster() {}

  /** Settings by their names: lines {@code Name = value}. */
  static Map<String, String> settings(String config) {
    Map<String, String> settings = new HashMap<>();
    for (String line : config.split("\n", -1)) {
      int equals = line.indexOf(" = ");
      if (equals > 0) {
        settings.putIfAbsent(line.substring(0, equals).strip(), line.substring(equals + 3).strip());
      }
    }
    return settings;
  }

  static ClusterInfo info(Map<String, String> settings, String partitions, String nodes) {
    long arraySize = number(settings.get("MaxArraySize")).orElse(0);
    String storage = settings.getOrDefault("AccountingStorageType", "");
    return new ClusterInfo(
        settings.getOrDefault("ClusterName", "").replace("(null)", ""),
        settings.getOrDefault("SLURM_VERSION", ""),
        queues(partitions),
        nodes(nodes),
        arraySize > 0 ? OptionalLong.of(arraySize - 1) : OptionalLong.empty(),
        storage.endsWith("/slurmdbd"),
        number(settings.get("MinJobAge")));
  }

  /**
   * By {@code ProctrackType}: a control group is all that no process leaves by itself; by their
   * group or their parents, Slurm misses some (slurm.conf(5)).
   */
  static ProcessTracking processTracking(Map<String, String> settings) {
    String word = settings.getOrDefault("ProctrackType", "");
    if (word.isEmpty()) {
      return ProcessTracking.NOT_TOLD;
    }
    return new ProcessTracking(
        word,
        word.equals("proctrack/cgroup")
            ? ProcessTracking.Kind.WHOLE
            : ProcessTracking.Kind.PARTIAL);
  }

  /** From {@code scontrol -o -a show partition}. */
  static List<ClusterInfo.Queue> queues(String text) {
    List<ClusterInfo.Queue> queues = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      Map<String, String> values = values(line);
      String name = values.get("PartitionName");
      if (name != null) {
        queues.add(
            new ClusterInfo.Queue(
                name,
                values.getOrDefault("Default", "").equals("YES"),
                values.getOrDefault("State", "").equals("UP"),
                walltime(values.getOrDefault("MaxTime", "")),
                walltime(values.getOrDefault("DefaultTime", "")),
                number(values.get("MaxNodes")),
                SlurmTexts.hosts(values.getOrDefault("Nodes", ""))));
      }
    }
    return queues;
  }

  /** From {@code scontrol -o -a show node}. */
  static List<ClusterInfo.Node> nodes(String text) {
    List<ClusterInfo.Node> nodes = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      Map<String, String> values = values(line);
      String name = values.get("NodeName");
      if (name != null) {
        long mebibytes =
            number(values.get("RealMemory")).orElse(0)
                - number(values.get("MemSpecLimit")).orElse(0);
        nodes.add(
            new ClusterInfo.Node(
                name,
                values.getOrDefault("State", ""),
                number(values.get("CPUEfctv")).orElse(number(values.get("CPUTot")).orElse(0)),
                mebibytes << 20,
                gpus(values.getOrDefault("Gres", ""))));
      }
    }
    return nodes;
  }

  /**
   * Whether the controller hears from the nodes, from {@code scontrol -o -a show node}: a state is
   * a word with flags behind it, {@code DOWN+NOT_RESPONDING} (scontrol(1), sinfo(1), "NODE STATE
   * CODES"). What is not known to mean that it does, means that it does not.
   */
  static Map<String, NodeState> nodeStates(String text) {
    Map<String, NodeState> nodes = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      Map<String, String> values = values(line);
      String name = values.get("NodeName");
      if (name != null) {
        String state = values.getOrDefault("State", "");
        List<String> words = List.of(state.split("\\+", -1));
        boolean answers = ANSWERING.contains(words.get(0));
        for (String flag : SILENT) {
          answers &= !words.contains(flag);
        }
        nodes.put(
            name,
            new NodeState(state, answers, SlurmTexts.time(values.getOrDefault("BootTime", ""))));
      }
    }
    return nodes;
  }

  /** {@code gpu:tesla:2(S:0-1),gpu:4,lustre:1} has two of {@code tesla} and four of no name. */
  static Map<String, Long> gpus(String gres) {
    Map<String, Long> gpus = new LinkedHashMap<>();
    StringBuilder plain = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < gres.length(); i++) {
      char c = gres.charAt(i);
      depth += c == '(' ? 1 : 0;
      if (depth == 0) {
        plain.append(c);
      }
      depth -= c == ')' ? 1 : 0;
    }
    for (String part : plain.toString().split(",", -1)) {
      String[] words = part.split(":", -1);
      if (words[0].equals("gpu")) {
        boolean counted = words.length > 1 && SlurmIds.isNumber(words[words.length - 1]);
        long count = counted ? Long.parseLong(words[words.length - 1]) : 1;
        String type = words.length > (counted ? 2 : 1) ? words[1] : "";
        gpus.merge(type, count, Long::sum);
      }
    }
    return gpus;
  }

  /** {@code 1-02:03:04}, {@code 02:03:04} or {@code 03:04}; {@code NONE} and others are empty. */
  static Optional<Walltime> walltime(String text) {
    if (text.equals("UNLIMITED") || text.equals("INFINITE")) {
      return Optional.of(new Walltime.Unlimited());
    }
    int dash = text.indexOf('-');
    long seconds = 0;
    for (String part : text.substring(dash + 1).split(":", -1)) {
      if (!SlurmIds.isNumber(part)) {
        return Optional.empty();
      }
      seconds = seconds * 60 + Long.parseLong(part);
    }
    if (dash > 0) {
      if (!SlurmIds.isNumber(text.substring(0, dash))) {
        return Optional.empty();
      }
      seconds += Long.parseLong(text.substring(0, dash)) * 86_400;
    }
    return seconds <= 0
        ? Optional.empty()
        : Optional.of(new Walltime.Limit(Duration.ofSeconds(seconds)));
  }

  /** The words {@code Name=value} of a line; a word without {@code =} belongs to the one before. */
  private static Map<String, String> values(String line) {
    Map<String, String> values = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.putIfAbsent(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return values;
  }

  /** The number at the beginning of {@code 300 sec}; empty for {@code UNLIMITED} and the like. */
  static OptionalLong number(String text) {
    if (text == null) {
      return OptionalLong.empty();
    }
    int blank = text.indexOf(' ');
    String digits = blank < 0 ? text : text.substring(0, blank);
    return SlurmIds.isNumber(digits)
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }
}
