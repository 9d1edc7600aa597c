package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.ClusterInfo;

/**
 * The queues and what they grant one job (pbs_queue_attributes(7B)). A limit of the server holds
 * for queues without one of their own; a routing queue grants what one of its destinations does.
 */
final class PbsQueueLimits {
  private static final String MAX = "resources_max.";

  private final Map<String, AttributeText.Entry> queues = new HashMap<>();
  private final AttributeText.Entry server;

  private PbsQueueLimits(AttributeText.Entry server) {
    this.server = server;
  }

  static List<ClusterInfo.Queue> queues(
      List<AttributeText.Entry> entries, AttributeText.Entry server) {
    PbsQueueLimits limits = new PbsQueueLimits(server);
    entries.forEach(entry -> limits.queues.put(entry.heading(), entry));
    List<ClusterInfo.Queue> queues = new ArrayList<>();
    for (AttributeText.Entry entry : entries) {
      queues.add(limits.queue(entry, server.value("default_queue")));
    }
    return queues;
  }

  private ClusterInfo.Queue queue(AttributeText.Entry entry, String defaultQueue) {
    OptionalLong walltime = most(entry, MAX + "walltime", PbsQueueLimits::seconds);
    return new ClusterInfo.Queue(
        entry.heading(),
        entry.heading().equals(defaultQueue),
        entry.value("enabled").equals("True") && entry.value("started").equals("True"),
        walltime.isPresent()
            ? PbsValues.time(Long.toString(walltime.getAsLong())).map(Walltime.Limit::new)
            : Optional.empty(),
        PbsValues.time(entry.value("resources_default.walltime")).map(Walltime.Limit::new),
        most(entry, MAX + "nodect", PbsValues::digits),
        List.of(),
        new ClusterInfo.JobLimits(
            most(entry, MAX + "ncpus", PbsValues::digits),
            most(entry, MAX + "mem", PbsValues::size),
            most(entry, MAX + "ngpus", PbsValues::digits),
            most(entry, "max_array_size", PbsValues::digits)));
  }

  private static OptionalLong seconds(String text) {
    return PbsValues.time(text)
        .map(time -> OptionalLong.of(time.toSeconds()))
        .orElse(OptionalLong.empty());
  }

  private OptionalLong most(
      AttributeText.Entry queue, String name, Function<String, OptionalLong> reading) {
    OptionalLong own = reading.apply(queue.value(name));
    if (own.isEmpty() && name.startsWith(MAX)) {
      own = reading.apply(server.value(name));
    }
    OptionalLong beyond = ofDestinations(queue, name, reading);
    boolean lower = beyond.isPresent() && (own.isEmpty() || beyond.getAsLong() < own.getAsLong());
    return lower ? beyond : own;
  }

  /** Empty for an execution queue, and where a destination has no limit or is another server's. */
  private OptionalLong ofDestinations(
      AttributeText.Entry queue, String name, Function<String, OptionalLong> reading) {
    OptionalLong most = OptionalLong.empty();
    if (!queue.value("queue_type").startsWith("R")) {
      return most;
    }
    for (String destination : queue.value("route_destinations").split(",", -1)) {
      AttributeText.Entry target = queues.get(destination.strip());
      boolean leaf = target != null && !target.value("queue_type").startsWith("R");
      OptionalLong limit = leaf ? most(target, name, reading) : OptionalLong.empty();
      if (limit.isEmpty()) {
        return limit;
      }
      most = OptionalLong.of(Math.max(limit.getAsLong(), most.orElse(0)));
    }
    return most;
  }
}
