package org.condatainer.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Variables that look like ours and are none, and so do nothing: {@code CNT_SCHEDULR=none} submits.
 * What is near to none of ours may be another program's, and is not spoken of.
 */
final class MisspeltVariables {
  private static final String PREFIX = "CNT_";

  /** Of the launcher of this program. */
  private static final String JAVA = PREFIX + "JAVA";

  /** What a user does not set: this program does, for jobs, containers and itself. */
  private static final Set<String> SET_BY_US =
      Set.of(
          "CNT_ARRAY_COUNT",
          "CNT_ARRAY_INDEX",
          "CNT_CONDA_PREFIX",
          "CNT_JOB_CLUSTER",
          "CNT_JOB_ID",
          "CNT_LC_ALL",
          "CNT_OMP_NUM_THREADS",
          "CNT_OVERLAYS",
          "CNT_RANK",
          "CNT_RECORD_ARCHIVE",
          "CNT_RECORD_CLASSES",
          "CNT_TAG");

  private MisspeltVariables() {}

  /** A line for each; in the order of their names. */
  static List<String> warnings(Map<String, String> variables) {
    List<String> warnings = new ArrayList<>();
    for (String name : new TreeMap<>(variables).keySet()) {
      if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())
          && name.matches("[A-Za-z0-9_]+")
          && !SET_BY_US.contains(name)) {
        List<String> known = known();
        if (!known.contains(name)) {
          Spelling.nearest(name, known)
              .ifPresent(
                  nearest ->
                      warnings.add(
                          "warning: the variable "
                              + name
                              + " is not known, and does nothing; did you mean "
                              + nearest
                              + "?"));
        }
      }
    }
    return warnings;
  }

  private static List<String> known() {
    List<String> known = new ArrayList<>(List.of(JAVA));
    for (Key key : Key.values()) {
      known.add(key.variable());
    }
    return known;
  }
}
