package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Memory;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Product;

/**
 * The text that bsub reads. It takes {@code #BSUB} lines wherever they stand, also those of the
 * user's script inside the batch script, which have been amended or translated already; and
 * volclava joins every remark that has the letters BSUB and ends with a backslash with the next
 * line. So such lines get a mark, which the job takes off again; directives are joined as volclava
 * does it, or the job would run what carries them on. Every byte is a character here (ISO 8859-1).
 *
 * @param head the lines before the first that is blank or no remark: the shebang and the directives
 * @param body the others
 */
record BsubScript(List<String> head, List<String> body) {
  private static final String MARK = "|";

  BsubScript {
    head = List.copyOf(head);
    body = List.copyOf(body);
  }

  static BsubScript of(String text) {
    String ended = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    List<String> lines = List.of(ended.split("\n", -1));
    int end = 0;
    while (end < lines.size() && lines.get(end).strip().startsWith("#")) {
      end++;
    }
    return new BsubScript(lines.subList(0, end), joined(lines.subList(end, lines.size())));
  }

  private static List<String> joined(List<String> lines) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      while (BsubDirective.isCarriedOn(line)
          && BsubDirective.isDirective(line)
          && i + 1 < lines.size()) {
        i++;
        line = line.substring(0, line.length() - 1) + lines.get(i);
      }
      joined.add(line);
    }
    return joined;
  }

  BsubScript withHead(List<String> lines) {
    return new BsubScript(lines, body);
  }

  /**
   * The whole text.
   *
   * @param assignments a line of shell to put after the head; empty for none
   */
  String text(String assignments) {
    List<String> lines = new ArrayList<>(head);
    if (!assignments.isEmpty()) {
      lines.add("# What was asked for, which LSF does not tell its jobs.");
      lines.add(assignments);
    }
    String text = String.join("\n", body) + "\n";
    if (!isUtf8(text)) {
      // What is given to a command is UTF-8.
      lines.add("source <(base64 -d <<'END_OF_THE_BATCH_SCRIPT'");
      lines.add(Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes(text)));
      lines.add("END_OF_THE_BATCH_SCRIPT");
      lines.add(")");
      return String.join("\n", lines) + "\n";
    }
    boolean marked = false;
    for (String line : body) {
      marked |= isRead(line);
    }
    if (!marked) {
      lines.addAll(body);
      return String.join("\n", lines) + "\n";
    }
    String delimiter = "END_OF_THE_BATCH_SCRIPT";
    for (int i = 1; body.contains(delimiter); i++) {
      delimiter = "END_OF_THE_BATCH_SCRIPT_" + i;
    }
    lines.add("# bsub reads its lines wherever they stand: those below have a bar before them.");
    lines.add("cnt_batch() {");
    lines.add("  sed 's/^" + MARK + "//' <<'" + delimiter + "'");
    for (String line : body) {
      lines.add(isRead(line) || line.startsWith(MARK) ? MARK + line : line);
    }
    lines.add(delimiter);
    lines.add("}");
    lines.add("source <(cnt_batch)");
    return String.join("\n", lines) + "\n";
  }

  /** The bytes of a text that was read as ISO 8859-1, which has one for each character. */
  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static boolean isUtf8(String text) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(text)));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean isRead(String line) {
    return BsubDirective.isDirective(line) || (line.startsWith("#") && line.contains("BSUB"));
  }

  /**
   * What the job's script must know of the request.
   *
   * @param affinity whether the CPUs of a task belong to one slot
   * @param less by how much the job's own indexes are less than LSF's
   */
  static String assignments(Resources resources, boolean affinity, long less) {
    List<String> words = new ArrayList<>();
    if (less > 0) {
      words.add("cnt_index_less=" + less);
    }
    int cpus = resources.cpusPerTask().orElse(1);
    if (cpus > 1) {
      words.add("cnt_cpus=" + cpus);
      words.add("cnt_slots_of_task=" + (affinity ? 1 : cpus));
    }
    Optional<Memory> memory = resources.memory();
    if (memory.isPresent() && memory.get().bytes() > 0) {
      long mebibytes = memory.get().bytes() >> 20;
      switch (memory.get().scope()) {
        case PER_TASK -> words.add("cnt_mebibytes_of_task=" + mebibytes);
        case PER_CPU -> words.add("cnt_mebibytes_of_task=" + Product.of(mebibytes, (long) cpus));
        case PER_NODE -> words.add("cnt_mebibytes_of_host=" + mebibytes);
        case PER_JOB -> words.add("cnt_mebibytes_of_job=" + mebibytes);
        case PER_GPU -> {}
      }
    }
    return String.join(" ", words);
  }
}
