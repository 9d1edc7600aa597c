package org.condatainer.container;

/**
 * Apptainer, or Singularity, which has the same command line.
 *
 * @param program a path or a name to look up in PATH on the node
 */
public record ApptainerRuntime(String program) implements ContainerRuntime {
  @Override
  public String name() {
    return "apptainer";
  }

  @Override
  public String shellFunction(Container container) {
    throw new UnsupportedOperationException();
  }
}
