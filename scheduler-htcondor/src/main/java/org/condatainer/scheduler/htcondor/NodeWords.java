package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * A command for a job's node, as {@code condor_ssh_to_job} must be given it: there, HTCondor's
 * script {@code condor_ssh_to_job_shell_setup} (23.9.6) evaluates an unquoted variable in bash, by
 * which blanks are joined and {@code *} becomes names of files, inside of quotes as well.
 */
final class NodeWords {
  private static final String PLAIN = "_./:=,@%+-";

  private NodeWords() {}

  /** The words without a blank or a pattern in any of them. */
  static String join(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      text.append(text.isEmpty() ? "" : " ").append(quoted(word));
    }
    return text.toString();
  }

  private static String quoted(String word) {
    StringBuilder text = new StringBuilder("$'");
    for (byte one : word.getBytes(UTF_8)) {
      char c = (char) (one & 0xff);
      boolean plain =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || PLAIN.indexOf(c) >= 0;
      if (plain) {
        text.append(c);
      } else {
        text.append("\\x").append(Character.forDigit(c >> 4, 16));
        text.append(Character.forDigit(c & 15, 16));
      }
    }
    return text.append('\'').toString();
  }
}
