package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Spelling;

/**
 * What is said of commands: the help of all and of a group, and what a wrong word may have meant.
 *
 * @param commands the table of them
 */
record CommandHelp(Commands commands) {
  private static final String TRY_HELP = "Try: condatainer --help";

  /** The help of all. */
  String ofAll() {
    List<String> lines = new ArrayList<>();
    lines.add("Usage: condatainer COMMAND [OPTIONS]");
    lines.add("");
    lines.add(
        "Runs job scripts inside workspace overlays, on whatever batch scheduler a cluster has.");
    lines.add("");
    lines.add("Commands:");
    list(commands.names(), lines);
    lines.add("");
    lines.add("Options:");
    lines.add("  -h, --help        show this help, or a command's: condatainer run --help");
    lines.add("  -V, --version     show the version");
    lines.add("      --debug       show the Java stack trace of an error");
    return String.join("\n", lines) + "\n";
  }

  /** The help of the commands of two words that begin with this one. */
  String ofGroup(String name) {
    List<String> lines =
        new ArrayList<>(
            List.of("Usage: condatainer " + name + " COMMAND [OPTIONS]", "", "Commands:"));
    list(group(name), lines);
    lines.addAll(List.of("", "Each has its own help: condatainer " + name + " COMMAND --help"));
    return String.join("\n", lines) + "\n";
  }

  boolean isGroup(String name) {
    return !group(name).isEmpty();
  }

  private List<String> group(String name) {
    List<String> group = new ArrayList<>();
    for (String known : commands.names()) {
      if (known.startsWith(name + " ")) {
        group.add(known);
      }
    }
    return group;
  }

  private void list(Iterable<String> names, List<String> lines) {
    for (String name : names) {
      lines.add("  " + name + " ".repeat(18 - name.length()) + commands.description(name));
    }
  }

  UsageException noOption(String word) {
    return new UsageException("there is no option " + word + "\n" + TRY_HELP);
  }

  /**
   * That there is no such command. A word that begins commands of two words gets these shown.
   *
   * @param next the word after it, or empty
   */
  UsageException noCommand(String name, String next) {
    List<String> group = group(name);
    if (group.isEmpty()) {
      return new UsageException(
          "there is no command \""
              + name
              + "\""
              + meant(Spelling.nearest(name, commands.names()))
              + "\n"
              + TRY_HELP);
    }
    Optional<String> near =
        next.isEmpty() ? Optional.empty() : Spelling.nearest(name + " " + next, group);
    return new UsageException(
        name + ": which command? " + String.join(", ", group) + meant(near) + "\n" + TRY_HELP);
  }

  private static String meant(Optional<String> near) {
    return near.map(command -> "; do you mean " + command + "?").orElse("");
  }
}
