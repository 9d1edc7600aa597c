package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;

/** What {@code qstat -Bf}, {@code qstat -Qf} and {@code pbsnodes -av} print. */
final class PbsCluster {
  private PbsCluster() {}

  static ClusterInfo info(String server, String queues, String nodes) {
    List<AttributeText.Entry> servers = AttributeText.entries(server);
    AttributeText.Entry only =
        servers.isEmpty() ? new AttributeText.Entry("", Map.of(), false) : servers.get(0);
    boolean history = only.value("job_history_enable").equals("True");
    return new ClusterInfo(
        only.heading(),
        only.value("pbs_version"),
        queues(queues, only.value("default_queue")),
        nodes(nodes),
        OptionalLong.empty(),
        PbsValues.digits(only.value("max_array_size")),
        history,
        history ? seconds(only.value("job_history_duration")) : OptionalLong.of(0));
  }

  private static OptionalLong seconds(String clock) {
    return PbsValues.time(clock)
        .map(duration -> OptionalLong.of(duration.toSeconds()))
        .orElse(OptionalLong.empty());
  }

  static List<ClusterInfo.Queue> queues(String text, String defaultQueue) {
    List<ClusterInfo.Queue> queues = new ArrayList<>();
    for (AttributeText.Entry entry : AttributeText.entries(text)) {
      queues.add(
          new ClusterInfo.Queue(
              entry.heading(),
              entry.heading().equals(defaultQueue),
              entry.value("enabled").equals("True") && entry.value("started").equals("True"),
              walltime(entry.value("resources_max.walltime")),
              walltime(entry.value("resources_default.walltime")),
              PbsValues.digits(entry.value("resources_max.nodect")),
              List.of()));
    }
    return queues;
  }

  private static Optional<Walltime> walltime(String text) {
    return PbsValues.time(text).map(Walltime.Limit::new);
  }

  static List<ClusterInfo.Node> nodes(String text) {
    List<ClusterInfo.Node> nodes = new ArrayList<>();
    for (AttributeText.Entry entry : AttributeText.entries(text)) {
      Map<String, Long> gpus = new LinkedHashMap<>();
      OptionalLong count = PbsValues.digits(entry.value("resources_available.ngpus"));
      if (count.isPresent() && count.getAsLong() > 0) {
        gpus.put("", count.getAsLong());
      }
      nodes.add(
          new ClusterInfo.Node(
              entry.heading(),
              entry.value("state"),
              PbsValues.digits(entry.value("resources_available.ncpus")).orElse(0),
              PbsValues.size(entry.value("resources_available.mem")).orElse(0),
              gpus));
    }
    return nodes;
  }
}
