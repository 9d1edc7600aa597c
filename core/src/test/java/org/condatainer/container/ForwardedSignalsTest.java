package org.condatainer.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedSignalsTest {
  /** So early the command is still a copy of the shell, which loses most of these. */
  @ParameterizedTest
  @ValueSource(strings = {"HUP", "USR1", "TERM"})
  void reachTheCommandHoweverEarlyTheyCome(String signal) throws Exception {
    String script =
        ForwardedSignals.functions()
            + """
            once() {
              local command='' early='' code
              cnt_forward_signals
              ( trap - INT QUIT; exec sleep 20 ) &
              kill -s @SIGNAL@ "$$"
              cnt_await "$!"
              echo "$((code - 128))"
            }
            for i in {1..20}; do once; done
            """
                .replace("@SIGNAL@", signal);
    Process process = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true).start();
    String number =
        new String(
            new ProcessBuilder("kill", "-l", signal).start().getInputStream().readAllBytes(),
            UTF_8);

    assertThat(process.inputReader().lines()).hasSize(20).containsOnly(number.strip());
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}
