package org.condatainer.scheduler.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.process.CommandResult;

/**
 * What a real scheduler's command printed once. Two formats of a file are read:
 *
 * <pre>
 * $ COMMAND   [VERSION, as USER]        # command: COMMAND
 * === exit N  (S s)                     # WHO, WHERE, VERSION, DATE
 * === stdout                            --- stdout
 * …                                     …
 * === stderr                            --- stderr
 * …                                     …
 *                                       --- exit: N elapsed: S s
 * </pre>
 *
 * @param name the file's name without its ending
 * @param command the command line as it was typed
 * @param origin version and user, or who, where, version and date; empty if not told
 * @param exitCode its exit code
 * @param elapsedSeconds how long it took
 * @param stdout what it printed, without the mark for a missing last line feed
 * @param stderr what it printed on standard error
 */
public record Recording(
    String name,
    String command,
    String origin,
    int exitCode,
    double elapsedSeconds,
    String stdout,
    String stderr) {
  private static final String COMMAND = "# command: ";
  private static final String NO_NEWLINE = "<no newline at end>\n";

  /** All recordings of a folder by name; files that are no recordings are left out. */
  public static List<Recording> all(Path folder) {
    List<Recording> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String text = text(file);
        if ((text.startsWith("$ ") && text.contains("\n=== exit"))
            || (text.startsWith(COMMAND) && text.contains("\n--- exit:"))) {
          found.add(parse(name(file), text));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Reads one recording. Bytes that are not UTF-8 become U+FFFD. */
  public static Recording read(Path file) {
    return parse(name(file), text(file));
  }

  static Recording parse(String name, String text) {
    return text.startsWith(COMMAND) ? dashed(name, text) : marked(name, text);
  }

  /** The result as the process package gives it. */
  public CommandResult result() {
    return new CommandResult(exitCode, stdout, stderr);
  }

  private static Recording marked(String name, String text) {
    int exit = text.indexOf("\n=== exit");
    String head = text.substring(2, exit);
    int origin = head.lastIndexOf("   [");
    if (origin < 0) {
      origin = head.length();
    }
    int lineEnd = text.indexOf('\n', exit + 1);
    String verdict =
        text.substring(exit + "\n=== exit".length(), lineEnd < 0 ? text.length() : lineEnd);
    String[] words = verdict.strip().split("\\s+", -1);
    double elapsed = words.length > 1 ? Double.parseDouble(words[1].replace("(", "")) : 0;
    int out = after(text, "\n=== stdout\n", exit);
    int errorMark = text.lastIndexOf("\n=== stderr");
    String stdout = "";
    if (out >= 0 && errorMark >= out - 1) {
      stdout = text.substring(out, errorMark + 1);
    }
    int errors = errorMark < 0 ? -1 : after(text, "\n=== stderr\n", errorMark);
    return new Recording(
        name,
        head.substring(0, origin),
        origin == head.length() ? "" : head.substring(origin + 4).replaceAll("]$", ""),
        Integer.parseInt(words[0]),
        elapsed,
        withoutMark(stdout),
        errors < 0 ? "" : withoutMark(text.substring(errors)));
  }

  private static Recording dashed(String name, String text) {
    int out = text.indexOf("\n--- stdout");
    int errorMark = text.lastIndexOf("\n--- stderr");
    int exit = text.lastIndexOf("\n--- exit:");
    String head = text.substring(COMMAND.length(), out < 0 ? exit : out);
    int firstLine = head.indexOf("\n# ");
    String verdict = text.substring(exit + "\n--- exit:".length()).strip();
    String[] words = verdict.split("\\s+", -1);
    return new Recording(
        name,
        firstLine < 0 ? head : head.substring(0, firstLine),
        firstLine < 0 ? "" : head.substring(firstLine + 3),
        Integer.parseInt(words[0]),
        words.length > 2 ? Double.parseDouble(words[2]) : 0,
        section(text, out, errorMark),
        section(text, errorMark, exit));
  }

  /** The text between the line of a mark and the next mark. */
  private static String section(String text, int mark, int next) {
    if (mark < 0 || next < 0) {
      return "";
    }
    int begin = text.indexOf('\n', mark + 1) + 1;
    return begin > next ? "" : text.substring(begin, next + 1);
  }

  private static int after(String text, String mark, int from) {
    int at = text.indexOf(mark, from);
    return at < 0 ? -1 : at + mark.length();
  }

  private static String withoutMark(String text) {
    return text.endsWith(NO_NEWLINE)
        ? text.substring(0, text.length() - NO_NEWLINE.length())
        : text;
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
