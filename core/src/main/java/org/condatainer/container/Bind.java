package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * A file or folder of the host that is seen in the container.
 *
 * @param source where it is on the host, absolute
 * @param target where it is seen, absolute
 * @param readOnly whether the container may not write to it
 */
public record Bind(Path source, Path target, boolean readOnly) {
  public Bind {
    requireNonNull(source, "source is null");
    requireNonNull(target, "target is null");
  }
}
