package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The container of condatainer in which this process runs. Another is not made in it: a process in
 * a chroot gets no user namespace (user_namespaces(7)), and Apptainer would work at some sites
 * only.
 *
 * @param overlays the files of its overlays with colons between them; empty for none
 */
public record EnclosingContainer(String overlays) {
  static final String INSIDE = "IN_CONDATAINER";

  static final String OVERLAYS = "CNT_OVERLAYS";

  /** A folder at the root of what is no image of Apptainer's, to be known by. */
  static final String MARK = ".condatainer";

  /** At the root of every image that Apptainer made. */
  private static final String APPTAINERS_MARK = ".singularity.d";

  public EnclosingContainer {
    requireNonNull(overlays, "overlays is null");
  }

  /**
   * Looks around. A job that was submitted from inside, by a command of the scheduler's, has the
   * container's variables and is in none: so they count only where the root is a container's.
   *
   * @param variables of this process
   * @return empty outside of a container
   */
  public static Optional<EnclosingContainer> of(Map<String, String> variables) {
    return of(variables, Path.of("/"));
  }

  static Optional<EnclosingContainer> of(Map<String, String> variables, Path root) {
    boolean inside =
        variables.containsKey(INSIDE)
            && (Files.exists(root.resolve(MARK)) || Files.exists(root.resolve(APPTAINERS_MARK)));
    return inside
        ? Optional.of(new EnclosingContainer(variables.getOrDefault(OVERLAYS, "")))
        : Optional.empty();
  }

  /** Where we are, and what that prevents. */
  @Override
  public String toString() {
    return "you are in a container of condatainer already"
        + (overlays.isEmpty() ? "" : ", with " + overlays.replace(":", " and ") + " mounted")
        + "; another cannot be made inside it";
  }
}
