package org.condatainer.scheduler.lsf;

import java.util.Optional;

/** How LSF writes job ids: {@code 43}, and {@code 43[3]} for an array's element. */
final class LsfIds {
  private LsfIds() {}

  static boolean isId(String text) {
    int open = text.indexOf('[');
    if (open < 0) {
      return isNumber(text);
    }
    return isNumber(text.substring(0, open))
        && text.endsWith("]")
        && isNumber(text.substring(open + 1, text.length() - 1));
  }

  /** The array's id, or the id itself. */
  static String base(String id) {
    int open = id.indexOf('[');
    return open < 0 ? id : id.substring(0, open);
  }

  /** The index in the name of an array's element, {@code arr[3]}; empty for any other name. */
  static Optional<String> index(String name) {
    int open = name.lastIndexOf('[');
    if (open < 0 || !name.endsWith("]")) {
      return Optional.empty();
    }
    String index = name.substring(open + 1, name.length() - 1);
    return isNumber(index) && !index.equals("0") ? Optional.of(index) : Optional.empty();
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
