package org.condatainer.scheduler.testkit.simulator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command that an adapter has started. All texts have one character a byte (ISO 8859-1), so that
 * what is not UTF-8 goes through the simulator as it is; {@link #utf8} reads them.
 *
 * @param program the command's name
 * @param folder where it was started
 * @param input its standard input
 * @param variables its environment
 * @param arguments its arguments
 */
record Call(
    String program,
    String folder,
    String input,
    Map<String, String> variables,
    List<String> arguments) {
  Call {
    variables = Map.copyOf(variables);
    arguments = List.copyOf(arguments);
  }

  Call withArguments(List<String> others) {
    return new Call(program, folder, input, variables, others);
  }

  /** Whether its messages are to be in English: a locale of none but C. */
  boolean speaksEnglish() {
    String locale =
        variables.getOrDefault(
            "LC_ALL", variables.getOrDefault("LC_MESSAGES", variables.getOrDefault("LANG", "C")));
    return locale.isEmpty() || locale.equals("POSIX") || locale.startsWith("C");
  }

  /** The user who started it. */
  String user() {
    return variables.getOrDefault("CNT_SIMULATED_USER", System.getProperty("user.name"));
  }

  /** A file as the caller would find it. */
  Path file(String name) {
    return Path.of(utf8(folder)).resolve(utf8(name));
  }

  static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
