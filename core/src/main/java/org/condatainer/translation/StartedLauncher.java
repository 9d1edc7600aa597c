package org.condatainer.translation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.condatainer.script.JobScript;

/**
 * A command of a job script that starts the processes of a parallel program.
 *
 * @param line from 1
 * @param column from 1
 * @param word {@code srun}, {@code mpirun}, {@code mpiexec} or {@code blaunch}
 */
public record StartedLauncher(int line, int column, String word) {
  private static final Pattern LAUNCHER =
      Pattern.compile("(?<![\\w-])(?:srun|mpirun|mpiexec|blaunch)(?![\\w-])");

  public StartedLauncher {
    requireNonNull(word, "word is null");
  }

  /** The first of each line that is no comment. */
  public static List<StartedLauncher> in(JobScript script) {
    List<StartedLauncher> found = new ArrayList<>();
    for (int i = 0; i < script.lines().size(); i++) {
      String line = script.lines().get(i);
      Matcher matcher = LAUNCHER.matcher(line);
      if (!line.isBlank() && line.strip().charAt(0) != '#' && matcher.find()) {
        found.add(new StartedLauncher(i + 1, matcher.start() + 1, matcher.group()));
      }
    }
    return found;
  }
}
