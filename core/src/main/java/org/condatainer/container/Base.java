package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** What lies below the overlays. */
public sealed interface Base {
  /** The root file system of the machine that the container runs on. */
  record Host() implements Base {}

  /**
   * An image.
   *
   * @param path a SIF or squashfs file, or a folder that holds a root file system; absolute
   */
  record Image(Path path) implements Base {
    public Image {
      requireNonNull(path, "path is null");
    }
  }
}
