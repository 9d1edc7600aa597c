package org.condatainer.container;

import java.util.Map;
import org.condatainer.script.ShellWords;

/** The part of the batch script that sets the container's environment. */
final class ContainerVariables {
  private static final String ENVIRONMENT = "/ext3/env";

  /** The environment's programs, and where a container may show programs to manage it. */
  static final String PATH = ENVIRONMENT + "/bin:/ext3/mm";

  private ContainerVariables() {}

  /**
   * Defines {@code cnt_variables}, called at the last moment: it exports the container's variables,
   * each name behind the text in {@code cnt_prefix}, by which Apptainer tells them from the host's.
   *
   * @param path the shell word that PATH becomes, empty if it is set elsewhere
   */
  static String function(Container container, String path) {
    StringBuilder text = new StringBuilder();
    text.append("# What the container's environment is but for the host's.\ncnt_variables() {\n");
    // The libraries of the host are not those of the container. Names that begin alike go too.
    text.append("  unset PYTHONPATH PYTHONHOME PERL5LIB \"${!R_LIBS@}\" \"${!CONDA_@}\"\n");
    text.append("  [[ -n $cnt_prefix ]] || unset LD_LIBRARY_PATH\n");
    export(text, "IN_CONDATAINER", "1");
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

  /** The folders of the overlays that go before all others in PATH, with a colon at the end. */
  static String pathPrefix(Container container) {
    return container.overlays().isEmpty() ? "" : PATH + ":";
  }

  private static void export(StringBuilder text, String name, String value) {
    text.append("  export \"${cnt_prefix}\"").append(name).append('=');
    text.append(ShellWords.quote(value)).append('\n');
  }
}
