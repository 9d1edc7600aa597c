package org.condatainer.scheduler.slurm;

/** How Slurm writes job ids: {@code 123}, {@code 84_3}, {@code 84_[3-5%2]}, {@code 86+1}. */
final class SlurmIds {
  private SlurmIds() {}

  /** Whether a text is an id that a user can be given: a number, with a task or a component. */
  static boolean isId(String text) {
    int split = split(text);
    return isNumber(text.substring(0, split))
        && (split == text.length() || isNumber(text.substring(split + 1)));
  }

  /** What stands before {@code _} or {@code +}. */
  static String base(String id) {
    return id.substring(0, split(id));
  }

  /**
   * Whether {@code 84_[3-5,9:2%2]} has the task {@code 84_4}. A list that was cut off ({@code …})
   * may have any.
   */
  static boolean contains(String pattern, String task) {
    int open = pattern.indexOf("_[");
    int mark = task.indexOf('_');
    if (open < 0 || mark != open || !pattern.regionMatches(0, task, 0, open)) {
      return false;
    }
    String list = pattern.substring(open + 2);
    if (!list.endsWith("]") || list.contains("...")) {
      return true;
    }
    list = list.substring(0, list.length() - 1);
    int limit = list.indexOf('%');
    if (limit >= 0) {
      list = list.substring(0, limit);
    }
    String index = task.substring(mark + 1);
    if (!isNumber(index)) {
      return false;
    }
    long wanted = Long.parseLong(index);
    for (String range : list.split(",", -1)) {
      if (rangeHas(range, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean rangeHas(String range, long wanted) {
    int colon = range.indexOf(':');
    long step = 1;
    String ends = range;
    if (colon >= 0) {
      ends = range.substring(0, colon);
      if (!isNumber(range.substring(colon + 1))) {
        return true;
      }
      step = Math.max(1, Long.parseLong(range.substring(colon + 1)));
    }
    int dash = ends.indexOf('-');
    String first = dash < 0 ? ends : ends.substring(0, dash);
    String last = dash < 0 ? ends : ends.substring(dash + 1);
    if (!isNumber(first) || !isNumber(last)) {
      return true;
    }
    long from = Long.parseLong(first);
    return wanted >= from && wanted <= Long.parseLong(last) && (wanted - from) % step == 0;
  }

  private static int split(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) == '_' || id.charAt(i) == '+') {
        return i;
      }
    }
    return id.length();
  }

  static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
