package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All {@code -R} of a script as one: {@code -R} on bsub's command line goes over those of the
 * script as a whole, so one section cannot be given over the others alone.
 */
final class MergedRequirement {
  private final Map<String, String> sections = new LinkedHashMap<>();

  private MergedRequirement() {}

  /** Empty if one of them is compound or broken. */
  static Optional<MergedRequirement> of(List<String> values) {
    MergedRequirement merged = new MergedRequirement();
    for (String value : values) {
      Optional<List<ResourceRequirement.Section>> sections =
          ResourceRequirement.isCompound(value)
              ? Optional.empty()
              : ResourceRequirement.sections(value);
      if (sections.isEmpty()) {
        return Optional.empty();
      }
      sections.get().forEach(merged::add);
    }
    return Optional.of(merged);
  }

  private void add(ResourceRequirement.Section section) {
    String name = section.name().isEmpty() ? "select" : section.name();
    String before = sections.get(name);
    String body = section.body();
    if (before != null && name.equals("select")) {
      body = "(" + before + ") && (" + body + ")";
    } else if (before != null && name.equals("rusage")) {
      body = before + "," + body;
    }
    sections.put(name, body);
  }

  boolean has(String section) {
    return sections.containsKey(section);
  }

  /** What a section says, empty if there is none. */
  String body(String section) {
    return sections.getOrDefault(section, "");
  }

  void put(String section, String body) {
    sections.put(section, body);
  }

  /** Takes a resource out of {@code rusage[]}. */
  void withoutUsage(String resource) {
    String body = sections.get("rusage");
    if (body != null) {
      String rest = ResourceRequirement.without(body, resource);
      if (rest.isEmpty()) {
        sections.remove("rusage");
      } else {
        sections.put("rusage", rest);
      }
    }
  }

  /** Adds a resource to {@code rusage[]}. */
  void withUsage(String usage) {
    String body = sections.get("rusage");
    sections.put("rusage", body == null ? usage : usage + "," + body);
  }

  String text() {
    List<String> all = new ArrayList<>();
    sections.forEach((name, body) -> all.add(name + "[" + body + "]"));
    return String.join(" ", all);
  }
}
