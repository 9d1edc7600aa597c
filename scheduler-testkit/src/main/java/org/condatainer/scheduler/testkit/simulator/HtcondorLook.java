package org.condatainer.scheduler.testkit.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What condor_q, condor_history and condor_status are asked, and how they print it. */
final class HtcondorLook {
  private final boolean all;
  private final String constraint;
  private final boolean json;
  private final List<String> attributes;

  HtcondorLook(Call call) {
    boolean everybody = false;
    boolean asJson = false;
    String which = "true";
    List<String> names = new ArrayList<>();
    List<String> words = call.arguments();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-allusers" -> everybody = true;
        case "-json" -> asJson = true;
        case "-constraint" -> which = words.get(++i);
        case "-attributes" -> names.addAll(List.of(words.get(++i).split(",", -1)));
        case "-af" -> {
          names.addAll(words.subList(i + 1, words.size()));
          i = words.size();
        }
        default -> throw new IllegalArgumentException("not simulated: " + words.get(i));
      }
    }
    this.all = everybody;
    this.json = asJson;
    this.constraint = which;
    this.attributes = List.copyOf(names);
  }

  /** Whether the jobs of everybody are asked for. */
  boolean isOfAll() {
    return all;
  }

  /**
   * Prints the descriptions that fit.
   *
   * @param emptyList whether none at all are an empty list; condor_q prints nothing then
   */
  Answer answer(List<Map<String, Object>> ads, boolean emptyList) {
    List<String> texts = new ArrayList<>();
    try {
      for (Map<String, Object> ad : ads) {
        if (ClassAdExpression.holds(constraint, ad)) {
          texts.add(json ? HtcondorAds.json(ad, attributes) : HtcondorAds.line(ad, attributes));
        }
      }
    } catch (IllegalArgumentException e) {
      return Answer.failed(1, "\n-- Parse error in constraint expression \"" + constraint + "\"\n");
    }
    if (!json) {
      return Answer.of(String.join("", texts));
    }
    return texts.isEmpty()
        ? Answer.of(emptyList ? "[\n]\n" : "")
        : Answer.of("[\n" + String.join(",\n", texts) + "]\n");
  }
}
