package org.condatainer.translation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which name of one scheduler's queue, account or quality of service stands for which of another's.
 * Such names mean something at one site only, so none is carried over without being told.
 */
public final class SiteNames {
  private final Map<String, String> names;

  private SiteNames(Map<String, String> names) {
    this.names = names;
  }

  /** No name is known. */
  public static SiteNames none() {
    return new SiteNames(Map.of());
  }

  /**
   * Reads names as they are configured: {@code slurm/gpu=lsf/gpu_long}, one pair each.
   *
   * @throws IllegalArgumentException with a message for the user, for a text of another form
   */
  public static SiteNames of(List<String> pairs) {
    Map<String, String> names = new HashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String to = pair.substring(equals + 1);
      int slash = to.indexOf('/');
      if (equals < 3 || pair.indexOf('/') < 1 || pair.indexOf('/') > equals || slash < 1) {
        throw new IllegalArgumentException(
            "\""
                + pair
                + "\" is not SCHEDULER/NAME=SCHEDULER/NAME, such as slurm/gpu=lsf/gpu_long");
      }
      names.put(pair.substring(0, equals) + "=" + to.substring(0, slash), to.substring(slash + 1));
    }
    return new SiteNames(names);
  }

  /** What a name of one scheduler is called on another. */
  public Optional<String> translate(String from, String name, String to) {
    return Optional.ofNullable(names.get(from + "/" + name + "=" + to));
  }
}
