package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordingTest {
  @Test
  void readsACommandOfSlurm() {
    assertThat(
            Recording.parse(
                "a",
                """
                $ squeue -j 9 -o '%i'   [slurm 22.05.8 (bookworm), as cntuser]
                === exit 1  (.017 s)
                === stdout
                === stderr
                slurm_load_jobs error: Invalid job id specified
                """))
        .isEqualTo(
            new Recording(
                "a",
                "squeue -j 9 -o '%i'",
                "slurm 22.05.8 (bookworm), as cntuser",
                1,
                0.017,
                "",
                "slurm_load_jobs error: Invalid job id specified\n"));
  }

  @Test
  void leavesOutTheMarkOfAMissingLineFeed() {
    assertThat(
            Recording.parse(
                    "a",
                    "$ x   [v, as u]\n=== exit 0  (1.5 s)\n=== stdout\n{}<no newline at end>\n"
                        + "=== stderr\n")
                .stdout())
        .isEqualTo("{}");
  }

  @Test
  void readsACommandOfOpenPbs() {
    assertThat(
            Recording.parse(
                "b",
                """
                # command: qstat -xf 29
                # as cntuser on node1; pbs_version = 23.06.06
                --- stdout
                Job Id: 29.node1
                --- stderr
                qstat: word
                --- exit: 35  elapsed: 0.03 s
                """))
        .isEqualTo(
            new Recording(
                "b",
                "qstat -xf 29",
                "as cntuser on node1; pbs_version = 23.06.06",
                35,
                0.03,
                "Job Id: 29.node1\n",
                "qstat: word\n"));
  }
}
