package org.condatainer.scheduler.testkit.simulator;

import java.util.Locale;
import java.util.Map;

/** Fills in {@code $(name)} and {@code $(name:default)} of a submit description. */
final class HtcondorMacros {
  private HtcondorMacros() {}

  /** The key of the value that a process has of a variable of the queue statement. */
  static String itemKey(int process, String variable) {
    return "item " + process + " " + variable.toLowerCase(Locale.ROOT);
  }

  static String expand(SimulatedJob job, String text) {
    return expand(text, job.order.words, HtcondorAds.process(job), Integer.toString(job.base));
  }

  static String expand(String text, Map<String, String> words, int process, String cluster) {
    int at = text.indexOf("$(");
    int end = at < 0 ? -1 : text.indexOf(')', at);
    if (end < 0) {
      return text;
    }
    String[] parts = text.substring(at + 2, end).split(":", 2);
    String name = parts[0].strip().toLowerCase(Locale.ROOT);
    String value =
        switch (name) {
          case "cluster", "clusterid" -> cluster;
          case "process", "procid" -> Integer.toString(process);
          case "dollar" -> "$";
          default -> {
            String item = words.get(itemKey(process, name));
            String word = item == null ? words.get(name) : item;
            String other = parts.length > 1 ? parts[1] : "";
            yield expand(word == null ? other : word, words, process, cluster);
          }
        };
    return text.substring(0, at) + value + expand(text.substring(end + 1), words, process, cluster);
  }
}
