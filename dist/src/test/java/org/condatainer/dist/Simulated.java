package org.condatainer.dist;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.scheduler.htcondor.HtcondorProvider;
import org.condatainer.scheduler.lsf.LsfProvider;
import org.condatainer.scheduler.pbs.PbsProvider;
import org.condatainer.scheduler.slurm.SlurmProvider;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;

/**
 * The program at a simulated scheduler, whose jobs are processes of the user who runs the tests, in
 * the first runtime that he has.
 */
record Simulated(SimulatedLaboratory laboratory, Installed condatainer) implements Closeable {
  /** The schedulers that there are simulators of. */
  static final List<String> IDS = List.of("pbs", "lsf", "htcondor", "slurm");

  /** Whose jobs they are called: HTCondor runs none of root. */
  private static final String USER = "scientist";

  /** Opens one, in a new folder below {@code parent}. */
  static Simulated open(String id, Path parent) {
    Path folder = parent.resolve("laboratory-" + id);
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SimulatedLaboratory opened =
        switch (id) {
          case "pbs" -> SimulatedLaboratory.pbs(new PbsProvider(), folder, true);
          case "lsf" -> SimulatedLaboratory.lsf(new LsfProvider(), folder);
          case "htcondor" -> SimulatedLaboratory.htcondor(new HtcondorProvider(), folder, USER);
          default -> SimulatedLaboratory.slurm(new SlurmProvider(), folder, true);
        };
    Installed condatainer =
        Engines.eachRuntime()
            .filter(place -> place.user().isEmpty())
            .findFirst()
            .orElseThrow()
            .in(parent)
            .with("CNT_SCHEDULER", id)
            .with("JDK_JAVA_OPTIONS", "-Duser.name=" + opened.user())
            .with("CNT_SIMULATED_USER", opened.user())
            .with("PATH", opened.variables().get("PATH") + ":" + System.getenv("PATH"));
    return new Simulated(opened, condatainer);
  }

  @Override
  public void close() throws IOException {
    laboratory.close();
  }
}
