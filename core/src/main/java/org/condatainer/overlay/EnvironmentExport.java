package org.condatainer.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.condatainer.trust.Printable;

/** A Conda environment as a text from which the same one can be made again. */
public final class EnvironmentExport {
  /** Which text. */
  public enum Form {
    /** {@code environment.yml} with exact versions and builds. */
    EXACT,
    /** {@code environment.yml} with exact versions. */
    VERSIONS,
    /** {@code environment.yml} with what was asked for in words. */
    FROM_HISTORY,
    /** A list of the packages' addresses, for {@code create --file}. */
    EXPLICIT
  }

  private EnvironmentExport() {}

  /**
   * The text.
   *
   * @param name the environment's name
   * @throws OverlayException if a package's address is not known, or the history is empty
   */
  public static String write(CondaEnvironment environment, String name, Form form) {
    if (form == Form.EXPLICIT) {
      return explicit(environment);
    }
    List<String> dependencies = new ArrayList<>();
    if (form == Form.FROM_HISTORY) {
      dependencies.addAll(environment.requested());
      if (dependencies.isEmpty()) {
        throw new OverlayException(
            OverlayException.Kind.UNUSABLE,
            "the environment's history says of no package that it was asked for;"
                + " leave out --from-history");
      }
    } else {
      for (CondaPackage installed : environment.packages()) {
        dependencies.add(installed.specification(form == Form.EXACT));
      }
    }
    StringBuilder text = new StringBuilder("name: ").append(scalar(name)).append("\nchannels:\n");
    List<String> channels = environment.channels();
    if (channels.isEmpty()) {
      text.setLength(text.length() - 1);
      text.append(" []\n");
    }
    for (String channel : channels) {
      text.append("  - ").append(scalar(channel)).append('\n');
    }
    text.append("dependencies:\n");
    for (String dependency : dependencies) {
      text.append("  - ").append(scalar(dependency)).append('\n');
    }
    if (form != Form.FROM_HISTORY && !environment.pip().isEmpty()) {
      text.append("  - pip:\n");
      for (String dependency : environment.pip()) {
        text.append("      - ").append(scalar(dependency)).append('\n');
      }
    }
    return text.toString();
  }

  private static String explicit(CondaEnvironment environment) {
    StringBuilder text = new StringBuilder();
    String platform = "linux-64";
    for (CondaPackage installed : environment.packages()) {
      if (installed.url().isEmpty()) {
        throw new OverlayException(
            OverlayException.Kind.UNUSABLE,
            "the package "
                + installed.specification(true)
                + " does not say where it was fetched from; leave out --explicit");
      }
      refuseHidden(installed.url() + installed.md5());
      text.append(installed.url());
      text.append(installed.md5().isEmpty() ? "" : "#" + installed.md5()).append('\n');
      for (String other : List.of("linux-aarch64", "linux-ppc64le")) {
        platform = installed.url().contains("/" + other + "/") ? other : platform;
      }
    }
    return "# platform: " + platform + "\n@EXPLICIT\n" + text;
  }

  /** A line end in an address would be a package of its own for who reads the text. */
  private static void refuseHidden(String text) {
    if (!Printable.is(text)) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          "the image's environment names what no package is called: \""
              + Printable.line(text)
              + "\"; it was written by no package manager, so nothing is exported");
    }
  }

  /** A scalar of YAML: in quotes if it could be read as something else. */
  private static String scalar(String text) {
    refuseHidden(text);
    boolean plain = !text.isEmpty() && Character.isLetterOrDigit(text.charAt(0));
    boolean letter = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      letter |= Character.isLetter(c);
      plain &=
          Character.isLetterOrDigit(c)
              || "._-+=/<>!~*|".indexOf(c) >= 0
              || text.startsWith("://", i);
    }
    boolean word =
        List.of("true", "false", "yes", "no", "on", "off", "null", "y", "n")
            .contains(text.toLowerCase(Locale.ROOT));
    if (plain && letter && !word) {
      return text;
    }
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
