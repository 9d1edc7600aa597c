package org.condatainer.script;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateHoleTest {
  @ParameterizedTest
  @CsvSource({
    "<account>, <account>",
    "a<b>c<d>, <b>",
    "{{ queue }}, {{ queue }}",
    "4:@[time], @[time]",
    "!TBG_queue, !TBG_queue",
  })
  void isFoundWithWhatEnclosesIt(String value, String hole) {
    assertThat(TemplateHole.find(value)).contains(hole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "main", "<>", "a<b", "a>b", "}}{{", "@[]", "x!TBG_queue", "{{}}"})
  void isNoneWhereNothingIsEnclosed(String value) {
    assertThat(TemplateHole.find(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mem<4 && ut>0.5", "select[<x>]"})
  void ofAnExpressionIsNoComparison(String value) {
    assertThat(TemplateHole.find(value)).isPresent();
    assertThat(TemplateHole.findInExpression(value)).isEmpty();
  }
}
