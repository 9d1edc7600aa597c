package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.process.SystemWords;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.ScriptException;
import org.condatainer.script.ShellWords;

/**
 * The inputs of an array job: task <i>i</i>, from 1, gets the words of line <i>i</i> as its first
 * arguments. Words are split at blanks, quotes keep blanks; nothing is expanded.
 *
 * @param lines the words of each line, quoted for a shell; never empty
 * @param charset UTF-8, or ISO 8859-1 for a file that is not UTF-8, so that its bytes stay
 * @param limit how many tasks may run at the same time, empty for no limit
 */
public record ArrayInputs(List<String> lines, Charset charset, OptionalInt limit) {
  /** The name of the copy in the run's record. */
  static final String FILE = ".inputs";

  private static final int SHOWN_PROBLEMS = 10;

  public ArrayInputs {
    lines = List.copyOf(lines);
    requireNonNull(charset, "charset is null");
    requireNonNull(limit, "limit is null");
  }

  /**
   * Reads inputs from a file.
   *
   * @param name how the user calls it, for messages
   * @throws LaunchException if the file cannot be read, or is empty
   * @throws ScriptException if a line of it has no words, or a quote without its end
   */
  public static ArrayInputs read(String name, Path file, OptionalInt limit) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      String why = Files.exists(file) ? SystemWords.why(e) : "there is no such file";
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST, "--array " + name + " cannot be read: " + why, e);
    }
    if (content.length >= 3
        && content[0] == (byte) 0xEF
        && content[1] == (byte) 0xBB
        && content[2] == (byte) 0xBF) {
      // what some editors put before UTF-8 is nobody's first word
      content = Arrays.copyOfRange(content, 3, content.length);
    }
    Charset charset = StandardCharsets.UTF_8;
    String text;
    try {
      text = charset.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      charset = StandardCharsets.ISO_8859_1;
      text = new String(content, charset);
    }
    if (text.isBlank()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST, "--array " + name + ": the file is empty");
    }
    return new ArrayInputs(quotedLines(name, text), charset, limit);
  }

  private static List<String> quotedLines(String name, String text) {
    List<String> lines = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    int number = 0;
    for (String line : body.split("\n", -1)) {
      number++;
      try {
        lines.add(quoted(line, number, problems));
      } catch (ShellWords.UnbalancedQuoteException e) {
        problems.add(Diagnostic.error(number, e.column(), e.getMessage()));
      }
      if (problems.size() == SHOWN_PROBLEMS) {
        break;
      }
    }
    if (!problems.isEmpty()) {
      throw new ScriptException(name, problems);
    }
    return lines;
  }

  private static String quoted(String line, int number, List<Diagnostic> problems)
      throws ShellWords.UnbalancedQuoteException {
    int nul = line.indexOf('\0');
    if (nul >= 0) {
      problems.add(Diagnostic.error(number, nul + 1, "the file is not a text: it has a NUL here"));
      return "";
    }
    List<String> words = new ArrayList<>();
    for (ShellWords.Word word : ShellWords.splitData(line, 1)) {
      words.add(word.text());
    }
    if (words.isEmpty()) {
      problems.add(
          Diagnostic.error(
              number, 0, "the line is empty, and each line is a task; '' is an empty word"));
    }
    return ShellWords.join(words);
  }

  /** The array that runs them. */
  public ArraySpec array() {
    return new ArraySpec(List.of(new ArraySpec.Range(1, lines.size(), 1)), limit);
  }

  /** The copy for the run's record. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append('\n');
    }
    return text.toString().getBytes(charset);
  }
}
