package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code condor_submit} (condor_submit(1); recordings submit-*). */
final class HtcondorSubmit {
  private static final Pattern SEQUENCE =
      Pattern.compile("(\\w+) from seq (\\d+) (\\d+) (\\d+) \\|");
  private static final Pattern LIST = Pattern.compile("(\\w+) in \\(([^)]*)\\)");

  private final Call call;
  private final JobOrder order = new JobOrder();

  private HtcondorSubmit(Call call) {
    this.call = call;
  }

  static Answer submit(Call call, SimulatedCluster cluster) {
    HtcondorSubmit submit = new HtcondorSubmit(call);
    try {
      String problem = submit.read();
      if (!problem.isEmpty()) {
        return Answer.failed(1, "ERROR: " + problem + "\n");
      }
    } catch (IOException e) {
      return Answer.failed(1, "ERROR: Failed to open '" + e.getMessage() + "'\n");
    }
    int base = cluster.submit(submit.order);
    return Answer.of(base + ".0 - " + base + "." + (submit.order.indexes.size() - 1) + "\n");
  }

  private String read() throws IOException {
    List<String> more = new ArrayList<>();
    String file = "";
    List<String> words = call.arguments();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-terse" -> {}
        case "-append" -> more.add(words.get(++i));
        default -> file = words.get(i);
      }
    }
    String text = Files.readString(call.file(file), ISO_8859_1).replace("\\\n", "");
    boolean queued = false;
    for (String line : text.split("\n", -1)) {
      if (line.equals("queue") || line.startsWith("queue ")) {
        if (queued) {
          throw new IllegalArgumentException("a second queue statement is not simulated");
        }
        more.forEach(this::assign);
        queue(line.substring(5).strip());
        queued = true;
      } else if (!line.isBlank() && !line.startsWith("#") && !queued) {
        assign(line);
      }
    }
    return queued ? fill() : "no 'queue' statement";
  }

  private void assign(String line) {
    int equals = line.indexOf('=');
    String key = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
    key = key.startsWith("+") ? "my." + key.substring(1) : key;
    String value = line.substring(equals + 1).strip();
    Matcher self =
        Pattern.compile("\\$\\(" + Pattern.quote(key) + "(?::([^)]*))?\\)").matcher(value);
    if (self.find()) {
      // What speaks of itself is filled in at once.
      String old = order.words.get(key);
      String other = self.group(1) == null ? "" : self.group(1);
      value = self.replaceAll(Matcher.quoteReplacement(old == null ? other : old));
    }
    order.words.put(key, value);
  }

  private void queue(String what) {
    Matcher sequence = SEQUENCE.matcher(what);
    Matcher list = LIST.matcher(what);
    if (sequence.matches()) {
      long step = Long.parseLong(sequence.group(3));
      long last = Long.parseLong(sequence.group(4));
      for (long value = Long.parseLong(sequence.group(2)); value <= last; value += step) {
        item(sequence.group(1), Long.toString(value));
      }
    } else if (list.matches()) {
      for (String value : list.group(2).strip().split("[,\\s]+", -1)) {
        item(list.group(1), value);
      }
    } else if (what.matches("\\d*")) {
      int count = what.isEmpty() ? 1 : Integer.parseInt(what);
      for (int process = 0; process < count; process++) {
        order.indexes.add(process);
      }
    } else {
      throw new IllegalArgumentException("not simulated: queue " + what);
    }
  }

  private void item(String variable, String value) {
    int process = order.indexes.size();
    order.indexes.add(process);
    order.words.put(HtcondorMacros.itemKey(process, variable), value);
  }

  /** Puts the description into the order; what condor_submit says if it refuses it, else empty. */
  private String fill() throws IOException {
    order.owner = call.user();
    order.folder = call.folder();
    String folder = word("initialdir");
    if (!folder.isEmpty()) {
      Path path = call.file(folder);
      if (!Files.isDirectory(path)) {
        return "No such directory: " + folder;
      }
      order.folder = Call.bytes(path.toString());
    }
    String program = word("executable");
    if (program.isEmpty()) {
      return "No 'executable' parameter was provided";
    }
    order.output = order.word("output").isEmpty() ? "/dev/null" : order.word("output");
    order.error = order.word("error").isEmpty() ? "/dev/null" : order.word("error");
    if (word("output").equals(word("error"))) {
      order.error = "";
    }
    order.name = word("batch_name");
    order.held = word("hold").equalsIgnoreCase("true");
    if (order.word("universe").equals("scheduler")) {
      order.script = HtcondorDag.script(call.file("."), word("arguments"));
      order.beside = true;
    } else {
      order.script = Files.readString(call.file(program), ISO_8859_1);
    }
    String most = word("max_materialize");
    order.tasksAtOnce = most.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(most);
    // It stands in for the expression periodic_remove, which is not evaluated.
    String limit = word("my.condatainerwalltime");
    order.walltimeSeconds =
        limit.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(limit));
    String begin = word("deferral_time");
    if (begin.matches("\\d+")) {
      order.begin = Instant.ofEpochSecond(Long.parseLong(begin));
    }
    environment();
    return "";
  }

  private String word(String key) {
    return HtcondorMacros.expand(order.word(key), order.words, 0, "0");
  }

  private void environment() {
    String passed = word("getenv");
    for (Map.Entry<String, String> variable : call.variables().entrySet()) {
      if (passes(passed, variable.getKey())) {
        order.variables.put(variable.getKey(), variable.getValue());
      }
    }
    String set = word("environment");
    if (set.startsWith("\"") && set.endsWith("\"")) {
      String inner = set.substring(1, set.length() - 1).replace("\"\"", "\"");
      Matcher one = Pattern.compile("(?:[^\\s']|'(?:[^']|'')*')+").matcher(inner);
      while (one.find()) {
        String text = one.group().replace("''", "\0").replace("'", "").replace('\0', '\'');
        int equals = text.indexOf('=');
        order.variables.put(text.substring(0, equals), text.substring(equals + 1));
      }
    }
  }

  private static boolean passes(String getenv, String name) {
    if (getenv.equalsIgnoreCase("true")) {
      return true;
    }
    for (String pattern : getenv.split("[,\\s]+", -1)) {
      if (name.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"))) {
        return true;
      }
    }
    return false;
  }
}
