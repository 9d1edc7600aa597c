package org.condatainer.container;

/**
 * The runtime that needs neither Apptainer nor Singularity.
 *
 * @param root whether it runs as root, with the kernel's own mounts; otherwise in a user namespace,
 *     with FUSE
 */
public record EmbeddedRuntime(boolean root) implements ContainerRuntime {
  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public String shellFunction(Container container) {
    throw new UnsupportedOperationException();
  }
}
