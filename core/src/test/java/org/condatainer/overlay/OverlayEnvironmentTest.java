package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlayEnvironmentTest {
  @TempDir private Path folder;

  private Path image() throws IOException {
    Path image = folder.resolve("env.img");
    return Files.exists(image) ? image : Files.createFile(image);
  }

  @Test
  void isEmptyWithoutAFile() throws IOException {
    OverlayEnvironment environment = OverlayEnvironment.of(image());
    assertThat(environment.variables()).isEmpty();
    assertThat(environment.notes()).isEmpty();
  }

  @Test
  void givesVariablesInTheirOrderAndNotes() throws IOException {
    Files.writeString(
        folder.resolve("env.img.env"),
        """
        GOROOT=/ext3/env/go
        #ENVNOTE:GOROOT=Go Installation Path

        # a comment = of the user
        GOPATH=/ext3/home/go
        #ENVNOTE:GOPATH=Go Workspace Path
        """);
    OverlayEnvironment environment = OverlayEnvironment.of(image());
    assertThat(environment.variables())
        .containsExactly(entry("GOROOT", "/ext3/env/go"), entry("GOPATH", "/ext3/home/go"));
    assertThat(environment.notes())
        .containsExactly(
            entry("GOROOT", "Go Installation Path"), entry("GOPATH", "Go Workspace Path"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "A=b            | b",
        "A=b c  # d     | b c  # d",
        "A=\"b c\"      | b c",
        "A='b c'        | b c",
        "A=\"b\" \"c\"  | \"b\" \"c\"",
        "A='it's        | 'it's",
        "A=\"            | \"",
        "A=             | ``",
        "A=b=c          | b=c",
        "A=$HOME/x      | $HOME/x",
        "export A=b     | b",
        "A = b          | b",
        "A=é            | é",
      })
  void keepsTheValueAndTakesOffOnePairOfQuotes(String line, String value) {
    assertThat(OverlayEnvironment.parse("f", line + "\r\n").variables())
        .containsExactly(entry("A", value));
  }

  @Test
  void takesTheLaterOfTwoLinesWithOneName() {
    assertThat(OverlayEnvironment.parse("f", "A=1\nA=2").variables())
        .containsExactly(entry("A", "2"));
  }

  @Test
  void takesAByteOrderMarkForNothing() {
    assertThat(OverlayEnvironment.parse("f", "\uFEFFA=1").variables())
        .containsExactly(entry("A", "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1A=b | \"1A\" is no name of a variable",
        "A-B=c | \"A-B\" is no name of a variable",
        "=b | \"\" is no name of a variable",
        "É=b | \"É\" is no name of a variable",
        "exportA B=c | \"exportA B\" is no name of a variable",
        "nothing | there is no = in \"nothing\"; write KEY=VALUE",
        "#ENVNOTE:A B=c | \"A B\" is no name of a variable",
        "#ENVNOTE:A | there is no = in \"A\"; write KEY=VALUE",
      })
  void namesTheLineThatIsWrong(String line, String message) {
    assertThatThrownBy(() -> OverlayEnvironment.parse("env.img.env", "A=1\n\n" + line))
        .isInstanceOf(OverlayException.class)
        .hasMessageStartingWith("env.img.env:3: error: " + message);
  }
}
