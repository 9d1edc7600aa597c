package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Overrides;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Arrays, on the HTCondor that {@code CONDOR_CONFIG} names, as an ordinary user. */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorArraysIT {
  @RegisterExtension final HtcondorBench bench = new HtcondorBench();

  @Test
  void everyTaskOfAnArrayHasItsIndexItsFileAndItsAnswer() throws Exception {
    Path folder = bench.folder();
    JobId array =
        bench.submit(
            folder,
            "",
            "echo $CNT_ARRAY_INDEX $CNT_JOB_ID; [ $CNT_ARRAY_INDEX != 5 ] || sleep 300; exit 4",
            Overrides.builder()
                .array(new ArraySpec(List.of(new ArraySpec.Range(1, 5, 2)), OptionalInt.empty()))
                .output("x_$(Cluster)_$(cnt_index).out")
                .build());
    JobId first = JobId.of(array + ".0");
    JobId third = JobId.of(array + ".2");
    assertThat(bench.ended(first).exitCode()).hasValue(4);
    bench.await(third, HtcondorBench.phase(Phase.RUNNING));
    assertThat(bench.query(array).state()).isInstanceOf(JobState.Alive.class);
    assertThat(bench.query(JobId.of(array + ".9")).state()).isInstanceOf(JobState.Absent.class);
    assertThat(bench.condor().live(JobFilter.ownedBy(HtcondorBench.user())))
        .extracting(JobSnapshot::id)
        .contains(third)
        .doesNotContain(first);
    assertThatThrownBy(() -> bench.condor().cancel(Set.of(JobId.of("no id")))).isNotNull();
    bench.condor().cancel(Set.of(third));
    bench.ended(third);
    assertThat(bench.ended(array).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(folder.resolve("x_" + array + "_3.out")).hasContent("3 " + array + ".1");
    assertThat(folder.resolve("x_" + array + "_5.out")).hasContent("5 " + array + ".2");
  }

  @Test
  void anArrayWithALimitLivesUntilItsLastTaskEnds() throws Exception {
    Path folder = bench.folder();
    JobId array =
        bench.submit(
            folder,
            "#CONDOR max_materialize = 2\n#CONDOR arguments = $(name)\n"
                + "#CONDOR output = $(name).txt\n#CONDOR queue name in (a b c d e)\n"
                + "#CONDOR request_cpus = 99\n",
            "echo $CNT_ARRAY_INDEX $1",
            Overrides.none());
    assertThat(bench.ended(array).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(folder.resolve("a.txt")).hasContent("0 a");
    assertThat(folder.resolve("e.txt")).hasContent("4 e");
  }
}
