package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.condatainer.script.ScriptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The inputs of array jobs: one task a line, its words split as a shell splits quotes and blanks.
 */
final class ArrayInputsTest {
  @TempDir private Path folder;

  @Test
  void eachLineIsATask() throws IOException {
    assertThat(read("a\nb c\nd").array().ranges()).hasToString("[1-3]");
    assertThat(read("only\n").array().count()).isEqualTo(1);
  }

  @Test
  void wordsAreSplitAtBlanksAndQuotesKeepThem() throws IOException {
    assertThat(read("s1 'my arg'\t\"x  y\" a\\ b ''\n").lines())
        .containsExactly("s1 'my arg' 'x  y' 'a b' ''");
  }

  @Test
  void nothingIsExpanded() throws IOException {
    assertThat(read("*.txt $HOME `id` ~ #x a;b\n").lines())
        .containsExactly("'*.txt' '$HOME' '`id`' '~' '#x' 'a;b'");
  }

  @Test
  void bytesThatAreNotUtf8Stay() throws IOException {
    byte[] latin = {'a', (byte) 0xE9, '\n'};
    Path file = Files.write(folder.resolve("in"), latin);
    assertThat(ArrayInputs.read("in", file, OptionalInt.empty()).bytes())
        .isEqualTo(new byte[] {'\'', 'a', (byte) 0xE9, '\'', '\n'});
  }

  @Test
  void byteOrderMarkAndLineEndsOfWindowsAreNoWords() throws IOException {
    assertThat(read("\uFEFFa b\r\nc 'd'\r\n").lines()).containsExactly("a b", "c d");
    assertThatThrownBy(() -> read("\uFEFF\n")).hasMessageContaining("the file is empty");
  }

  @Test
  void emptyLineAndOpenQuoteAreRefusedWithTheirPlace() {
    assertThatThrownBy(() -> read("a\n\nb 'c\n"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("in:2: error: the line is empty")
        .hasMessageContaining("in:3:3: error: the quote '");
  }

  @Test
  void emptyFileAndMissingFileAreRefused() {
    assertThatThrownBy(() -> read(" \n")).hasMessageContaining("--array in: the file is empty");
    assertThatThrownBy(() -> ArrayInputs.read("no", folder.resolve("no"), OptionalInt.empty()))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("there is no such file");
  }

  private ArrayInputs read(String text) throws IOException {
    Path file = Files.write(folder.resolve("in"), text.getBytes(StandardCharsets.UTF_8));
    return ArrayInputs.read("in", file, OptionalInt.empty());
  }
}
