package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.translation.SiteNames;

/** What keys of the configuration take beyond their form: words that mean something. */
final class ConfigValues {
  private ConfigValues() {}

  /**
   * The key of this name.
   *
   * @param command for the message
   * @throws UsageException if there is none
   */
  static Key key(String command, String name) {
    Optional<Key> key = Key.of(name);
    if (key.isEmpty()) {
      throw new UsageException(
          command + ": there is no key \"" + name + "\" (condatainer config show names them)");
    }
    return key.get();
  }

  /**
   * @param place where the values were said, for the message
   * @throws UsageException if the key does not take them
   */
  static void check(String place, Key key, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    switch (key) {
      case RUNTIME -> oneOf(place, key, values.get(0), Configuration.RUNTIMES);
      case SCHEDULER -> {
        List<String> ids = new ArrayList<>(List.of("none"));
        ids.addAll(Installation.schedulers().ids());
        oneOf(place, key, values.get(0), ids);
      }
      case QUEUE_NAMES, ACCOUNT_NAMES -> {
        try {
          SiteNames.of(values);
        } catch (IllegalArgumentException e) {
          throw new UsageException(place + ": " + key.text() + ": " + e.getMessage());
        }
      }
      default -> {
        // any text
      }
    }
  }

  private static void oneOf(String place, Key key, String value, List<String> words) {
    if (!words.contains(value)) {
      throw new UsageException(
          place
              + ": "
              + key.text()
              + " is one of "
              + String.join(", ", words)
              + ", not \""
              + value
              + "\"");
    }
  }
}
