package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * The scheduler at hand, and why.
 *
 * @param provider the chosen scheduler, empty for this machine
 * @param reason why this one, or what was looked for and not found: one line each
 */
public record SchedulerChoice(Optional<SchedulerProvider> provider, List<String> reason) {
  /** The id that stands for this machine without a scheduler. */
  public static final String NONE = "none";

  public SchedulerChoice {
    reason = List.copyOf(reason);
  }

  /**
   * Chooses the scheduler.
   *
   * @param wanted an id that the user or the configuration asks for, empty to look around
   * @param origin where that wish stands, for messages
   * @throws LaunchException if the wanted one is not installed, or several fit and none is wanted
   */
  public static SchedulerChoice of(
      Optional<String> wanted,
      String origin,
      InstalledSchedulers installed,
      HostEnvironment environment) {
    if (wanted.isPresent()) {
      return wanted(wanted.get(), origin, installed);
    }
    List<SchedulerProvider> fitting = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (Map.Entry<SchedulerProvider, Detection> entry : installed.detect(environment).entrySet()) {
      SchedulerProvider provider = entry.getKey();
      if (entry.getValue().found()) {
        fitting.add(provider);
        found.add(
            "--scheduler "
                + provider.id()
                + "  "
                + provider.displayName()
                + ": "
                + entry.getValue().evidence());
      }
      reasons.add(provider.displayName() + ": " + entry.getValue().evidence());
    }
    reasons.addAll(installed.problems());
    if (fitting.size() > 1) {
      throw new LaunchException(
          LaunchException.Kind.NO_SCHEDULER,
          "several schedulers fit this machine:\n  "
              + String.join("\n  ", found)
              + "\n"
              + "Say which one to use: one of these options, CNT_SCHEDULER=ID, or scheduler: ID in"
              + " the configuration; ID is one of "
              + ids(fitting)
              + ", or none for this machine.");
    }
    return new SchedulerChoice(fitting.stream().findFirst(), reasons);
  }

  private static SchedulerChoice wanted(String id, String origin, InstalledSchedulers installed) {
    if (id.equals(NONE)) {
      return new SchedulerChoice(Optional.empty(), List.of(origin + " says none"));
    }
    SchedulerProvider provider =
        installed
            .byId(id)
            .orElseThrow(
                () ->
                    new LaunchException(
                        LaunchException.Kind.BAD_REQUEST,
                        "there is no adapter for the scheduler \""
                            + id
                            + "\" ("
                            + origin
                            + "). Installed: "
                            + ids(installed.providers())
                            + ", and none for this machine."
                            + problems(installed)));
    return new SchedulerChoice(Optional.of(provider), List.of(origin + " says " + provider.id()));
  }

  private static String problems(InstalledSchedulers installed) {
    return installed.problems().isEmpty() ? "" : "\n" + String.join("\n", installed.problems());
  }

  private static String ids(List<SchedulerProvider> providers) {
    List<String> ids = new ArrayList<>();
    for (SchedulerProvider provider : providers) {
      ids.add(provider.id());
    }
    return String.join(", ", ids);
  }
}
