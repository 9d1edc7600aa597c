package org.condatainer.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTemplateTest {
  @Test
  void fillsAllPlacesAndLeavesTheRest() {
    String text =
        ScriptTemplate.of("@A@@B@ \"${x[@]}\" @a@ @@ @ \"${!R_@}@A@ @N@@LAST_ONE@")
            .word("A", "it's")
            .words("B", List.of("x y", ""))
            .number("N", -3)
            .plain("LAST_ONE", "/a/b:c")
            .text()
            .toString();

    assertThat(text)
        .isEqualTo("'it'\\''s''x y' '' \"${x[@]}\" @a@ @@ @ \"${!R_@}'it'\\''s' -3/a/b:c");
  }

  @Test
  void neverFillsWhatFilledAPlace() {
    assertThat(
            ScriptTemplate.of("@A@ @B@ @P@")
                .word("A", "@B@ @A@")
                .word("B", "@A@")
                .part("P", ScriptTemplate.of("@X@@B@").word("X", "@P@").word("B", "x").text())
                .text()
                .toString())
        .isEqualTo("'@B@ @A@' @A@ @P@x");
  }

  @Test
  void aPlaceWithoutAValueAndAValueWithoutAPlaceAreMistakes() {
    assertThatThrownBy(() -> ScriptTemplate.of("@A@ @B@").word("A", "").text())
        .hasMessageContaining("@B@ has no value");
    assertThatThrownBy(() -> ScriptTemplate.of("@A@").word("A", "").word("B", "").text())
        .hasMessageContaining("no place @B@");
    assertThatThrownBy(() -> ScriptTemplate.of("@A@").word("A", "").number("A", 1))
        .hasMessageContaining("@A@ has two values");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "$x", "a'b", "\n", "*", "~", ";", "é"})
  void onlyWhatMeansItselfToAShellIsPlain(String text) {
    assertThatThrownBy(() -> ScriptTemplate.of("@A@").plain("A", text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCommentDoesNotEnd() {
    assertThat(ScriptTemplate.of("# @A@\n").comment("A", "a\nrm\r\u007f é").text().toString())
        .isEqualTo("# a?rm?? é\n");
  }

  @Test
  void partsAreJoinedWithWhatIsBetweenThem() {
    assertThat(
            ScriptText.join(":", List.of(ScriptText.NONE, ScriptText.of("a"), ScriptText.NONE))
                .toString())
        .isEqualTo(":a:");
  }
}
