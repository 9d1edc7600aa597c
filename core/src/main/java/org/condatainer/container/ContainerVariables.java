package org.condatainer.container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.script.ShellWords;

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
   * @param path the shell word that PATH becomes, empty if it is set elsewhere
   */
  static String function(Container container, String path) {
    StringBuilder text = new StringBuilder(ContainerLocale.functions(container));
    text.append("# What the container's environment is but for the host's.\ncnt_variables() {\n");
    // The libraries of the host are not those of the container. Names that begin alike go too.
    text.append("  unset PYTHONPATH PYTHONHOME PERL5LIB \"${!R_LIBS@}\" \"${!CONDA_@}\"\n");
    text.append("  [[ -n $cnt_prefix ]] || unset LD_LIBRARY_PATH\n  cnt_locale\n");
    export(text, EnclosingContainer.INSIDE, "1");
    export(text, EnclosingContainer.OVERLAYS, paths(container));
    export(text, "PYTHONNOUSERSITE", "1");
    if (!container.overlays().isEmpty()) {
      export(text, "CONDA_PREFIX", ENVIRONMENT);
      export(text, "CNT_CONDA_PREFIX", ENVIRONMENT);
    }
    if (!path.isEmpty() && !container.variables().containsKey("PATH")) {
      text.append("  export \"${cnt_prefix}PATH=").append(path).append("\"\n");
    }
    for (Map.Entry<String, String> variable : container.variables().entrySet()) {
      export(text, variable.getKey(), variable.getValue());
    }
    return text.append("}\n").toString();
  }

  /** The overlays' files, for people. */
  private static String paths(Container container) {
    List<String> paths = new ArrayList<>();
    container.overlays().forEach(overlay -> paths.add(overlay.path().toString()));
    return String.join(":", paths);
  }

  /** The folders of the overlays that go before all others in PATH, with a colon at the end. */
  static String pathPrefix(Container container) {
    String folders = pathFolders(container);
    return folders.isEmpty() ? "" : folders + ":";
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

  private static void export(StringBuilder text, String name, String value) {
    text.append("  export \"${cnt_prefix}\"").append(name).append('=');
    text.append(ShellWords.quote(value)).append('\n');
  }
}
