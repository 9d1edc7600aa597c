package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
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

/**
 * Jobs that wait for others, on the HTCondor that {@code CONDOR_CONFIG} names, as an ordinary user.
 */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorChainsIT {
  @RegisterExtension final HtcondorBench bench = new HtcondorBench();

  @Test
  void aChainGoesOnByHowItsParentsEnded() throws Exception {
    Path gate = bench.folder().resolve("gate");
    JobId good =
        bench.submit("", "until [ -e '" + gate + "' ]; do sleep 0.2; done", Overrides.none());
    JobId bad = bench.submit("", "exit 5", Overrides.none());
    bench.ended(bad);
    Path folder = bench.folder();
    JobId afterBoth =
        bench.submit(
            folder,
            "",
            "echo $CNT_JOB_ID; exit 6",
            after(Dependency.Condition.SUCCEEDED, good, Dependency.Condition.FAILED, bad));
    JobId never =
        bench.submit(
            bench.folder(),
            "",
            "true",
            Overrides.builder()
                .dependencies(List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(bad))))
                .build());
    // Before its DAG runs, the job waits as any other does.
    bench.await(
        afterBoth,
        state ->
            state instanceof JobState.Alive alive
                && alive.phase() == Phase.PENDING
                && alive.reason().equals("Dependency"));
    assertThat(bench.condor().live(JobFilter.ownedBy(HtcondorBench.user())))
        .extracting(JobSnapshot::id)
        .contains(afterBoth);
    JobId last =
        bench.submit(
            bench.folder(),
            "",
            "exit 7",
            Overrides.builder()
                .dependencies(
                    List.of(new Dependency(Dependency.Condition.ENDED, List.of(afterBoth))))
                .build());
    Files.createFile(gate);
    JobState.Ended end = bench.ended(afterBoth);
    assertThat(bench.query(good).state()).isInstanceOf(JobState.Ended.class);
    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.exitCode()).hasValue(6);
    assertThat(folder.resolve("job 'a|b.sh_" + afterBoth + ".out")).hasContent("" + afterBoth);
    assertThat(bench.ended(never))
        .satisfies(
            state -> {
              assertThat(state.outcome()).isEqualTo(Outcome.CANCELLED);
              assertThat(state.word()).contains("dependency");
            });
    assertThat(bench.ended(last).exitCode()).hasValue(7);
  }

  @Test
  void theTasksOfAWaitingArrayAreIndependent() throws Exception {
    JobId parent = bench.submit(bench.folder(), "#CONDOR queue 3\n", "exit 0", Overrides.none());
    Path folder = bench.folder();
    JobId array =
        bench.submit(
            folder,
            "#CONDOR output = t$(Process)-$(cnt_index)-$(Cluster).txt\n",
            "echo $CNT_JOB_ID $CNT_ARRAY_INDEX; [ $CNT_ARRAY_INDEX != 7 ]",
            Overrides.builder()
                .array(new ArraySpec(List.of(new ArraySpec.Range(7, 9, 1)), OptionalInt.empty()))
                .dependencies(
                    List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(parent))))
                .build());
    assertThat(bench.ended(array).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(bench.ended(JobId.of(array + ".0")).exitCode()).hasValue(1);
    assertThat(bench.ended(JobId.of(array + ".2")).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(folder.resolve("t2-9-" + array + ".txt")).hasContent(array + ".2 9");
  }

  @Test
  void aWaitingChainIsCancelledWhole() throws Exception {
    JobId parent = bench.submit("", "sleep 300", Overrides.none());
    JobId child =
        bench.submit(
            bench.folder(),
            "",
            "true",
            Overrides.builder()
                .dependencies(List.of(new Dependency(Dependency.Condition.ENDED, List.of(parent))))
                .build());
    bench.await(child, HtcondorBench.phase(Phase.PENDING));
    bench.condor().cancel(Set.of(child));
    assertThat(bench.ended(child).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  /** Its look for that job would be an error of the language, and it would wait for ever. */
  @Test
  void whatIsNoIdIsNotWaitedFor() {
    Overrides waiting =
        Overrides.builder()
            .dependencies(
                List.of(
                    new Dependency(Dependency.Condition.ENDED, List.of(JobId.of("<not an id>")))))
            .build();
    assertThatThrownBy(() -> bench.submit("", "true", waiting))
        .hasMessageContaining("'<not an id>' is not written as an HTCondor job id");
  }

  private static Overrides after(
      Dependency.Condition one, JobId first, Dependency.Condition other, JobId second) {
    return Overrides.builder()
        .dependencies(
            List.of(new Dependency(one, List.of(first)), new Dependency(other, List.of(second))))
        .build();
  }
}
