package org.condatainer.container;

/** A way to mount overlays and run a command in them. */
public sealed interface ContainerRuntime permits ApptainerRuntime, EmbeddedRuntime {
  /** Its name for messages: {@code apptainer}, {@code embedded}. */
  String name();

  /**
   * A fragment of bash that defines the function {@code cnt_container}: called with a command and
   * its arguments it runs them in the container, in the caller's working directory, with the
   * caller's standard streams, and gives back the command's exit code (128 + n for signal n).
   * Before that it takes the lock on each overlay, as Apptainer does, and fails with a clear
   * message and exit code 4 if it is not free, or 5 if the runtime or an image is not there.
   */
  String shellFunction(Container container);
}
