package org.condatainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What one scheduler does otherwise than the others is its adapter's business: only these classes
 * name one in what they decide.
 */
final class SchedulersByNameTest {
  /** Each with what no adapter can tell in its place. */
  private static final Set<String> ALLOWED =
      Set.of(
          "HolderJob.java", // the job of a process of any user, its adapter at hand or not
          "OverlayLease.java", // the same in the shell of a job
          "JobProof.java", // a lease of HTCondor that names no schedd
          "ForeignDirectives.java", // scripts for schedulers without an adapter
          "ScriptCommands.java"); // launchers that a script of any scheduler may start

  private static final List<String> IDS = List.of("slurm", "pbs", "lsf", "htcondor", "gridengine");

  @Test
  void coreDecidesNothingByTheNameOfAScheduler() throws IOException {
    Set<String> naming = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        if (IDS.stream()
            .anyMatch(id -> text.contains('"' + id + '"') || text.contains("scheduler=" + id))) {
          naming.add(source.getFileName().toString());
        }
      }
    }
    assertThat(naming).isEqualTo(new TreeSet<>(ALLOWED));
  }
}
