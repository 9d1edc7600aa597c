package org.condatainer.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.MountedOverlay;
import org.condatainer.overlay.OverlayEnvironment;
import org.condatainer.trust.Printable;

/**
 * The variables of all overlays of a container, and of the user's. Of two with the same name the
 * later overlay's counts, and the user's before both.
 */
final class OverlayVariables {
  private static final List<String> CHOOSING =
      List.of("PATH", "BASH_ENV", "ENV", "PROMPT_COMMAND", "SHELLOPTS", "BASHOPTS", "PS4");
  private static final List<String> CHOOSING_PREFIXES = List.of("LD_", "PYTHON", "PERL");

  /**
   * What is shown of a variable.
   *
   * @param text its value, or a note instead
   * @param overlay the name of the overlay's file
   */
  private record Shown(String text, String overlay) {}

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Shown> shown = new LinkedHashMap<>();

  /**
   * Reads those of the overlays.
   *
   * @param overlays in the order in which they were named
   * @param ofUser what the user sets
   * @throws org.condatainer.overlay.OverlayException if a file has a line that is none
   */
  static OverlayVariables of(List<MountedOverlay> overlays, Map<String, String> ofUser) {
    OverlayVariables all = new OverlayVariables();
    for (MountedOverlay overlay : overlays) {
      OverlayEnvironment environment = OverlayEnvironment.of(overlay.path());
      String file = overlay.path().getFileName().toString();
      environment
          .variables()
          .forEach(
              (name, value) -> {
                all.values.put(name, value);
                all.shown.put(name, new Shown(text(name, value, environment.notes()), file));
              });
    }
    all.values.putAll(ofUser);
    all.shown.keySet().removeAll(ofUser.keySet());
    return all;
  }

  /** A note stands for the value, but does not hide what decides which programs run. */
  private static String text(String name, String value, Map<String, String> notes) {
    String note = notes.get(name);
    String text = note == null ? value : choosesPrograms(name) ? value + "  # " + note : note;
    return Printable.line(text);
  }

  private static boolean choosesPrograms(String name) {
    return CHOOSING.contains(name) || CHOOSING_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** Values by name. */
  Map<String, String> values() {
    return values;
  }

  /** The overlays' as lines for the user, each with its overlay where there are several. */
  Optional<String> note() {
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    boolean several = shown.values().stream().map(Shown::overlay).distinct().count() > 1;
    List<String> lines = new ArrayList<>(List.of("overlay variables:"));
    shown.forEach(
        (name, value) ->
            lines.add(
                "  " + name + ": " + value.text() + (several ? " (" + value.overlay() + ")" : "")));
    return Optional.of(String.join("\n", lines));
  }
}
