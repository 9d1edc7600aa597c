package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;

/**
 * One of {@code -W name=value,name=value}: a comma begins the next only before a {@code name=}.
 *
 * @param text the name with its value
 * @param start where it begins in the option's value
 */
record PbsAttribute(String text, int start) {
  static List<PbsAttribute> of(String value) {
    List<PbsAttribute> attributes = new ArrayList<>();
    int start = 0;
    while (start < value.length()) {
      int end = nextAttribute(value, start);
      attributes.add(new PbsAttribute(value.substring(start, end), start));
      start = end + 1;
    }
    return attributes;
  }

  String name() {
    int equals = text.indexOf('=');
    return equals < 0 ? text : text.substring(0, equals);
  }

  String value() {
    return text.substring(text.indexOf('=') + 1);
  }

  private static int nextAttribute(String value, int start) {
    int comma = value.indexOf(',', start);
    while (comma >= 0) {
      int equals = value.indexOf('=', comma);
      int next = value.indexOf(',', comma + 1);
      int colon = value.indexOf(':', comma);
      boolean named = equals > 0 && (next < 0 || equals < next) && (colon < 0 || equals < colon);
      if (named) {
        return comma;
      }
      comma = next;
    }
    return value.length();
  }
}
