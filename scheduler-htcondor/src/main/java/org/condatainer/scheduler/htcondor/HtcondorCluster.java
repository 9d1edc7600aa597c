package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.condatainer.scheduler.ClusterInfo;

/** What {@code condor_status} and {@code condor_version} tell of a pool. HTCondor has no queues. */
final class HtcondorCluster {
  static final List<String> ATTRIBUTES =
      List.of(
          "Name",
          "Machine",
          "State",
          "SlotType",
          "DynamicSlot",
          "Cpus",
          "TotalSlotCpus",
          "Memory",
          "TotalSlotMemory",
          "GPUs",
          "TotalSlotGPUs",
          "GPUs_DeviceName",
          "CUDADeviceName");

  private static final long MEBIBYTE = 1L << 20;

  private HtcondorCluster() {}

  /**
   * The pool. Slots that were cut out of others are part of those.
   *
   * @param slots what condor_status printed as JSON
   * @param version what condor_version printed
   * @throws IllegalArgumentException if that is not understood
   */
  static ClusterInfo info(String slots, String version) {
    Map<String, ClusterInfo.Node> nodes = new LinkedHashMap<>();
    for (Map<String, String> slot : JsonAds.read(slots)) {
      String name = slot.getOrDefault("name", "");
      boolean dynamic =
          slot.getOrDefault("dynamicslot", "").equals("true")
              || slot.getOrDefault("slottype", "").equals("Dynamic");
      if (name.isEmpty() || dynamic) {
        continue;
      }
      ClusterInfo.Node node = node(HtcondorJob.machine(name), slot);
      nodes.merge(node.name(), node, HtcondorCluster::together);
    }
    return new ClusterInfo(
        "",
        version(version),
        List.of(),
        new ArrayList<>(nodes.values()),
        OptionalLong.empty(),
        true,
        OptionalLong.of(0));
  }

  private static ClusterInfo.Node node(String name, Map<String, String> slot) {
    long gpus = Math.max(number(slot, "totalslotgpus"), number(slot, "gpus"));
    String model = slot.getOrDefault("gpus_devicename", slot.getOrDefault("cudadevicename", ""));
    return new ClusterInfo.Node(
        name,
        slot.getOrDefault("state", ""),
        Math.max(number(slot, "totalslotcpus"), number(slot, "cpus")),
        Math.max(number(slot, "totalslotmemory"), number(slot, "memory")) * MEBIBYTE,
        gpus > 0 ? Map.of(model, gpus) : Map.of());
  }

  private static ClusterInfo.Node together(ClusterInfo.Node one, ClusterInfo.Node other) {
    Map<String, Long> gpus = new LinkedHashMap<>(one.gpus());
    other.gpus().forEach((model, count) -> gpus.merge(model, count, Long::sum));
    return new ClusterInfo.Node(
        one.name(),
        one.state().equals(other.state()) ? one.state() : one.state() + "," + other.state(),
        one.cpus() + other.cpus(),
        one.memoryBytes() + other.memoryBytes(),
        gpus);
  }

  private static long number(Map<String, String> slot, String name) {
    String value = slot.getOrDefault(name, "");
    int dot = value.indexOf('.');
    return SubmitNumbers.digits(dot < 0 ? value : value.substring(0, dot)).orElse(0);
  }

  /** {@code $CondorVersion: 23.9.6 2026-07-12 …$}. */
  static String version(String output) {
    String mark = "$CondorVersion: ";
    int at = output.indexOf(mark);
    if (at < 0) {
      return "";
    }
    int end = output.indexOf(' ', at + mark.length());
    return end < 0 ? "" : output.substring(at + mark.length(), end);
  }
}
