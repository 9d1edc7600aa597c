package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container as it was asked for, whatever runtime makes it.
 *
 * @param base what lies below the overlays
 * @param overlays the overlays, the first on top; at most one of them is {@link
 *     MountedOverlay.Format#EXT3}
 * @param binds more of the host to show, in order
 * @param variables variables to set in it, over the ones that it would have, in order; the names
 *     are what a shell takes for a name
 * @param gpus whether the host's GPUs and their libraries are shown
 * @param fakeroot whether the user is root in it
 */
public record Container(
    Base base,
    List<MountedOverlay> overlays,
    List<Bind> binds,
    Map<String, String> variables,
    boolean gpus,
    boolean fakeroot) {
  public Container {
    requireNonNull(base, "base is null");
    if (overlays.stream().filter(o -> o.format() == MountedOverlay.Format.EXT3).count() > 1) {
      throw new IllegalArgumentException("a container has one ext3 overlay at most");
    }
    for (String name : variables.keySet()) {
      if (!isName(name)) {
        throw new IllegalArgumentException("not the name of a variable: " + name);
      }
    }
    overlays = List.copyOf(overlays);
    binds = List.copyOf(binds);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** The workspace overlay, empty when there is none. */
  public Optional<MountedOverlay> workspace() {
    for (MountedOverlay overlay : overlays) {
      if (overlay.format() == MountedOverlay.Format.EXT3) {
        return Optional.of(overlay);
      }
    }
    return Optional.empty();
  }

  /** Whether the workspace overlay can be written to; false without one. */
  boolean writable() {
    return workspace().isPresent() && workspace().get().writable();
  }

  /** Whether one of the overlays is a squashfs. */
  boolean hasSquashfs() {
    for (MountedOverlay overlay : overlays) {
      if (overlay.format() == MountedOverlay.Format.SQUASHFS) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
