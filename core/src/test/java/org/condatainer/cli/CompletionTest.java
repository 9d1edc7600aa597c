package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bash offers after the script of {@code condatainer completion} was read. */
final class CompletionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "ov, overlay",
    "overlay re, resize",
    "lock st, status",
    "run --array-l, --array-limit",
    "run --sub, --submit",
    "overlay resize --in, --in-place",
    "completion --he, --help"
  })
  void wordIsCompleted(String typed, String completed) throws Exception {
    assertThat(offered(typed)).containsExactly(completed);
  }

  @Test
  void everyCommandIsOffered() throws Exception {
    List<String> offered = offered("");

    for (String command : new Commands().specs().keySet()) {
      assertThat(offered).contains(command.replaceFirst(" .*", ""));
    }
  }

  @Test
  void namesOfFilesAreLeftToTheShell() throws Exception {
    assertThat(offered("run job.s")).isEmpty();
    assertThat(script()).contains("-o default condatainer");
  }

  @Test
  void zshReadsTheSame() {
    assertThat(call("zsh").out()).isEqualTo(script());
  }

  @Test
  void anotherShellIsRefused() {
    ProgramCall result = call("tcsh");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("bash or zsh").contains("tcsh");
  }

  private ProgramCall call(String shell) {
    return ProgramCall.in(folder, Map.of(), "completion", shell);
  }

  private String script() {
    return call("bash").out();
  }

  private List<String> offered(String typed) throws Exception {
    Path script = Files.writeString(folder.resolve("completion"), script());
    CommandResult result =
        new ProcessRunner(System.getenv())
            .run(
                Command.of(
                        "bash",
                        "-c",
                        "compopt() { :; }; source \"$0\"; COMP_WORDS=(condatainer \"$@\"); COMP_CWORD=$#;"
                            + " _complete_condatainer; printf '%s\\n' \"${COMPREPLY[@]}\"",
                        script.toString())
                    .withArguments(List.of(typed.split(" ", -1))));
    assertThat(result.errors()).isEmpty();
    return result.output().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
