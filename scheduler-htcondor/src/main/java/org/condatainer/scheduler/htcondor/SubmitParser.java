package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.condatainer.scheduler.htcondor.SubmitStatement.Kind;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/** Splits a submit description into its statements. */
final class SubmitParser {
  /** Marks a line of the submit language in a job script. */
  static final String PREFIX = "#CONDOR";

  private final List<DirectiveLine> source;
  private final List<SubmitStatement> statements = new ArrayList<>();

  private SubmitParser(List<DirectiveLine> source) {
    this.source = source;
  }

  /** The statements of these lines. */
  static List<SubmitStatement> statements(List<DirectiveLine> source) {
    SubmitParser parser = new SubmitParser(source);
    int i = 0;
    while (i < source.size()) {
      i = parser.next(i);
    }
    return parser.statements;
  }

  /** The lines of the submit language that a script has: all of a submit file, or the marked. */
  static List<DirectiveLine> lines(JobScript script) {
    return isSubmitFile(script) ? wholeFile(script) : marked(script);
  }

  private static List<DirectiveLine> marked(JobScript script) {
    List<DirectiveLine> lines = new ArrayList<>();
    for (DirectiveLine line : script.directives(PREFIX)) {
      if (line.inHeader() && endsPrefix(line.text())) {
        lines.add(line);
      }
    }
    return lines;
  }

  /** Whether the prefix is not only the beginning of a longer word. */
  static boolean endsPrefix(String text) {
    return text.isEmpty() || text.charAt(0) == ' ' || text.charAt(0) == '\t';
  }

  private static List<DirectiveLine> wholeFile(JobScript script) {
    List<DirectiveLine> lines = new ArrayList<>();
    int count = script.lines().size();
    for (int i = 0; i < count; i++) {
      String text = script.lines().get(i);
      if (i == count - 1 && text.isEmpty()) {
        break;
      }
      String plain = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      lines.add(new DirectiveLine(i + 1, 1, "", plain, true));
    }
    return lines;
  }

  /**
   * Whether a file is a submit description: it has no interpreter line, and a {@code queue}
   * statement or a line {@code executable = …}, neither of which is a shell's.
   */
  static boolean isSubmitFile(JobScript script) {
    if (script.shebang().isPresent()) {
      return false;
    }
    boolean queue = false;
    boolean assignment = false;
    for (String line : script.lines()) {
      String text = line.strip();
      int end = wordEnd(text);
      if (end == 0) {
        continue;
      }
      String word = text.substring(0, end).toLowerCase(Locale.ROOT);
      String rest = text.substring(end).strip();
      boolean assigns = rest.startsWith("=") && !rest.startsWith("==");
      if (assigns && word.equals("executable")) {
        return true;
      }
      queue |= word.equals("queue") && !assigns;
      assignment |= assigns && end < text.length() && text.charAt(end) != '=';
      assignment |= assigns && (word.startsWith("+") || word.startsWith("my."));
    }
    return queue && assignment;
  }

  private static int wordEnd(String text) {
    int end = 0;
    while (end < text.length()) {
      char c = text.charAt(end);
      boolean in = Character.isLetterOrDigit(c) || c == '_' || c == '.' || (c == '+' && end == 0);
      if (!in) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Adds the statement that begins with this line, and returns where the next begins. */
  private int next(int first) {
    List<Integer> lines = new ArrayList<>(List.of(first));
    String start = source.get(first).text();
    if (start.isBlank() || start.strip().startsWith("#")) {
      add(Kind.COMMENT, "", "", start, lines);
      return first + 1;
    }
    StringBuilder text = new StringBuilder();
    int i = first;
    String line = start;
    while (line.stripTrailing().endsWith("\\") && i + 1 < source.size()) {
      String piece = line.stripTrailing();
      text.append(piece, 0, piece.length() - 1);
      line = source.get(++i).text().stripLeading();
      lines.add(i);
      while (line.startsWith("#") && line.stripTrailing().endsWith("\\") && i + 1 < source.size()) {
        line = source.get(++i).text().stripLeading();
        lines.add(i);
      }
      if (line.startsWith("#")) {
        line = "";
      }
    }
    String last = line.stripTrailing();
    text.append(last.endsWith("\\") ? last.substring(0, last.length() - 1) : last);
    i = classify(text.toString(), lines, i);
    return i + 1;
  }

  private int classify(String text, List<Integer> lines, int last) {
    String plain = text.strip();
    int end = wordEnd(plain);
    String word = plain.substring(0, end);
    String keyword = word.toLowerCase(Locale.ROOT);
    String rest = plain.substring(end).strip();
    if (rest.startsWith("=") && !keyword.equals("queue") && !word.isEmpty()) {
      String key = keyword.startsWith("+") ? "my." + keyword.substring(1) : keyword;
      add(Kind.ASSIGNMENT, key, rest.substring(1).strip(), plain, lines);
      return last;
    }
    switch (keyword) {
      case "queue" -> {
        if (rest.startsWith("=")) {
          add(Kind.UNKNOWN, "", rest, plain, lines);
          return last;
        }
        return queue(rest, plain, lines, last);
      }
      case "if" -> add(Kind.IF, "", rest, plain, lines);
      case "elif" -> add(Kind.ELIF, "", rest, plain, lines);
      case "else" -> add(Kind.ELSE, "", rest, plain, lines);
      case "endif" -> add(Kind.ENDIF, "", rest, plain, lines);
      case "include", "use" -> add(Kind.INCLUDE, keyword, rest, plain, lines);
      default -> add(Kind.UNKNOWN, "", rest, plain, lines);
    }
    return last;
  }

  /** A list of items may go on over the next lines, until one that begins with the bracket. */
  private int queue(String rest, String plain, List<Integer> lines, int last) {
    StringBuilder value = new StringBuilder(rest);
    StringBuilder text = new StringBuilder(plain);
    int i = last;
    if (rest.indexOf('(') >= 0 && rest.indexOf(')') < rest.indexOf('(')) {
      boolean closed = false;
      while (!closed && i + 1 < source.size()) {
        String line = source.get(++i).text().strip();
        lines.add(i);
        value.append('\n').append(line);
        text.append('\n').append(line);
        closed = line.startsWith(")");
      }
    }
    add(Kind.QUEUE, "", value.toString(), text.toString(), lines);
    return i;
  }

  private void add(Kind kind, String key, String value, String text, List<Integer> lines) {
    DirectiveLine first = source.get(lines.get(0));
    int blanks = first.text().length() - first.text().stripLeading().length();
    statements.add(
        new SubmitStatement(kind, key, value, text, lines, first.line(), first.column() + blanks));
  }
}
