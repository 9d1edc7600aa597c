package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of batch scripts of every kind. */
class EveryBatchScriptTest {
  @TempDir private Path folder;

  /** A place without a value, or a value without a place, fails here. */
  @Test
  void differsByAUsersNameInThatNameAlone() {
    String plain = "q q";
    Map<String, BatchScript> scripts = new ScriptMatrix(plain).all();
    for (String name :
        List.of("@IMAGE@ @FUNCTIONS@", "@BASE@;touch x @EXPORTS@*", "@WORDS@ @@ é@")) {
      Map<String, BatchScript> others = new ScriptMatrix(name).all();
      scripts.forEach(
          (kind, script) ->
              assertThat(text(others.get(kind)))
                  .as(kind)
                  .isEqualTo(text(script).replace(plain, name)));
    }
  }

  @Test
  void isBashInWhichShellcheckFindsNothing() throws Exception {
    List<String> words = new ArrayList<>(List.of("shellcheck", "-s", "bash"));
    // It takes for unreachable what a trap calls.
    words.addAll(List.of("-e", "SC2317", "-f", "gcc"));
    for (Map.Entry<String, BatchScript> script : new ScriptMatrix("plain").all().entrySet()) {
      if (isRich(script.getKey())) {
        Path file = folder.resolve(script.getKey());
        words.add(Files.write(file, script.getValue().bytes()).toString());
      }
    }
    assertThat(words).hasSizeGreaterThan(20);
    assumeThat(Path.of("/usr/bin/shellcheck")).isExecutable();
    Process shellcheck = new ProcessBuilder(words).redirectErrorStream(true).start();
    assertThat(shellcheck.inputReader().lines()).isEmpty();
    assertThat(shellcheck.waitFor()).isZero();
  }

  /** Those that have, together, all that there is in a script. */
  private static boolean isRich(String kind) {
    boolean container = kind.contains(" on ");
    boolean many =
        kind.contains("write on") || kind.contains("wait on") || kind.contains("module on");
    return !container || (many && kind.contains("with binds"));
  }

  private static String text(BatchScript script) {
    return new String(script.bytes(), UTF_8);
  }
}
