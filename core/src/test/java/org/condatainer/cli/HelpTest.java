package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The help of each command. */
final class HelpTest {
  static Set<String> commands() {
    return new Program().specs().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void synopsisIsPlain(String command) {
    String help = help(command);

    assertThat(help).startsWith("Usage: condatainer " + command + " [OPTIONS]");
    assertThat(help).doesNotContain("[[", "]...", "...]");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @CsvSource({
    "run, SCRIPT [ARGUMENT…]",
    "exec, COMMAND [ARGUMENT…]",
    "e, [OVERLAY…] [--] [COMMAND…]",
    "o, [IMAGE]"
  })
  void synopsisNamesWhatFollowsTheOptions(String command, String rest) {
    assertThat(help(command)).startsWith("Usage: condatainer " + command + " [OPTIONS] " + rest);
  }

  @Test
  void everyNameOfAProfileIsNamed() {
    assertThat(help("o")).contains("small", "balanced", "large", "data");
  }

  private static String help(String command) {
    return new CommandLine(new Program().specs().get(command))
        .getUsageMessage(CommandLine.Help.Ansi.OFF);
  }
}
