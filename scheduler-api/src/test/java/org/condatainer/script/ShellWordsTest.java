package org.condatainer.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words by the shell's quoting rules. */
final class ShellWordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "'", "\"", "$HOME", "`id`", "a\nb", "\t", "-n", "é", "\u0001", "\\", "#"})
  void splitIsTheInverseOfJoin(String text) throws Exception {
    List<String> words = List.of(text, "x", text);

    assertThat(ShellWords.split(ShellWords.join(words), 1))
        .extracting(ShellWords.Word::text)
        .isEqualTo(words);
  }

  @Test
  void wordsHaveTheirColumnsAndACommentEndsThem() throws Exception {
    assertThat(ShellWords.split(" a 'b c' d#e # f", 6))
        .containsExactly(
            new ShellWords.Word("a", 7),
            new ShellWords.Word("b c", 9),
            new ShellWords.Word("d#e", 15));
  }

  @Test
  void aQuoteWithoutItsEndIsNamedWithItsColumn() {
    assertThatThrownBy(() -> ShellWords.split("a 'b", 1)).hasMessageContaining("column 3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"@IMAGE@", "/a@IMAGE@$(touch x)", "@A@B@", "it's", "a@b.c", "", "~", "-n", "#"})
  void aRealShellReadsBackWhatWasQuoted(String text) throws Exception {
    String quoted = ShellWords.quote(text);
    assertThat(ShellWords.split(quoted, 1)).extracting(ShellWords.Word::text).containsExactly(text);
    Process shell = new ProcessBuilder("sh", "-c", "printf %s " + quoted).start();
    assertThat(shell.inputReader().lines().collect(Collectors.joining("\n"))).isEqualTo(text);
  }

  @Test
  void aNulCannotBeQuoted() {
    assertThatThrownBy(() -> ShellWords.quote("a\0")).isInstanceOf(IllegalArgumentException.class);
  }
}
