package org.condatainer.config;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The value of one key, and where it was said.
 *
 * @param values the value; several for a key that takes a list
 * @param origin {@code FILE:LINE}, the name of a variable, or {@code default}
 */
public record Setting(List<String> values, String origin) {
  public Setting {
    values = List.copyOf(values);
    requireNonNull(origin, "origin is null");
  }

  /** The only value, or the first. */
  public String value() {
    return values.get(0);
  }
}
