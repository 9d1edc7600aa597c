package org.condatainer.translation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.condatainer.scheduler.Dialect;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * The text of a translated job script: the new directives after the interpreter line, the old ones
 * of both schedulers commented out, since sbatch reads {@code #PBS} and {@code #BSUB} lines too
 * (sbatch(1), {@code --ignore-pbs}).
 */
public final class TranslatedScript {
  private TranslatedScript() {}

  /** The script's text, to be written in the charset of the original. */
  public static String of(JobScript script, Translation translation, List<Dialect> dialects) {
    Set<Integer> setAside = new HashSet<>();
    for (Dialect dialect : dialects) {
      for (DirectiveLine line : dialect.read(script).directives()) {
        setAside.add(line.line());
      }
    }
    StringBuilder text = new StringBuilder();
    List<String> lines = script.lines();
    boolean shebang = lines.get(0).startsWith("#!");
    text.append(shebang ? lines.get(0) : "#!/bin/bash").append('\n');
    for (String line : translation.directiveLines()) {
      text.append(line).append('\n');
    }
    for (int i = shebang ? 1 : 0; i < lines.size(); i++) {
      boolean last = i == lines.size() - 1;
      text.append(setAside.contains(i + 1) ? "#" : "")
          .append(lines.get(i))
          .append(last ? "" : "\n");
    }
    return text.toString();
  }
}
