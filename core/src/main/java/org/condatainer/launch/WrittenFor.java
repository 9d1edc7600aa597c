package org.condatainer.launch;

import java.util.List;
import java.util.Optional;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * Which scheduler a job script is written for: the one that the user names, else the scheduler at
 * hand if the script has its directives, else the one whose directive stands first.
 */
public final class WrittenFor {
  private WrittenFor() {}

  /**
   * Finds the scheduler.
   *
   * @param named the id that the user gave
   * @param atHand the scheduler that the script goes to
   * @return empty for a script without directives
   * @throws LaunchException if no adapter reads the script's directives, or there is none for the
   *     id, or the script has none of its directives
   */
  public static Optional<SchedulerProvider> of(
      JobScript script,
      Optional<String> named,
      SchedulerProvider atHand,
      InstalledSchedulers schedulers) {
    if (named.isPresent()) {
      return Optional.of(named(script, named.get(), schedulers));
    }
    if (atHand.dialect().appearsIn(script)) {
      return Optional.of(atHand);
    }
    Optional<SchedulerProvider> first = Optional.empty();
    int firstLine = Integer.MAX_VALUE;
    for (SchedulerProvider provider : schedulers.providers()) {
      if (!provider.dialect().appearsIn(script)) {
        continue;
      }
      List<DirectiveLine> lines = provider.dialect().read(script).directives();
      int line = lines.isEmpty() ? Integer.MAX_VALUE - 1 : lines.get(0).line();
      if (line < firstLine) {
        firstLine = line;
        first = Optional.of(provider);
      }
    }
    if (first.isEmpty()) {
      refuseUnreadable(script, atHand);
    }
    return first;
  }

  private static SchedulerProvider named(
      JobScript script, String id, InstalledSchedulers schedulers) {
    SchedulerProvider provider =
        schedulers
            .byId(id)
            .orElseThrow(
                () ->
                    new LaunchException(
                        LaunchException.Kind.BAD_REQUEST,
                        "--from: there is no adapter for the scheduler \""
                            + id
                            + "\". Installed: "
                            + String.join(", ", schedulers.ids())));
    if (!provider.dialect().appearsIn(script)) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "--from: " + script.name() + " has no directives of " + provider.displayName());
    }
    return provider;
  }

  private static void refuseUnreadable(JobScript script, SchedulerProvider atHand) {
    Optional<String> foreign = ForeignDirectives.in(script, atHand.id());
    if (foreign.isPresent()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          script.name()
              + " is written for "
              + foreign.get()
              + ", which no installed adapter reads; give it directives of "
              + atHand.displayName()
              + ", or run it on this machine: --local");
    }
  }
}
