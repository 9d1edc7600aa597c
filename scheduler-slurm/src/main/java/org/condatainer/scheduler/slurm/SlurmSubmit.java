package org.condatainer.scheduler.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.NativeOption;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Submission;

/** {@code sbatch}: its command line and its answer. */
final class SlurmSubmit {
  /** The longest comment in bytes that slurmctld takes (measured on 22.05). */
  static final int LONGEST_COMMENT = 1024;

  private SlurmSubmit() {}

  static Command command(Submission submission) {
    List<String> words = new ArrayList<>(List.of("sbatch", "--parsable"));
    words.addAll(submission.options());
    words.add("--comment=" + comment(submission));
    words.add(submission.batchScript().toString());
    return Command.of(words)
        .withWorkingDirectory(submission.workingDirectory())
        .withUnset(Set.of("SBATCH_WAIT"));
  }

  /** The user's comment, as much of it as there is room for, and the tag. */
  static String comment(Submission submission) {
    String own = submission.request().comment().orElse("");
    String kept = cut(own, LONGEST_COMMENT - submission.tag().getBytes(UTF_8).length - 1);
    return kept.isEmpty() ? submission.tag() : kept + " " + submission.tag();
  }

  /** Whether a part of the user's comment had to go. */
  static boolean isCommentCut(Submission submission) {
    String own = submission.request().comment().orElse("");
    return !own.isEmpty() && !comment(submission).startsWith(own + " ");
  }

  /**
   * The id in an answer: {@code 123} or {@code 123;cluster} on a line of its own, or {@code
   * Submitted batch job 123 on cluster name} when a site's wrapper prints it so. Banners around it
   * are passed over; the last line that fits counts.
   */
  static Optional<JobId> id(String output) {
    Optional<JobId> found = Optional.empty();
    for (String line : output.split("\n", -1)) {
      String text = line.strip();
      if (text.startsWith("Submitted batch job ")) {
        text = text.substring("Submitted batch job ".length()).replace(" on cluster ", ";");
      }
      int semicolon = text.indexOf(';');
      String number = semicolon < 0 ? text : text.substring(0, semicolon);
      String cluster = semicolon < 0 ? "" : text.substring(semicolon + 1).strip();
      if (SlurmIds.isNumber(number) && !cluster.contains(" ")) {
        found = Optional.of(new JobId(number, cluster));
      }
    }
    return found;
  }

  /**
   * What makes a job that another user or another cluster may have, so that it cannot be looked up
   * by its tag here; empty if nothing does.
   */
  static Optional<String> elsewhere(Submission submission) {
    for (NativeOption option : submission.request().nativeOptions()) {
      if (option.name().equals("clusters") || option.name().equals("uid")) {
        return Optional.of("--" + option.name());
      }
    }
    for (String option : submission.options()) {
      if (option.startsWith("-M") || option.startsWith("--cl") || option.startsWith("--uid")) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }

  private static String cut(String text, int bytes) {
    int length = 0;
    int end = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      length += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
      if (length > bytes) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end);
  }
}
