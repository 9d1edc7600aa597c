package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** Requests of other schedulers in LSF's words. */
class LsfRenderingTest {
  private static final LsfDialect LSF = new LsfDialect(LsfSite.DEFAULT);

  @Test
  void tasksOfSeveralCpusAreSlotsOnOneHost() {
    Rendering rendering =
        render(
            Resources.none()
                .withCpusPerTask(8)
                .withMemory(Memory.ofMebibytes(4096, Memory.Scope.PER_NODE)));

    assertThat(rendering.directiveLines())
        .containsExactly(
            "#BSUB -n 8", "# slots of each task: 8", "#BSUB -R \"rusage[mem=4GB] span[hosts=1]\"");
    assertThat(outcome(rendering, RequestPart.CPUS_PER_TASK)).isEqualTo(Outcome.APPROXIMATED);
    assertThat(outcome(rendering, RequestPart.MEMORY)).isEqualTo(Outcome.TRANSLATED);
  }

  @Test
  void nodesWithTasksAreSlotsByHost() {
    assertThat(
            render(
                    Resources.none()
                        .withNodes(NodeCount.exactly(2))
                        .withTasksPerNode(3)
                        .withCpusPerTask(2))
                .directiveLines())
        .containsExactly("#BSUB -n 12", "# slots of each task: 2", "#BSUB -R \"span[ptile=6]\"");
    assertThat(
            render(Resources.none().withNodes(NodeCount.exactly(3)).withTasks(8)).directiveLines())
        .containsExactly("#BSUB -n 8", "#BSUB -R \"span[ptile=3]\"");
  }

  @Test
  void slotsThatAreOneTaskAreReadBackAsItsCpus() {
    Resources resources = Resources.none().withTasks(4).withTasksPerNode(2).withCpusPerTask(3);
    String script = "#!/bin/sh\n" + String.join("\n", render(resources).directiveLines()) + "\n";

    assertThat(LSF.read(JobScript.parse("s", script.getBytes(UTF_8))).request().resources())
        .isEqualTo(resources);
  }

  @Test
  void memoryOfTasksThatMayBeAnywhereIsMemoryOfASlot() {
    assertThat(
            render(
                    Resources.none()
                        .withTasks(64)
                        .withMemory(Memory.ofMebibytes(2048, Memory.Scope.PER_CPU)))
                .directiveLines())
        .containsExactly("#BSUB -n 64", "#BSUB -R \"rusage[mem=2GB/task]\"");
  }

  @Test
  void arrayFromZeroOnBeginsAtOneAndTheJobSeesItsOwnIndex() {
    ArraySpec array =
        new ArraySpec(
            List.of(new ArraySpec.Range(0, 9, 3), new ArraySpec.Range(20, 20, 1)),
            OptionalInt.of(2));
    Rendering rendering = LSF.render(JobRequest.empty().toBuilder().name("x").array(array).build());

    List<String> lines = rendering.directiveLines();
    assertThat(lines)
        .containsExactly("#BSUB -J \"x[1-10:3,21]%2\"", "# LSF's indexes are more by: 1");
    assertThat(outcome(rendering, RequestPart.ARRAY)).isEqualTo(Outcome.APPROXIMATED);
    JobScript script =
        JobScript.parse("s", ("#!/bin/sh\n" + String.join("\n", lines) + "\n").getBytes(UTF_8));
    assertThat(LSF.amend(script, Overrides.none()).directiveLines()).isEqualTo(lines);
    assertThat(LSF.amend(script, Overrides.builder().array(array).build()).directiveLines())
        .containsExactly("#" + lines.get(0));
    assertThat(BsubScript.assignments(Resources.none(), false, LsfJobName.less(lines)))
        .isEqualTo("cnt_index_less=1");
    assertThat(LsfJobName.less(LsfJobName.fitted(array))).isZero();
  }

  @Test
  void limitsAreWholeMinutesRoundedUp() {
    Rendering rendering =
        LSF.render(
            JobRequest.empty().toBuilder()
                .walltime(new Walltime.Limit(Duration.ofSeconds(5_430)))
                .build());

    assertThat(rendering.directiveLines()).containsExactly("#BSUB -W 1:31");
    assertThat(outcome(rendering, RequestPart.WALLTIME)).isEqualTo(Outcome.APPROXIMATED);
  }

  private static Rendering render(Resources resources) {
    return LSF.render(JobRequest.empty().toBuilder().resources(resources).build());
  }

  private static Outcome outcome(Rendering rendering, RequestPart part) {
    Outcome worst = Outcome.TRANSLATED;
    for (Rendering.Part one : rendering.parts()) {
      worst = one.part() == part ? worst.worse(one.outcome()) : worst;
    }
    return worst;
  }
}
