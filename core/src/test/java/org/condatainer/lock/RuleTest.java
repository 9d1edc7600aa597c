package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RuleTest {
  /** An admin looks a rule up by its number, or by its words. */
  @Test
  void eachIsOnThePageWithItsNumberAndItsWords() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      rows.add("| " + rule.number() + " | " + rule.text() + " |");
    }
    List<String> page = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../docs/locks.md"))) {
      if (line.matches("\\| \\d+ \\| .*")) {
        page.add(line.substring(0, line.indexOf("|", line.indexOf("|", 2) + 1) + 1));
      }
    }
    assertThat(page).containsExactlyElementsOf(rows);
  }
}
