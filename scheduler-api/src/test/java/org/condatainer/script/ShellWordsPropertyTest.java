package org.condatainer.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of all words. */
final class ShellWordsPropertyTest {
  @Property(tries = 10_000)
  void splitIsTheInverseOfJoin(@ForAll("words") List<String> words) throws Exception {
    assertThat(ShellWords.split(ShellWords.join(words), 1))
        .extracting(ShellWords.Word::text)
        .isEqualTo(words);
  }

  @Property(tries = 2_000)
  void columnIsWhereTheWordBegins(@ForAll("words") List<String> words) throws Exception {
    String line = ShellWords.join(words);
    int column = 5;
    for (ShellWords.Word word : ShellWords.split(line, column)) {
      assertThat(line.substring(word.column() - 5)).startsWith(ShellWords.quote(word.text()));
    }
  }

  @Property(tries = 10_000)
  void anyLineGivesWordsOrTheColumnOfAQuote(@ForAll("lines") String line) {
    try {
      assertThat(ShellWords.split(line, 1)).allMatch(word -> word.column() >= 1);
    } catch (ShellWords.UnbalancedQuoteException e) {
      assertThat(line.charAt(e.column() - 1)).isIn('\'', '"');
    }
  }

  @Provide
  Arbitrary<List<String>> words() {
    Arbitrary<String> hostile =
        Arbitraries.strings().withChars(" \t\n\r'\"\\$`#~*?-=;&|<>(){}a").ofMaxLength(8);
    Arbitrary<String> any = Arbitraries.strings().excludeChars('\0').ofMaxLength(8);
    return Arbitraries.oneOf(hostile, any).list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<String> lines() {
    return Arbitraries.strings().withChars(" '\"\\#ab$").ofMaxLength(12);
  }
}
