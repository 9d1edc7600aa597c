package org.condatainer.script;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user's job script: any interpreter's, as long as its comments begin with {@code #}.
 *
 * <p>The <em>header</em> is what stands before the first command: blank lines and lines whose first
 * character is {@code #}, and what carries on a {@code #PBS} or {@code #BSUB} line that ends with a
 * backslash. Only there do {@code #DEP:} and {@code #CNT} count, as {@code #SBATCH} does
 * (sbatch(1)): what looks like one in a here-document is text.
 */
public final class JobScript {
  static final String DEPENDENCY = "#DEP:";
  private static final String OPTIONS = "#CNT";

  private final String name;
  private final byte[] content;
  private final Charset charset;
  private final List<String> lines;
  private final int headerLines;
  private final Optional<Shebang> shebang;
  private final List<OverlayReference> overlays;
  private final List<OptionWord> options;
  private final List<Diagnostic> warnings;

  private JobScript(
      String name, byte[] content, Charset charset, List<String> lines, int headerLines) {
    this.name = name;
    this.content = content;
    this.charset = charset;
    this.lines = lines;
    this.headerLines = headerLines;
    this.shebang = shebang(lines.get(0));
    List<Diagnostic> problems = new ArrayList<>();
    List<OverlayReference> foundOverlays = new ArrayList<>();
    List<OptionWord> foundOptions = new ArrayList<>();
    List<Diagnostic> foundWarnings = new ArrayList<>();
    for (DirectiveLine line : directives(DEPENDENCY)) {
      if (!line.inHeader()) {
        foundWarnings.add(afterFirstCommand(line));
        continue;
      }
      int before = problems.size();
      List<ShellWords.Word> words = words(line, problems);
      if (words.isEmpty() && problems.size() == before) {
        problems.add(Diagnostic.error(line.line(), line.column(), "#DEP: names no overlay"));
      }
      for (ShellWords.Word word : words) {
        foundOverlays.add(new OverlayReference(word.text(), line.line(), word.column()));
      }
    }
    foundWarnings.addAll(NearMiss.in(lines.subList(0, headerLines)));
    for (DirectiveLine line : directives(OPTIONS)) {
      if (!line.text().isEmpty() && !isBlank(line.text().charAt(0))) {
        continue;
      }
      if (!line.inHeader()) {
        foundWarnings.add(afterFirstCommand(line));
        continue;
      }
      for (ShellWords.Word word : words(line, problems)) {
        foundOptions.add(new OptionWord(word.text(), line.line(), word.column()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ScriptException(name, problems);
    }
    this.overlays = List.copyOf(foundOverlays);
    this.options = List.copyOf(foundOptions);
    this.warnings = List.copyOf(foundWarnings);
  }

  /**
   * Reads a job script from a file.
   *
   * @throws IOException if the file cannot be read
   * @throws ScriptException if it is no usable script
   */
  public static JobScript read(Path file) throws IOException {
    return parse(file.toString(), Files.readAllBytes(file));
  }

  /**
   * Reads a job script from its bytes. Bytes that are not UTF-8 are kept as they are.
   *
   * @param name how the user calls it, for messages
   * @throws ScriptException if it is empty, binary, or begins with a byte order mark, or a {@code
   *     #DEP:} or {@code #CNT} line of it has a quote without its end
   */
  public static JobScript parse(String name, byte[] content) {
    requireNonNull(name, "name is null");
    if (content.length == 0) {
      throw unusable(name, 0, 0, "the file is empty");
    }
    if (startsWithByteOrderMark(content)) {
      throw unusable(
          name,
          1,
          1,
          "the file begins with a UTF-8 byte order mark, so no system finds its interpreter;"
              + " remove it: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE");
    }
    Charset charset = StandardCharsets.UTF_8;
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      charset = StandardCharsets.ISO_8859_1;
      text = new String(content, charset);
    }
    List<String> lines = List.of(text.split("\n", -1));
    for (int i = 0; i < lines.size(); i++) {
      int nul = lines.get(i).indexOf('\0');
      if (nul >= 0) {
        throw unusable(name, i + 1, nul + 1, "the file is not a text: it has a NUL byte here");
      }
    }
    return new JobScript(name, content.clone(), charset, lines, headerLines(lines));
  }

  /**
   * The same text where it is not a script but the description of a job, as HTCondor's submit files
   * are: it has no commands, so that all of it is header.
   *
   * @throws ScriptException as {@link #parse}
   */
  public JobScript asDescription() {
    return new JobScript(name, content, charset, lines, lines.size());
  }

  private static ScriptException unusable(String name, int line, int column, String message) {
    return new ScriptException(name, List.of(Diagnostic.error(line, column, message)));
  }

  private static boolean startsWithByteOrderMark(byte[] content) {
    return content.length >= 3
        && content[0] == (byte) 0xEF
        && content[1] == (byte) 0xBB
        && content[2] == (byte) 0xBF;
  }

  private static int headerLines(List<String> lines) {
    int count = 0;
    boolean carriedOn = false;
    for (String line : lines) {
      String trimmed = line.strip();
      if (!carriedOn && !trimmed.isEmpty() && trimmed.charAt(0) != '#') {
        break;
      }
      count++;
      boolean directive = trimmed.startsWith("#PBS") || trimmed.startsWith("#BSUB");
      carriedOn = (carriedOn || directive) && trimmed.endsWith("\\");
    }
    return count;
  }

  private static Optional<Shebang> shebang(String firstLine) {
    if (!firstLine.startsWith("#!")) {
      return Optional.empty();
    }
    String rest = firstLine.substring(2).strip();
    if (rest.isEmpty()) {
      return Optional.empty();
    }
    int end = 0;
    while (end < rest.length() && !isBlank(rest.charAt(end))) {
      end++;
    }
    String argument = rest.substring(end).strip();
    return Optional.of(
        new Shebang(
            rest.substring(0, end), argument.isEmpty() ? Optional.empty() : Optional.of(argument)));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
  }

  private static List<ShellWords.Word> words(DirectiveLine line, List<Diagnostic> problems) {
    try {
      return ShellWords.split(line.text(), line.column());
    } catch (ShellWords.UnbalancedQuoteException e) {
      problems.add(Diagnostic.error(line.line(), e.column(), e.getMessage()));
      return List.of();
    }
  }

  private Diagnostic afterFirstCommand(DirectiveLine line) {
    return Diagnostic.warning(
        line.line(),
        1,
        line.prefix()
            + " is ignored here: it stands after the first command (line "
            + (headerLines + 1)
            + ")");
  }

  /** How the user calls the script. */
  public String name() {
    return name;
  }

  /** The script's bytes, exactly. */
  public byte[] content() {
    return content.clone();
  }

  /** UTF-8, or ISO 8859-1 for bytes that are not UTF-8: either way encoding gives them back. */
  public Charset charset() {
    return charset;
  }

  /** Its lines without their line feeds; a carriage return before one is kept. */
  public List<String> lines() {
    return lines;
  }

  /** How many lines stand before the first command. */
  public int headerLines() {
    return headerLines;
  }

  /** The interpreter line, empty when the script has none. */
  public Optional<Shebang> shebang() {
    return shebang;
  }

  /** The number of the first line that ends with CR LF, empty when none does. */
  public Optional<Integer> firstCarriageReturn() {
    for (int i = 0; i < lines.size() - 1; i++) {
      if (lines.get(i).endsWith("\r")) {
        return Optional.of(i + 1);
      }
    }
    return Optional.empty();
  }

  /** The overlays that {@code #DEP:} lines of the header name, in their order. */
  public List<OverlayReference> overlays() {
    return overlays;
  }

  /** The words of the header's {@code #CNT} lines, in their order. */
  public List<OptionWord> options() {
    return options;
  }

  /** What was found and does not count. */
  public List<Diagnostic> warnings() {
    return warnings;
  }

  /**
   * Every line that begins with a prefix, in the header and after it.
   *
   * @param prefix for instance {@code #SBATCH}, compared exactly, at the start of the line
   */
  public List<DirectiveLine> directives(String prefix) {
    List<DirectiveLine> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith(prefix)) {
        String text = line.substring(prefix.length());
        if (text.endsWith("\r")) {
          text = text.substring(0, text.length() - 1);
        }
        found.add(new DirectiveLine(i + 1, prefix.length() + 1, prefix, text, i < headerLines));
      }
    }
    return found;
  }
}
