package org.condatainer.scheduler.pbs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.condatainer.scheduler.ClusterInfo;

/** What {@code qstat -Bf}, {@code qstat -Qf} and {@code pbsnodes -av} print. */
final class PbsCluster {
  /** Two weeks, in seconds (pbs_server_attributes(7B), job_history_duration). */
  private static final long DEFAULT_HISTORY = 1_209_600;

  private PbsCluster() {}

  static ClusterInfo info(String server, String queues, String nodes) {
    List<AttributeText.Entry> servers = AttributeText.entries(server);
    AttributeText.Entry only =
        servers.isEmpty() ? new AttributeText.Entry("", Map.of(), false) : servers.get(0);
    boolean history = only.value("job_history_enable").equals("True");
    return new ClusterInfo(
        only.heading(),
        only.value("pbs_version"),
        PbsQueueLimits.queues(AttributeText.entries(queues), only),
        nodes(nodes),
        OptionalLong.empty(),
        PbsValues.digits(only.value("max_array_size")),
        history,
        history ? endedJobs(only.value("job_history_duration")) : OptionalLong.of(0));
  }

  /** A server whose duration nobody set prints none. */
  private static OptionalLong endedJobs(String duration) {
    return duration.isEmpty() ? OptionalLong.of(DEFAULT_HISTORY) : seconds(duration);
  }

  private static OptionalLong seconds(String clock) {
    return PbsValues.time(clock)
        .map(duration -> OptionalLong.of(duration.toSeconds()))
        .orElse(OptionalLong.empty());
  }

  /**
   * The hosts: a chunk may take from all vnodes of one (pbs_place(7B) and the Administrator's
   * Guide, "Vnodes"), so that theirs are added up.
   */
  static List<ClusterInfo.Node> nodes(String text) {
    Map<String, ClusterInfo.Node> byHost = new LinkedHashMap<>();
    for (AttributeText.Entry entry : AttributeText.entries(text)) {
      Map<String, Long> gpus = new LinkedHashMap<>();
      OptionalLong count = PbsValues.digits(entry.value("resources_available.ngpus"));
      if (count.isPresent() && count.getAsLong() > 0) {
        gpus.put("", count.getAsLong());
      }
      String host = entry.value("resources_available.host");
      byHost.merge(
          host.isEmpty() ? entry.heading() : host,
          new ClusterInfo.Node(
              entry.heading(),
              entry.value("state"),
              PbsValues.digits(entry.value("resources_available.ncpus")).orElse(0),
              PbsValues.size(entry.value("resources_available.mem")).orElse(0),
              gpus),
          PbsCluster::together);
    }
    return List.copyOf(byHost.values());
  }

  /** The first of a host's vnodes is listed under the host's own name. */
  private static ClusterInfo.Node together(ClusterInfo.Node host, ClusterInfo.Node vnode) {
    Map<String, Long> gpus = new LinkedHashMap<>(host.gpus());
    vnode.gpus().forEach((model, count) -> gpus.merge(model, count, Long::sum));
    return new ClusterInfo.Node(
        host.name(),
        host.state(),
        host.cpus() + vnode.cpus(),
        host.memoryBytes() + vnode.memoryBytes(),
        gpus);
  }
}
