package org.condatainer.scheduler.htcondor;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The macros of a submit description: {@code $(name)} and {@code $(name:default)}, names without
 * regard to case. What HTCondor fills in for every process or on the node ({@code $(Process)},
 * {@code $$(Name)}, {@code $ENV(HOME)} and the other functions) is left as it stands.
 */
final class SubmitMacros {
  private static final int DEEPEST = 32;
  private static final Pattern DOLLAR = Pattern.compile("(?i)\\$\\(dollar\\)");

  private final Map<String, String> values = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Set<String> hidden = new HashSet<>();

  /** Names that have another value in every process, or are known only at submit. */
  private static final Set<String> LATE =
      Set.of(
          "process",
          "procid",
          "cluster",
          "clusterid",
          "step",
          "row",
          "item",
          "itemindex",
          "node",
          "cnt_index",
          "submit_file",
          "submit_time",
          "year",
          "month",
          "day");

  /** Sets a macro. A value that names the macro itself gets its former value there. */
  void set(String key, String value) {
    String former = values.getOrDefault(key, "");
    values.put(key, replaced(value, key, former));
  }

  boolean isSet(String key) {
    return values.containsKey(key);
  }

  /** Whether a macro of this name was filled in somewhere. */
  boolean isUsed(String key) {
    return used.contains(key);
  }

  /** The text with every macro filled in that can be. */
  String expand(String text) {
    return expand(text, 0);
  }

  /**
   * The same for the name of a file, in which a dollar of its own stays {@code $(DOLLAR)}: before
   * what HTCondor has yet to fill in, it would mean something else.
   */
  String expandName(String text) {
    return expand(DOLLAR.matcher(text).replaceAll("\u0001")).replace("\u0001", "$(DOLLAR)");
  }

  /** Whether something in a text is left that only HTCondor can fill in. */
  boolean leavesOpen(String text) {
    return isOpen(expand(DOLLAR.matcher(text).replaceAll("\u0001")));
  }

  /** Whether something is left in an expanded text that only HTCondor can fill in. */
  static boolean isOpen(String expanded) {
    int at = expanded.indexOf('$');
    while (at >= 0) {
      int i = at + 1;
      while (i < expanded.length()
          && (Character.isLetter(expanded.charAt(i))
              || expanded.charAt(i) == '$'
              || expanded.charAt(i) == '_')) {
        i++;
      }
      if (i < expanded.length() && expanded.charAt(i) == '(') {
        return true;
      }
      at = expanded.indexOf('$', at + 1);
    }
    return false;
  }

  private String expand(String text, int depth) {
    int at = text.indexOf("$(");
    if (at < 0 || depth > DEEPEST) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int from = 0;
    while (at >= 0) {
      int end = text.indexOf(')', at);
      if (end < 0) {
        break;
      }
      boolean onNode = at > 0 && text.charAt(at - 1) == '$';
      String inner = text.substring(at + 2, end);
      int colon = inner.indexOf(':');
      String name = (colon < 0 ? inner : inner.substring(0, colon)).strip();
      String key = name.toLowerCase(Locale.ROOT);
      result.append(text, from, at);
      used.add(key);
      if (onNode || isLate(key)) {
        result.append(text, at, end + 1);
      } else if (key.equals("dollar")) {
        result.append('$');
      } else if (values.containsKey(key)) {
        result.append(expand(values.get(key), depth + 1));
      } else if (colon >= 0) {
        result.append(expand(inner.substring(colon + 1), depth + 1));
      } else if (hidden.contains(key)) {
        result.append(text, at, end + 1);
      }
      from = end + 1;
      at = text.indexOf("$(", from);
    }
    return result.append(text.substring(from)).toString();
  }

  /** Names that a queue statement gives a value for every process. */
  void late(Set<String> names) {
    for (String name : names) {
      String key = name.toLowerCase(Locale.ROOT);
      hidden.add(key);
      values.remove(key);
    }
  }

  /** The job's name may be given on the command line, so it is filled in at submit. */
  private boolean isLate(String key) {
    return key.equals("batch_name") || (LATE.contains(key) && !values.containsKey(key));
  }

  private static String replaced(String value, String key, String former) {
    String wanted = "$(" + key + ")";
    StringBuilder result = new StringBuilder();
    String lower = value.toLowerCase(Locale.ROOT);
    int from = 0;
    int at = lower.indexOf(wanted);
    while (at >= 0) {
      result.append(value, from, at).append(former);
      from = at + wanted.length();
      at = lower.indexOf(wanted, from);
    }
    return result.append(value.substring(from)).toString();
  }
}
