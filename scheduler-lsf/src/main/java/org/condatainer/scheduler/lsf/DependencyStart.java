package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.condatainer.script.JobScript;

/**
 * The time at which a job that waits for others may start on volclava at the earliest. volclava
 * takes every new job for ready and looks at its conditions in its next round only, after it has
 * dispatched what it takes for ready (its {@code mbd.job.c}, handleNewJob; seen live): without a
 * time to begin at, a job for which there is room starts at once, whatever {@code -w} says. Arrays
 * are not taken for ready.
 */
final class DependencyStart {
  /** For bsub to read the time before it is over: it would take it for tomorrow's. */
  private static final Duration MARGIN = Duration.ofSeconds(15);

  private DependencyStart() {}

  /**
   * The options to add to those of a job; none where they say no dependency, or when to begin.
   *
   * @param head lines of the script
   * @param options of the command line, which go over those of the script
   * @param now in the zone of this machine
   * @param progress told when it may start
   */
  static List<String> options(
      List<String> head,
      List<String> options,
      LsfSite site,
      LocalDateTime now,
      Consumer<String> progress) {
    Map<String, String> given = new HashMap<>();
    String text = String.join("\n", head) + "\n";
    JobScript script = JobScript.parse("batch script", text.getBytes(ISO_8859_1));
    for (BsubDirective directive : BsubDirective.of(script, new ArrayList<>())) {
      directive.options().forEach(one -> given.put(one.name(), one.value().orElse("")));
    }
    List<BsubWord> words = new ArrayList<>();
    options.forEach(word -> words.add(new BsubWord(word, word, " ", 0, 0)));
    for (BsubDirective.Given one : BsubDirective.options(words, new ArrayList<>())) {
      given.put(one.name(), one.value().orElse(""));
    }
    boolean array = LsfJobName.read(given.getOrDefault("J", "")).array().isPresent();
    if (!given.containsKey("w") || given.containsKey("b") || array) {
      return List.of();
    }
    String time =
        LsfValues.clock(
            now.plus(site.dispatchInterval())
                .plus(MARGIN)
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(1)
                .toLocalTime());
    progress.accept(
        "LSF: the job starts at "
            + time
            + " at the earliest: before, volclava would start it without a look at -w");
    return List.of("-b", time);
  }
}
