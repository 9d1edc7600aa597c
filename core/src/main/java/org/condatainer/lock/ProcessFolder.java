package org.condatainer.lock;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;

/**
 * A process by what the kernel shows of it (proc(5)). What may not be read, or has gone, is empty:
 * processes end while one looks at them.
 */
record ProcessFolder(Path folder) {
  /** Configuration of Apptainer's starter, cut into pieces: ENGINE_CONFIG1, ENGINE_CONFIG2, … */
  private static final String STARTER_CONFIGURATION = "ENGINE_CONFIG";

  private static final int SHOWN_AT_AN_END = 100;

  static ProcessFolder of(long pid) {
    return new ProcessFolder(Path.of("/proc", Long.toString(pid)));
  }

  String text(String name) {
    try {
      return new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  String program() {
    return text("comm").strip();
  }

  /**
   * The command line with blanks between its words, or {@code [program]}; of a long one, such as a
   * shell's with a script in it, the beginning and the end.
   */
  String command() {
    String words = text("cmdline").replace('\0', ' ').strip();
    if (words.length() > 2 * SHOWN_AT_AN_END) {
      return words.substring(0, SHOWN_AT_AN_END).strip()
          + " … "
          + words.substring(words.length() - SHOWN_AT_AN_END).strip();
    }
    return words.isEmpty() ? "[" + program() + "]" : words;
  }

  String user() {
    try {
      return Files.getOwner(folder).getName();
    } catch (IOException e) {
      return "";
    }
  }

  /** The letter of its state (proc(5)): Z for a zombie, T for one that is stopped. */
  char state() {
    String line = text("stat");
    int end = line.lastIndexOf(')');
    return end < 0 || end + 2 >= line.length() ? '?' : line.charAt(end + 2);
  }

  boolean suspended() {
    return state() == 'T';
  }

  /** Whether it has ended: it is not there, or only its exit code still waits for its parent. */
  boolean ended() {
    char state = state();
    return state == '?' ? !Files.exists(folder) : state == 'Z' || state == 'X';
  }

  /** The user's number, from what everybody may read; -1 if it is gone. */
  long uid() {
    String text = text("status");
    int start = text.indexOf("\nUid:");
    if (start < 0) {
      return -1;
    }
    StringTokenizer words = new StringTokenizer(text.substring(start + 5));
    return Long.parseLong(words.nextToken());
  }

  /** The parent process, 0 if there is none or it is gone. */
  long parent() {
    return statistic(4);
  }

  /** When it started, in clock ticks since boot; 0 if it is gone. */
  long startTicks() {
    return statistic(22);
  }

  /** What it has done until now, as far as the kernel counts it: it changes while it works. */
  String work() {
    return statistic(10) + " " + statistic(14) + " " + statistic(15) + " " + text("io");
  }

  /** A field of {@code stat} by its number in proc(5); the second may hold blanks and brackets. */
  private long statistic(int number) {
    String line = text("stat");
    int end = line.lastIndexOf(')');
    if (end < 0) {
      return 0;
    }
    String[] fields = line.substring(end + 1).strip().split(" ", -1);
    return number - 3 < fields.length ? Long.parseLong(fields[number - 3].strip()) : 0;
  }

  Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>();
    for (String entry : text("environ").split("\0", -1)) {
      put(variables, entry);
    }
    return variables;
  }

  /**
   * The job that this process is part of: by its environment, by the one that Apptainer's starter
   * will give to the container, or by its control group.
   */
  Optional<HolderJob> job() {
    Map<String, String> variables = environment();
    Optional<HolderJob> job = HolderJob.ofEnvironment(variables);
    if (job.isEmpty() && variables.containsKey(STARTER_CONFIGURATION + "1")) {
      job = HolderJob.ofEnvironment(containerEnvironment(variables));
    }
    return job.isPresent() ? job : HolderJob.ofControlGroup(text("cgroup"));
  }

  /**
   * {@code engineConfig.ociConfig.process.env} of Apptainer's configuration, as far as readable.
   */
  static Map<String, String> containerEnvironment(Map<String, String> starter) {
    StringBuilder json = new StringBuilder();
    for (int i = 1; starter.containsKey(STARTER_CONFIGURATION + i); i++) {
      json.append(starter.get(STARTER_CONFIGURATION + i));
    }
    Map<String, String> variables = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json.toString())) {
      while (parser.nextToken() != null) {
        boolean list =
            parser.currentToken() == JsonToken.START_ARRAY
                && "env".equals(parser.getParsingContext().getParent().getCurrentName());
        while (list && parser.nextToken() == JsonToken.VALUE_STRING) {
          put(variables, parser.getText());
        }
      }
    } catch (IOException e) {
      // what was read until here is as good as it gets
    }
    return variables;
  }

  private static void put(Map<String, String> variables, String entry) {
    int equals = entry.indexOf('=');
    if (equals > 0) {
      variables.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
  }
}
