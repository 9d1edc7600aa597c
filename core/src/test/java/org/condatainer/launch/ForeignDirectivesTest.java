package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** Scripts of schedulers that no adapter reads. */
final class ForeignDirectivesTest {
  @Test
  void otherSchedulersDirectiveInTheHeaderIsNamed() {
    assertThat(ForeignDirectives.in(script("#!/bin/sh\n#PBS -l walltime=1:00\ntrue\n"), "slurm"))
        .contains("PBS");
  }

  @Test
  void ownDirectivesAreNotForeign() {
    assertThat(ForeignDirectives.in(script("#!/bin/sh\n#SBATCH -n 1\ntrue\n"), "slurm")).isEmpty();
  }

  @Test
  void directivesAfterTheFirstCommandAreText() {
    assertThat(ForeignDirectives.in(script("#!/bin/sh\ncat <<X\n#BSUB -n 1\nX\n"), "slurm"))
        .isEmpty();
  }

  private static JobScript script(String text) {
    return JobScript.parse("job.sh", text.getBytes(StandardCharsets.UTF_8));
  }
}
