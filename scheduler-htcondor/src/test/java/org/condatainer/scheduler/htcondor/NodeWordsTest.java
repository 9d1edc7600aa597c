package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;

/** Commands as HTCondor's script on the node takes them: {@code eval ${SSH_ORIGINAL_COMMAND}}. */
final class NodeWordsTest {
  @Test
  void everyWordComesThroughAsItIs() throws Exception {
    List<String> words =
        List.of("a  b", "\t", "*", "/*", "it's \"", "\\n\n", "$HOME;`id`", "üñ", "", "-n", "!x");
    List<String> command = new ArrayList<>(List.of("printf", "<%s>"));
    command.addAll(words);
    Command bash =
        Command.of("bash", "-c", "eval ${SSH_ORIGINAL_COMMAND}")
            .withVariables(Map.of("SSH_ORIGINAL_COMMAND", NodeWords.join(command)));
    assertThat(new ProcessRunner(System.getenv()).run(bash).output())
        .isEqualTo("<" + String.join("><", words) + ">");
  }
}
