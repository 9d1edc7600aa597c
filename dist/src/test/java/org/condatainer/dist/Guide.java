package org.condatainer.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The code in a page of docs/, in its order. */
final class Guide {
  /**
   * Code of a page.
   *
   * @param block whether it is a block; otherwise words in the text
   * @param lines its lines
   */
  record Code(boolean block, List<String> lines) {}

  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

  private Guide() {}

  static List<Code> read(Path page) {
    List<Code> codes = new ArrayList<>();
    List<String> block = null;
    try {
      for (String line : Files.readAllLines(page)) {
        if (line.equals("```")) {
          if (block != null) {
            codes.add(new Code(true, block));
          }
          block = block == null ? new ArrayList<>() : null;
        } else if (block != null) {
          block.add(line);
        } else {
          for (Matcher span = SPAN.matcher(line); span.find(); ) {
            codes.add(new Code(false, List.of(span.group(1))));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return codes;
  }
}
