package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A container as it was asked for, whatever runtime makes it.
 *
 * @param base what lies below the overlays
 * @param overlays the overlays, the first on top; at most one of them is {@link
 *     MountedOverlay.Format#EXT3}
 * @param binds more of the host to show, in order
 * @param variables variables to set in it, over the ones that it would have, in order
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
    overlays = List.copyOf(overlays);
    binds = List.copyOf(binds);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }
}
