package org.condatainer.container;

import java.util.List;
import java.util.function.Predicate;

/** A way to mount overlays and run a command in them. */
public sealed interface ContainerRuntime permits ApptainerRuntime, EmbeddedRuntime {
  /** Its name for messages: {@code apptainer}, {@code embedded}. */
  String name();

  /**
   * A fragment of bash that defines the function {@code cnt_container}: called with a command and
   * its arguments it runs them in the container, in the caller's working directory, with the
   * caller's standard streams. It does not return: the command replaces the shell, or the shell
   * waits for it and ends with its exit code (128 + n for signal n). Before that it takes the lock
   * on each overlay, as Apptainer does, and fails with a clear message and exit code 4 if it is not
   * free, or 5 if the runtime or an image is not there or cannot be used.
   *
   * <p>What the caller provides: the functions {@code cnt_note TEXT} (a line on standard error) and
   * {@code cnt_fail CODE TEXT}, the variable {@code cnt_script}, and {@code set -u} or not. When
   * {@code cnt_script} is not empty it is an absolute path at which the container shows a text that
   * the shell has open as descriptor 7 and that has {@code cnt_script_size} bytes.
   */
  ScriptText shellFunction(Container container);

  /**
   * What this machine lacks to make a container, each with where to get it. Pure: it asks only the
   * given predicate.
   *
   * @param installed whether a program of this name is in PATH
   * @return empty if nothing is missing
   */
  List<String> missing(Container container, Predicate<String> installed);
}
