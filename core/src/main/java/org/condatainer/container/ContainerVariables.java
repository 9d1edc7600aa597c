package org.condatainer.container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of the batch script that sets the container's environment. */
final class ContainerVariables {
  private static final String ENVIRONMENT = "/ext3/env";

  /** Where a container may show programs to manage the environment. */
  private static final String COMMANDS = "/ext3/mm";

  private ContainerVariables() {}

  /**
   * Defines {@code cnt_variables}, called at the last moment: it exports the container's variables,
   * each name behind the text in {@code cnt_prefix}, by which Apptainer tells them from the host's.
   *
   * @param path what PATH becomes, as it stands in double quotes; empty if it is set elsewhere
   */
  static ScriptText function(Container container, ScriptText path) {
    List<ScriptText> exports = new ArrayList<>();
    exports.add(export(EnclosingContainer.INSIDE, "1"));
    exports.add(export(EnclosingContainer.OVERLAYS, paths(container)));
    exports.add(export("PYTHONNOUSERSITE", "1"));
    if (!container.overlays().isEmpty()) {
      exports.add(export("CONDA_PREFIX", ENVIRONMENT));
      exports.add(export("CNT_CONDA_PREFIX", ENVIRONMENT));
    }
    if (!path.isEmpty() && !container.variables().containsKey("PATH")) {
      exports.add(
          ScriptTemplate.of("  export \"${cnt_prefix}PATH=@PATH@\"\n").part("PATH", path).text());
    }
    for (Map.Entry<String, String> variable : container.variables().entrySet()) {
      exports.add(export(variable.getKey(), variable.getValue()));
    }
    return ScriptText.join(
        ContainerLocale.functions(container),
        ScriptTemplate.of(VARIABLES).part("EXPORTS", ScriptText.join("", exports)).text());
  }

  /** The overlays' files, for people. */
  private static String paths(Container container) {
    List<String> paths = new ArrayList<>();
    container.overlays().forEach(overlay -> paths.add(overlay.path().toString()));
    return String.join(":", paths);
  }

  private static ScriptText export(String name, String value) {
    return ScriptTemplate.of("  export \"${cnt_prefix}\"@NAME@=@VALUE@\n")
        .plain("NAME", name)
        .word("VALUE", value)
        .text();
  }

  // The libraries of the host are not those of the container. Names that begin alike go too.
  private static final String VARIABLES =
      """
      # What the container's environment is but for the host's.
      cnt_variables() {
        unset PYTHONPATH PYTHONHOME PERL5LIB "${!R_LIBS@}" "${!CONDA_@}"
        [[ -n $cnt_prefix ]] || unset LD_LIBRARY_PATH
        cnt_locale
      @EXPORTS@}
      """;

  /** PATH in double quotes: the folders of the overlays before all others. */
  static ScriptText path(Container container, ScriptText others) {
    String folders = pathFolders(container);
    return folders.isEmpty()
        ? others
        : ScriptTemplate.of("@FOLDERS@:@OTHERS@")
            .plain("FOLDERS", folders)
            .part("OTHERS", others)
            .text();
  }

  /**
   * The folders of the overlays in PATH, the last named overlay's first; empty without one. No
   * letter in it means something to a shell.
   */
  static String pathFolders(Container container) {
    Deque<String> folders = new ArrayDeque<>();
    for (MountedOverlay overlay : container.overlays()) {
      Optional<String> module = module(overlay);
      String folder = module.orElse(ENVIRONMENT) + "/bin";
      folders.remove(folder);
      folders.addFirst(folder);
    }
    if (!folders.isEmpty()) {
      // also when all are named like modules: a frozen environment may be called anything
      if (!folders.contains(ENVIRONMENT + "/bin")) {
        folders.add(ENVIRONMENT + "/bin");
      }
      folders.add(COMMANDS);
    }
    return String.join(":", folders);
  }

  /**
   * The folder of a module's overlay, {@code /cnt/NAME/VERSION} for a file {@code
   * NAME--VERSION.sqf}: the convention of those who build a squashfs for each program.
   */
  private static Optional<String> module(MountedOverlay overlay) {
    String name = overlay.path().getFileName().toString();
    int middle = name.indexOf("--");
    int end = name.lastIndexOf('.');
    if (overlay.format() != MountedOverlay.Format.SQUASHFS || middle < 1 || end <= middle + 2) {
      return Optional.empty();
    }
    String version = name.substring(middle + 2, end);
    return isPlain(name) && !version.contains("--")
        ? Optional.of("/cnt/" + name.substring(0, middle) + "/" + version)
        : Optional.empty();
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c < 128 && Character.isLetterOrDigit(c);
      if (!letter && "._+-".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
