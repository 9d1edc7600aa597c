package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The help of each command. */
final class HelpTest {
  static Set<String> commands() {
    return new Commands().specs().keySet();
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

  @ParameterizedTest
  @CsvSource({
    "overlay --help, overlay freeze",
    "overlay -h, overlay freeze",
    "help overlay, overlay freeze",
    "lock --help, lock release",
    "config --help, config validate"
  })
  void groupShowsItsCommands(String line, String command, @TempDir Path folder) {
    ProgramCall call = ProgramCall.in(folder, Map.of(), line.split(" ", -1));

    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out())
        .startsWith("Usage: condatainer " + command.split(" ", -1)[0] + " COMMAND")
        .contains("Commands:", "  " + command + " ")
        .doesNotContain("translate");
  }

  @ParameterizedTest
  @CsvSource({"run", "run s.sh", "overlay info", "o"})
  void helpOfACommandIsTheSameInBothOrders(String words, @TempDir Path folder) {
    ProgramCall call = ProgramCall.in(folder, Map.of(), ("help " + words).split(" ", -1));

    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out()).startsWith("Usage: condatainer " + words.replace(" s.sh", "") + " [");
  }

  @Test
  void helpOfNoCommandIsAnError(@TempDir Path folder) {
    assertThat(ProgramCall.in(folder, Map.of(), "help", "none").exitCode()).isEqualTo(2);
    assertThat(ProgramCall.in(folder, Map.of(), "help", "overlay", "none").exitCode()).isEqualTo(2);
    assertThat(ProgramCall.in(folder, Map.of(), "overlay").exitCode()).isEqualTo(2);
  }

  private static String help(String command) {
    return new CommandLine(new Commands().specs().get(command))
        .getUsageMessage(CommandLine.Help.Ansi.OFF);
  }
}
