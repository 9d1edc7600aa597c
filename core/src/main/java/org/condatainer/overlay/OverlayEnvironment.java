package org.condatainer.overlay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.condatainer.process.SystemWords;

/**
 * What {@code IMAGE.env} beside an overlay image says: variables for the container, and notes on
 * them.
 *
 * <p>A line is {@code KEY=VALUE}, {@code #ENVNOTE:KEY=text}, a comment that begins with {@code #},
 * or blank. {@code export } before a key is allowed, blanks around the line and around the key do
 * not count, a line may end with CR LF. The value is all that follows the equals sign: nothing is
 * expanded and a {@code #} begins no comment there. If the whole value stands in one pair of single
 * or double quotes, these are taken off, as a shell would; any other quote is kept. Of two lines
 * with the same key the later one counts.
 *
 * @param variables values by name, in the order of the file
 * @param notes what a user wants to read of a variable instead of its value, by name
 */
public record OverlayEnvironment(Map<String, String> variables, Map<String, String> notes) {
  private static final String NOTE = "#ENVNOTE:";
  private static final String EXPORT = "export";
  private static final OverlayEnvironment NONE = new OverlayEnvironment(Map.of(), Map.of());

  public OverlayEnvironment {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
  }

  /**
   * Reads the file that belongs to an image, {@code env.img.env} for {@code env.img}: the one
   * beside the image itself, wherever links to it lie.
   *
   * @return without variables if there is no such file
   * @throws OverlayException if it cannot be read, is not believed, or has a line that is none of
   *     those above; with its name and the line's number
   */
  public static OverlayEnvironment of(Path image) {
    Path real;
    try {
      real = image.toRealPath();
    } catch (IOException e) {
      // who mounts it says what is wrong with it
      return NONE;
    }
    Path file = real.resolveSibling(real.getFileName() + ".env");
    try {
      return BesideImage.read(file, real)
          .map(bytes -> parse(file.toString(), new String(bytes, StandardCharsets.UTF_8)))
          .orElse(NONE);
    } catch (AccessDeniedException e) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          file + " cannot be read (permission denied); correct its permissions or remove it",
          e);
    } catch (IOException e) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE, file + ": " + SystemWords.why(e), e);
    }
  }

  /**
   * Reads the text of such a file.
   *
   * @param file its name, for messages
   */
  static OverlayEnvironment parse(String file, String text) {
    Map<String, String> variables = new LinkedHashMap<>();
    Map<String, String> notes = new LinkedHashMap<>();
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.strip();
      if (number == 1 && line.startsWith("\uFEFF")) {
        line = line.substring(1).strip();
      }
      if (line.indexOf('\0') >= 0) {
        throw wrong(file, number, "the line has a NUL byte; this is not a text");
      }
      if (line.startsWith(NOTE)) {
        String note = line.substring(NOTE.length());
        notes.put(key(file, number, note), value(note));
      } else if (!line.isEmpty() && line.charAt(0) != '#') {
        String assignment = withoutExport(line);
        variables.put(key(file, number, assignment), unquoted(value(assignment)));
      }
    }
    return new OverlayEnvironment(variables, notes);
  }

  private static String withoutExport(String line) {
    int end = EXPORT.length();
    boolean exported =
        line.startsWith(EXPORT)
            && line.length() > end
            && (line.charAt(end) == ' ' || line.charAt(end) == '\t');
    return exported ? line.substring(end).strip() : line;
  }

  private static String key(String file, int number, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 0) {
      throw wrong(file, number, "there is no = in \"" + assignment + "\"; write KEY=VALUE");
    }
    String key = assignment.substring(0, equals).strip();
    if (!isName(key)) {
      throw wrong(
          file,
          number,
          "\""
              + key
              + "\" is no name of a variable; it may have letters, digits and _,"
              + " and does not begin with a digit");
    }
    return key;
  }

  private static String value(String assignment) {
    return assignment.substring(assignment.indexOf('=') + 1).strip();
  }

  private static String unquoted(String value) {
    if (value.length() < 2) {
      return value;
    }
    char quote = value.charAt(0);
    boolean onePair =
        (quote == '"' || quote == '\'') && value.indexOf(quote, 1) == value.length() - 1;
    return onePair ? value.substring(1, value.length() - 1) : value;
  }

  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9';
      if (!letter && !(digit && i > 0)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static OverlayException wrong(String file, int line, String message) {
    return new OverlayException(
        OverlayException.Kind.BAD_INPUT, file + ":" + line + ": error: " + message);
  }
}
