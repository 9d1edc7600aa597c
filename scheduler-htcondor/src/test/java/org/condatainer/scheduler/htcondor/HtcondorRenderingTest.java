package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;
import org.junit.jupiter.api.Test;

/** Requests as {@code #CONDOR} lines; that they read back the same is the contract's to try. */
final class HtcondorRenderingTest {
  private final HtcondorDialect dialect = new HtcondorDialect();

  @Test
  void severalNodesAreRefused() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .resources(Resources.none().withNodes(NodeCount.exactly(2)).withTasks(8))
            .build();
    assertThat(dialect.render(request).parts())
        .extracting(Rendering.Part::outcome)
        .containsOnly(Outcome.REFUSED);
  }

  @Test
  void tasksShareTheSlotAndMemoryIsThatOfAllOfThem() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .resources(
                Resources.none()
                    .withTasks(4)
                    .withCpusPerTask(2)
                    .withMemory(Memory.ofMebibytes(100, Memory.Scope.PER_CPU)))
            .build();
    assertThat(dialect.render(request).directiveLines())
        .containsExactly("#CONDOR request_cpus = 8", "#CONDOR request_memory = 800M");
  }

  @Test
  void namesOfOutputFilesGoBothWays() {
    OutputName name =
        new OutputName(
            List.of(
                new Piece.Text("a$b_"),
                new Piece.Filled(Placeholder.JOB_ID),
                new Piece.Text("_"),
                new Piece.Filled(Placeholder.ARRAY_INDEX),
                new Piece.Filled(Placeholder.JOB_NAME),
                new Piece.Filled(Placeholder.USER)));
    assertThat(dialect.outputText(name).text())
        .isEqualTo("a$(DOLLAR)b_$(Cluster)_$(cnt_index)$(batch_name)$ENV(USER)");
    assertThat(dialect.outputName("x.$(ClusterId).$(Process).$$(Memory)").pieces())
        .containsExactly(
            new Piece.Text("x."),
            new Piece.Filled(Placeholder.JOB_ID),
            new Piece.Text("."),
            new Piece.Filled(Placeholder.ARRAY_INDEX),
            new Piece.Text("."),
            new Piece.Native("$$(Memory)"));
    assertThat(
            dialect.outputText(new OutputName(List.of(new Piece.Filled(Placeholder.NODE)))).lost())
        .hasSize(1);
  }
}
