package org.condatainer.launch;

import java.util.List;
import java.util.Optional;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/** Directives of schedulers whose adapter may not be installed, told by their prefix alone. */
final class ForeignDirectives {
  private record Prefix(String text, String scheduler, String displayName) {}

  private static final List<Prefix> PREFIXES =
      List.of(
          new Prefix("#SBATCH", "slurm", "Slurm"),
          new Prefix("#PBS", "pbs", "PBS"),
          new Prefix("#BSUB", "lsf", "LSF"),
          new Prefix("#$ -", "gridengine", "Grid Engine"));

  private ForeignDirectives() {}

  /** The name of the first scheduler but {@code own} whose directives the script's header has. */
  static Optional<String> in(JobScript script, String own) {
    for (Prefix prefix : PREFIXES) {
      if (prefix.scheduler().equals(own)) {
        continue;
      }
      for (DirectiveLine line : script.directives(prefix.text())) {
        if (line.inHeader()) {
          return Optional.of(prefix.displayName());
        }
      }
    }
    return Optional.empty();
  }
}
