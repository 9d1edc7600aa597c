package org.condatainer.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.condatainer.process.Command;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quoted words, given to real shells, which must give back what went in. */
final class ShellQuotingTest {
  private static final int WORDS = 10_000;
  private static final List<String> NASTY =
      List.of(
          "'",
          "\"",
          "\\",
          "$",
          "`",
          "\n",
          "\t",
          " ",
          "*",
          "?",
          "[",
          "]",
          "~",
          "#",
          "!",
          "&",
          "|",
          ";",
          "<",
          ">",
          "(",
          ")",
          "{",
          "}",
          "=",
          "%",
          "-",
          "--",
          "$(touch x)",
          "`id`",
          "$HOME",
          "a",
          "Z",
          "0",
          "é",
          "€",
          "\u0001",
          "\u007f",
          "\r",
          "\\n",
          "''",
          "\u00a0",
          "𝄞");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"/bin/sh", "/bin/bash"})
  void shellReadsBackEveryWord(String shell) throws Exception {
    Random random = new Random(20_261_123);
    List<String> words = new ArrayList<>(List.of("", "-n", "-e", "\\c", "%s", "=x", "~root", "!!"));
    while (words.size() < WORDS) {
      StringBuilder word = new StringBuilder();
      int length = random.nextInt(8);
      for (int i = 0; i < length; i++) {
        word.append(
            random.nextInt(4) > 0
                ? NASTY.get(random.nextInt(NASTY.size()))
                : Character.toString(1 + random.nextInt(0xD7FF)));
      }
      words.add(word.toString());
    }
    StringBuilder script = new StringBuilder("set -u\n");
    for (String word : words) {
      script.append("printf '%s\\0' ").append(ShellWords.quote(word)).append('\n');
    }
    Path file = Files.write(folder.resolve("words"), script.toString().getBytes(UTF_8));

    String output =
        new ProcessRunner(Map.of("HOME", "/nowhere"))
            .run(Command.of(List.of(shell, file.toString())).withTimeout(Duration.ofSeconds(60)))
            .output();

    assertThat(output.split("\0", -1)).startsWith(words.toArray(new String[0])).hasSize(WORDS + 1);
    assertThat(folder).isDirectoryNotContaining(path -> path.endsWith("x"));
  }
}
