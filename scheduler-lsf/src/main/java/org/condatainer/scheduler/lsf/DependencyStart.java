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
 * What is to be done for a job that waits for others on volclava, which takes every new job for
 * ready and looks at its conditions in its next round only, after it has dispatched what it takes
 * for ready (its {@code mbd.job.c}, handleNewJob; seen live): without a time to begin at, a job for
 * which there is room starts at once, whatever {@code -w} says. At a job that is held it does not
 * look ({@code mbd.jgrp.c}, checkJgrpDep): submitted so, it starts as soon as it is released. So it
 * is held only when it was looked at. Arrays are not taken for ready.
 *
 * @param waits whether it waits for others, and is no array
 * @param held whether it shall be held
 * @param timed whether it has a time to begin at
 */
record DependencyStart(boolean waits, boolean held, boolean timed) {
  /** For bsub to read the time before it is over: it would take it for tomorrow's. */
  private static final Duration MARGIN = Duration.ofSeconds(15);

  /** Until a job was looked at and held, it must not start. */
  private static final int ROUNDS_UNTIL_HELD = 6;

  /** Of a job that LSF needs no help with. */
  static final DependencyStart NONE = new DependencyStart(false, false, false);

  /**
   * What is asked for.
   *
   * @param head lines of the script
   * @param options of the command line, which go over those of the script
   */
  static DependencyStart of(List<String> head, List<String> options) {
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
    return new DependencyStart(
        given.containsKey("w") && !array, given.containsKey("H"), given.containsKey("b"));
  }

  /** Whether it is to be submitted without {@code -H}, and held when it was looked at. */
  boolean isHeldLater() {
    return waits && held;
  }

  /**
   * The options to add to those of the job.
   *
   * @param now in the zone of this machine
   * @param progress told when it may start
   */
  List<String> options(LsfSite site, LocalDateTime now, Consumer<String> progress) {
    if (!waits || timed) {
      return List.of();
    }
    String time =
        LsfValues.clock(
            now.plus(site.dispatchInterval().multipliedBy(held ? ROUNDS_UNTIL_HELD : 1))
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
