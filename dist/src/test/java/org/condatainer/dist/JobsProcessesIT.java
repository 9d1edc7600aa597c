package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.htcondor.HtcondorProvider;
import org.condatainer.scheduler.lsf.LsfProvider;
import org.condatainer.scheduler.pbs.PbsProvider;
import org.condatainer.scheduler.slurm.SlurmProvider;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many processes a look at jobs starts, where four schedulers are at hand (simulated ones). */
final class JobsProcessesIT {
  private static final String USER = "scientist";
  private static final long MOST = 2;

  @TempDir private Path parent;
  private final Map<String, SimulatedLaboratory> laboratories = new LinkedHashMap<>();
  private Path started;
  private Installed condatainer;

  @BeforeEach
  void fourSchedulersWhoseProcessesAreCounted() throws IOException {
    laboratories.put(
        "slurm", SimulatedLaboratory.slurm(new SlurmProvider(), folder("slurm"), false));
    laboratories.put("pbs", SimulatedLaboratory.pbs(new PbsProvider(), folder("pbs"), true));
    laboratories.put("lsf", SimulatedLaboratory.lsf(new LsfProvider(), folder("lsf")));
    laboratories.put(
        "htcondor", SimulatedLaboratory.htcondor(new HtcondorProvider(), folder("htcondor"), USER));
    started = parent.resolve("started");
    Path counted = folder("counted");
    for (Map.Entry<String, SimulatedLaboratory> entry : laboratories.entrySet()) {
      Path programs = Path.of(entry.getValue().variables().get("PATH").split(":", 2)[0]);
      try (Stream<Path> files = Files.list(programs)) {
        for (Path program : files.toList()) {
          Path wrapper = counted.resolve(program.getFileName());
          Files.writeString(
              wrapper,
              ("#!/bin/sh\necho " + entry.getKey() + " >>'" + started + "'\n")
                  + ("exec '" + program + "' \"$@\"\n"));
          Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
    condatainer =
        Installed.in(parent, "")
            .with("JDK_JAVA_OPTIONS", "-Duser.name=" + USER)
            .with("CNT_SIMULATED_USER", USER)
            .with("PATH", counted + ":" + System.getenv("PATH"));
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(parent.resolve(name));
  }

  @AfterEach
  void close() throws IOException {
    for (SimulatedLaboratory laboratory : laboratories.values()) {
      laboratory.close();
    }
  }

  @Test
  void oneLookStartsAtMostTwoProcessesOfEachScheduler() throws IOException {
    condatainer.write("job.sh", "#!/bin/bash\ntrue\n");
    Map<String, List<String>> ids = new LinkedHashMap<>();
    for (String id : laboratories.keySet()) {
      for (int i = 0; i < 3; i++) {
        Result run = condatainer.call("run", "--scheduler", id, "--hold", "job.sh");
        assertThat(run.exitCode()).as(run.everything()).isZero();
        ids.computeIfAbsent(id, name -> new ArrayList<>()).add(run.out().strip());
      }
    }

    Files.delete(started);
    Result all = condatainer.call("jobs");
    assertThat(all.exitCode()).as(all.everything()).isZero();
    for (String id : laboratories.keySet()) {
      assertThat(processes(id)).as(id).isBetween(1L, MOST);
      assertThat(all.out()).contains(ids.get(id));
    }

    for (String id : laboratories.keySet()) {
      Files.delete(started);
      List<String> words = new ArrayList<>(List.of("jobs", "--scheduler", id));
      words.addAll(ids.get(id));
      words.add(laboratories.get(id).unknownJob(1).value());
      Result some = condatainer.call(words.toArray(new String[0]));
      assertThat(some.exitCode()).as(some.everything()).isEqualTo(1);
      // LSF's adapter first finds out whose LSF it is.
      long most = id.equals("lsf") ? 2 * MOST : MOST;
      assertThat(processes(id)).as(id + ", with an unknown job").isBetween(1L, most);
    }
  }

  /** Every scheduler counts from 1. */
  @Test
  void idThatTwoSchedulersHaveIsNotCancelledUntilItIsSaidWhich() {
    condatainer.write("job.sh", "#!/bin/bash\ntrue\n");
    String slurm =
        condatainer.call("run", "--scheduler", "slurm", "--hold", "job.sh").out().strip();
    String lsf = condatainer.call("run", "--scheduler", "lsf", "--hold", "job.sh").out().strip();
    assertThat(slurm).isEqualTo(lsf);

    Result unclear = condatainer.call("cancel", slurm);
    assertThat(unclear.exitCode()).as(unclear.everything()).isEqualTo(2);
    assertThat(unclear.err()).contains("LSF and of Slurm", "--scheduler lsf or --scheduler slurm");
    Result both = condatainer.call("jobs", slurm);
    assertThat(both.exitCode()).as(both.everything()).isZero();
    assertThat(both.out().lines().filter(line -> line.matches("(slurm|lsf) +" + slurm + " .*")))
        .hasSize(2);
    assertThat(condatainer.call("cancel", "--scheduler", "lsf", slurm).exitCode()).isZero();

    assertThat(condatainer.call("jobs", "--scheduler", "lsf").out()).isEmpty();
    assertThat(condatainer.call("jobs", "--scheduler", "slurm").out()).contains(slurm);
    assertThat(condatainer.call("cancel", slurm).exitCode()).isZero();
  }

  /** The other scheduler may have one of that id, too. */
  @Test
  void idIsNotCancelledWhileAnotherSchedulerThatMayHaveItCannotBeAsked() {
    condatainer.write("job.sh", "#!/bin/bash\ntrue\n");
    String id = condatainer.call("run", "--scheduler", "slurm", "--hold", "job.sh").out().strip();
    laboratories.get("lsf").make(Fault.STOPPED);

    Result unclear = condatainer.call("cancel", id);
    assertThat(unclear.exitCode()).as(unclear.everything()).isEqualTo(6);
    assertThat(unclear.err())
        .contains(
            id + " is a living job of Slurm; LSF, which cannot be asked",
            "cancel --scheduler slurm " + id);
    Result shown = condatainer.call("jobs", id);
    assertThat(shown.out()).contains("slurm      " + id);
    assertThat(shown.err()).contains("it may have a job of the same id");
    assertThat(condatainer.call("cancel", "--scheduler", "slurm", id).exitCode()).isZero();
  }

  /** None of its commands answers: what is asked after the first would be waited for in vain. */
  @Test
  void serversThatHangAreWaitedForOnce() throws IOException {
    Path hanging = folder("hanging");
    for (String program :
        List.of(
            "squeue",
            "scontrol",
            "qstat",
            "qmgr",
            "lsid",
            "bjobs",
            "bhist",
            "condor_q",
            "condor_status")) {
      Path file = hanging.resolve(program);
      Files.writeString(
          file, "#!/bin/sh\necho " + program + " >>'" + started + "'\nexec sleep 600\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Installed waiting =
        condatainer
            .with("PATH", hanging + ":" + condatainer.variables().get("PATH"))
            .with("CNT_COMMAND_TIMEOUT", "3");
    Files.deleteIfExists(started);

    for (List<String> words :
        List.of(List.of("jobs"), List.of("jobs", "1", "2"), List.of("cancel", "1"))) {
      Result result = waiting.call(words.toArray(new String[0]));
      assertThat(result.exitCode()).as(result.everything()).isEqualTo(6);
      assertThat(Files.readAllLines(started)).as(words.toString()).doesNotHaveDuplicates();
      Files.delete(started);
    }
    waiting.call("doctor");
    assertThat(Files.readAllLines(started))
        .filteredOn(program -> !laboratories.containsKey(program))
        .doesNotHaveDuplicates();
  }

  private long processes(String scheduler) throws IOException {
    try (Stream<String> lines = Files.lines(started)) {
      return lines.filter(scheduler::equals).count();
    }
  }
}
