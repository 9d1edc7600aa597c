package org.condatainer.trust;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static final String EVIL =
      "\u001b]0;t\u0007 \u009b2J \u202etxt\n\u2028\r\t\udb40\udc41\u00e9";

  @Test
  void nothingSteersATerminal() {
    assertThat(Printable.line(EVIL)).isEqualTo("?]0;t? ?2J ?txt    ?\u00e9");
    assertThat(Printable.lines(EVIL)).isEqualTo("?]0;t? ?2J ?txt\n  \t?\u00e9");
    assertThat(Printable.is("a b \u00e9")).isTrue();
    assertThat(Printable.is("a\nb")).isFalse();
    assertThat(Printable.is(EVIL)).isFalse();
  }

  @Test
  void jsonMeansTheSame() throws IOException {
    String json = Printable.json("{\n  \"a\" : \"\u009b\u202e\u2028\udb40\udc41\u00e9\u007f\"\n}");
    assertThat(json)
        .isEqualTo("{\n  \"a\" : \"\\u009b\\u202e\\u2028\\udb40\\udc41\u00e9\\u007f\"\n}");
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      assertThat(parser.nextFieldName()).isEqualTo("a");
      assertThat(parser.nextTextValue()).isEqualTo("\u009b\u202e\u2028\udb40\udc41\u00e9\u007f");
    }
  }
}
