package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.condatainer.job.JobId;
import org.condatainer.job.Memory;
import org.condatainer.job.Resources;
import org.condatainer.process.Command;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;

/**
 * {@code bsub}: its command line, its input and its answer.
 *
 * <p>The tag goes into the description ({@code -Jd}), after the user's own: IBM and volclava have
 * it, both show it in one command ({@code bjobs -o job_description -json}, {@code bjobs -UF}), and
 * nothing is charged by it. volclava could select by a project ({@code -P}) faster, but a project
 * is what somebody pays with, and the user's own must stay as it is.
 */
final class LsfSubmit {
  /** IBM takes 4,094 characters (bsub -Jd), volclava 4,095 bytes and cuts off the rest. */
  private static final int LONGEST_DESCRIPTION = 4000;

  /**
   * With these, bsub does not print the id, or not on its standard output; or it checks a
   * requirement and submits nothing (IBM's reference of environment variables).
   */
  private static final Set<String> QUIET =
      Set.of("BSUB_QUIET", "BSUB_QUIET2", "BSUB_STDERR", "BSUB_CHK_RESREQ");

  private LsfSubmit() {}

  /** What volclava needs help with. */
  static DependencyStart start(Submission submission, byte[] batchScript, LsfKind kind) {
    return kind == LsfKind.OPEN
        ? DependencyStart.of(script(batchScript).head(), submission.options())
        : DependencyStart.NONE;
  }

  private static BsubScript script(byte[] batchScript) {
    return BsubScript.of(new String(batchScript, ISO_8859_1));
  }

  static Command command(
      Submission submission,
      byte[] batchScript,
      LsfKind kind,
      LsfSite site,
      DependencyStart start,
      Consumer<String> progress) {
    BsubScript script = script(batchScript);
    List<String> options = submission.options();
    Resources resources = resources(submission, script, site);
    boolean affinity = isAffine(script.head()) || isAffine(options);
    if (kind == LsfKind.OPEN) {
      boolean withoutHold = start.isHeldLater();
      script = script.withHead(OpenOptions.head(script.head(), site, withoutHold, progress));
      options = new ArrayList<>(OpenOptions.commandLine(options, site, withoutHold, progress));
      options.addAll(start.options(site, LocalDateTime.now(ZoneId.systemDefault()), progress));
    }
    List<String> words = new ArrayList<>(List.of("bsub"));
    words.addAll(options);
    words.addAll(List.of("-Jd", description(submission)));
    String input =
        script.text(BsubScript.assignments(resources, affinity, LsfJobName.less(script.head())));
    return Command.of(words)
        .withInput(new String(input.getBytes(ISO_8859_1), UTF_8))
        .withUnset(QUIET)
        .withWorkingDirectory(submission.workingDirectory());
  }

  private static boolean isAffine(List<String> texts) {
    for (String text : texts) {
      if (text.contains("affinity[")) {
        return true;
      }
    }
    return false;
  }

  /** The dialect does not know the site's units: memory that it read is read again with them. */
  private static Resources resources(Submission submission, BsubScript script, LsfSite site) {
    Resources resources = submission.request().resources();
    Optional<Memory> read = memory(script, LsfSite.DEFAULT);
    if (read.isEmpty() || !read.equals(resources.memory())) {
      return resources;
    }
    return resources.withMemory(memory(script, site).orElse(read.get()));
  }

  private static Optional<Memory> memory(BsubScript script, LsfSite site) {
    List<Diagnostic> ignored = new ArrayList<>();
    LsfRequest request = new LsfRequest(site, 1, ignored);
    String head = String.join("\n", script.head()) + "\n";
    JobScript lines = JobScript.parse("batch script", head.getBytes(ISO_8859_1));
    for (BsubDirective directive : BsubDirective.of(lines, ignored)) {
      directive.options().forEach(request::add);
    }
    return request.build().resources().memory();
  }

  /** The user's description, as much of it as there is room for, and the tag. */
  static String description(Submission submission) {
    String own = submission.request().comment().orElse("").strip();
    int room = Math.max(0, LONGEST_DESCRIPTION - submission.tag().length() - 1);
    String kept = own;
    while (kept.getBytes(UTF_8).length > room) {
      kept = kept.substring(0, kept.offsetByCodePoints(kept.length(), -1));
    }
    return kept.isEmpty() ? submission.tag() : kept + " " + submission.tag();
  }

  /**
   * The id in {@code Job <12> is submitted to default queue <normal>.}; what a site's own scripts
   * print around it is passed over.
   */
  static Optional<JobId> id(String output) {
    for (String line : output.split("\n", -1)) {
      int start = line.indexOf("Job <");
      int end = line.indexOf("> is submitted", Math.max(0, start));
      if (start >= 0 && end > start && LsfIds.isNumber(line.substring(start + 5, end))) {
        return Optional.of(JobId.of(line.substring(start + 5, end)));
      }
    }
    return Optional.empty();
  }
}
