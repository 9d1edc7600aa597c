package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.InstalledSchedulers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How each scheduler starts a container for every task, by launchers that write down their words.
 */
final class RanksTest {
  private static final InstalledSchedulers SCHEDULERS =
      InstalledSchedulers.load(List.of(RanksTest.class.getClassLoader()));

  @TempDir private Path parent;
  private Installed node;

  @BeforeEach
  void emptyNode() {
    node = Installed.in(parent, "");
    node.write("bin/none", "");
  }

  @Test
  void slurmStartsAStepWithTheCpusOfATask() throws IOException {
    program("srun", "printf '<%s>' \"$@\"; exit 3");

    assertThat(launch("slurm", Map.of("SLURM_CPUS_PER_TASK", "4"), ""))
        .isEqualTo(new Result(3, "<--export=ALL><--cpus-per-task=4><run><a b>", ""));
    assertThat(launch("slurm", Map.of(), "").out()).isEqualTo("<--export=ALL><run><a b>");
  }

  @Test
  void pbsStartsThemByMpiOnTheNodesOfTheJob() throws IOException {
    program("mpiexec", "printf '<%s>' \"$@\"; exit 3");

    assertThat(launch("pbs", Map.of("PBS_NODEFILE", "/var/n f"), "NTASKS=8"))
        .isEqualTo(new Result(3, "<-n><8><-machinefile></var/n f><run><a b>", ""));
  }

  @Test
  void lsfStartsOneForEachTaskOfEachHostAndKeepsTheFirstBadEnd() throws IOException {
    program("blaunch", "echo \"$*\" >> calls; case $* in *=2*) exit 7 ;; esac");

    Result ended =
        launch("lsf", Map.of("LSB_MCPU_HOSTS", "node1 4 node2 2 "), "cnt_slots_of_task=2");

    assertThat(ended).isEqualTo(new Result(7, "", ""));
    assertThat(Files.readAllLines(node.folder().resolve("calls")))
        .containsExactlyInAnyOrder(
            "node1 /usr/bin/env CNT_RANK=0 run a b",
            "node1 /usr/bin/env CNT_RANK=1 run a b",
            "node2 /usr/bin/env CNT_RANK=2 run a b");
  }

  @Test
  void withoutTheLauncherTheJobEndsAndSaysWhatIsMissing() {
    for (String[] each :
        List.of(
            new String[] {"slurm", "srun"},
            new String[] {"pbs", "mpiexec"},
            new String[] {"lsf", "blaunch"})) {
      Result ended = launch(each[0], Map.of(), "NTASKS=2");
      assertThat(ended.exitCode()).as(ended.everything()).isEqualTo(5);
      assertThat(ended.err()).contains("node9 has no " + each[1], "--ranks");
    }
  }

  @Test
  void htcondorHasNoRanks() {
    assertThat(SCHEDULERS.byId("htcondor").orElseThrow().dialect().rankLauncher()).isEmpty();
  }

  private void program(String name, String body) throws IOException {
    Path file = node.write("bin/" + name, "#!/bin/bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs a scheduler's fragment on a node that has no programs but those of this test. */
  private Result launch(String scheduler, Map<String, String> variables, String before) {
    List<String> words = new ArrayList<>(List.of("/usr/bin/env", "-i"));
    words.add("PATH=" + node.folder().resolve("bin"));
    variables.forEach((name, value) -> words.add(name + "=" + value));
    words.addAll(
        List.of(
            "/bin/bash",
            "-c",
            "set -u\ncnt_host=node9\ncnt_fail() { local c=$1; shift; echo \"$*\" >&2; exit \"$c\"; }\n"
                + before
                + "\n"
                + SCHEDULERS.byId(scheduler).orElseThrow().dialect().rankLauncher().orElseThrow()
                + "cnt_launch_ranks run 'a b'"));
    return node.asUser(words, "");
  }
}
