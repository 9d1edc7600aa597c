package org.condatainer.scheduler.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The user's overrides over a script's directives. */
final class SlurmAmendmentTest {
  private static final Overrides NONE = Overrides.none();

  @Test
  void withoutOverridesEveryLineIsTheSame() {
    Amendment amendment =
        amend(NONE, "#SBATCH\t--mem = 'x'  # odd", "#SBATCH -J \"a  b\"", "#SBATCH --brand-new 3");

    assertThat(amendment.directiveLines())
        .containsExactly(
            "#SBATCH\t--mem = 'x'  # odd", "#SBATCH -J \"a  b\"", "#SBATCH --brand-new 3");
    assertThat(amendment.options()).isEmpty();
  }

  @Test
  void contradictedOptionIsCommentedOutAndItsNeighboursStay() {
    Amendment amendment =
        amend(time(600), "#SBATCH -J 'a b' -t 5 --mem=1G # remark", "#SBATCH -n 2");

    assertThat(amendment.directiveLines())
        .containsExactly(
            "##SBATCH -J 'a b' -t 5 --mem=1G # remark",
            "#SBATCH -J 'a b' --mem=1G",
            "#SBATCH -n 2");
    assertThat(amendment.options()).containsExactly("--time=0-00:10:00");
    assertThat(amendment.request().walltime()).contains(new Walltime.Limit(Duration.ofMinutes(10)));
  }

  @Test
  void lettersOfAClusterThatStayAreWrittenOut() {
    assertThat(amend(time(600), "#SBATCH -HQt 5").directiveLines())
        .containsExactly("##SBATCH -HQt 5", "#SBATCH -H -Q");
  }

  @Test
  void gpusReplaceEverySpellingAndOtherResourcesStay() {
    Amendment amendment =
        amend(
            gpus(),
            "#SBATCH --gres=gpu:2,shard:1",
            "#SBATCH --gres=gpu=2",
            "#SBATCH --gpus-per-task=1",
            "#SBATCH -G 4",
            "#SBATCH --gres=nvme:1");

    assertThat(amendment.directiveLines())
        .containsExactly(
            "##SBATCH --gres=gpu:2,shard:1",
            "#SBATCH --gres=\"shard:1\"",
            "##SBATCH --gres=gpu=2",
            "##SBATCH --gpus-per-task=1",
            "##SBATCH -G 4",
            "#SBATCH --gres=nvme:1");
    assertThat(amendment.options()).containsExactly("--gpus-per-node=a100:2");
  }

  @ParameterizedTest(name = "200 MiB a task over #SBATCH {0} is {1}")
  @CsvSource({
    "'', --mem=200M",
    "--mem-per-cpu=9, --mem=200M",
    "-c 8, --mem=200M",
    "-n 3, --mem-per-cpu=200M",
    "-n 3 -c 3, --mem-per-cpu=67M",
    "--ntasks-per-node=2, --mem=400M",
    "--tasks=2, --mem=400M",
    "-n 2 --ntasks-per-node=4, --mem=400M",
    "--ntasks-per-gpu=2 -G 2, --mem-per-cpu=200M",
    "-n 2 --cpus-per-gpu=4 -G 2, --mem-per-cpu=50M",
    "-n 2 --cpus-per-gpu=4 --gpus-per-task=1, --mem-per-cpu=50M",
    "-n 2 -N 2 --cpus-per-gpu=2 --gpus-per-node=2, --mem-per-cpu=50M",
    "-n 2 --cpus-per-gpu=1 -G 1, --mem-per-cpu=200M",
    "-n 2 --cpus-per-gpu=4, --mem-per-cpu=200M",
    "-n 2 --cpus-per-gpu=4 --gpus-per-node=1, --mem-per-cpu=100M",
    "-N 1 -n 2 --cpus-per-gpu=4 --gpus-per-node=1, --mem=400M",
    "-N 1 -n 3 -c 3, --mem=600M",
    "-N 1-2 -n 3 -c 3, --mem-per-cpu=67M",
    "-N 2, --mem=200M"
  })
  void memoryIsOfTheWholeTask(String directive, String option) {
    assertThat(amend(memory(), "#SBATCH " + directive).options()).containsExactly(option);
  }

  @Test
  void jobOfTheScriptsClusterIsWaitedForByItsNumber() {
    Overrides after =
        Overrides.builder()
            .dependencies(
                List.of(
                    new Dependency(
                        Dependency.Condition.SUCCEEDED,
                        List.of(JobId.of("5;other"), JobId.of("6")))))
            .build();

    assertThat(amend(after, "#SBATCH -M other").options())
        .containsExactly("--dependency=afterok:5:6");
    for (String cluster : List.of("-M third", "-n 1")) {
      assertThat(amend(after, "#SBATCH " + cluster).diagnostics())
          .singleElement()
          .satisfies(
              error -> {
                assertThat(error.severity()).isEqualTo(Diagnostic.Severity.ERROR);
                assertThat(error.message()).contains("job 5;other is of another cluster");
              });
    }
  }

  @Test
  void resourcesOverAHeterogeneousJobAreRefused() {
    Amendment amendment = amend(memory(), "#SBATCH -n 1", "#SBATCH hetjob", "#SBATCH -n 4");

    assertThat(amendment.diagnostics()).hasSize(1);
    assertThat(amendment.diagnostics().get(0).severity()).isEqualTo(Diagnostic.Severity.ERROR);
  }

  @Test
  void dependenciesOfScriptAndUserAreJoined() {
    assertThat(amend(after(), "#SBATCH -d afternotok:1").options())
        .containsExactly("--dependency=afternotok:1,afterok:7:8");
    assertThat(amend(after(), "#SBATCH -d singleton").diagnostics()).hasSize(1);
  }

  /** A command that waits for the end answers with the job's exit code, not with its own. */
  @Test
  void waitingForTheEndIsSetAsideAndTold() {
    for (String option : List.of("-W", "--wait")) {
      Amendment amendment = amend(NONE, "#SBATCH -n 2 " + option);

      assertThat(amendment.directiveLines())
          .containsExactly("##SBATCH -n 2 " + option, "#SBATCH -n 2");
      assertThat(amendment.diagnostics())
          .singleElement()
          .satisfies(
              told -> {
                assertThat(told.severity()).isEqualTo(Diagnostic.Severity.WARNING);
                assertThat(told.format("x")).startsWith("x:2:14: warning: --wait");
              });
    }
    assertThat(amend(NONE, "#SBATCH --test-only").diagnostics())
        .singleElement()
        .satisfies(told -> assertThat(told.severity()).isEqualTo(Diagnostic.Severity.ERROR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,2", "abc", "12_[1-3]", "5?", "5+3_1"})
  void whatIsNoIdIsNotWaitedFor(String id) {
    Overrides after =
        Overrides.builder()
            .dependencies(
                List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(JobId.of(id)))))
            .build();

    assertThat(amend(after, "#SBATCH -n 1").diagnostics())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.severity()).isEqualTo(Diagnostic.Severity.ERROR);
              assertThat(error.message()).contains(id, "colons");
            });
  }

  @Test
  void timeMinAboveTheNewLimitIsSetAside() {
    assertThat(amend(time(600), "#SBATCH --time-min=30").directiveLines())
        .containsExactly("##SBATCH --time-min=30");
    assertThat(amend(time(600), "#SBATCH --time-min=5").directiveLines())
        .containsExactly("#SBATCH --time-min=5");
  }

  private static Amendment amend(Overrides overrides, String... lines) {
    String text = "#!/bin/sh\n" + String.join("\n", lines) + "\ntrue\n";
    return new SlurmDialect().amend(JobScript.parse("job.sh", text.getBytes(UTF_8)), overrides);
  }

  private static Overrides time(long seconds) {
    return Overrides.builder().walltime(new Walltime.Limit(Duration.ofSeconds(seconds))).build();
  }

  private static Overrides memory() {
    return Overrides.builder().memoryBytesPerTask(200L << 20).build();
  }

  private static Overrides gpus() {
    return Overrides.builder()
        .gpus(List.of(new GpuRequest(Optional.of("a100"), 2, GpuRequest.Scope.PER_NODE)))
        .build();
  }

  private static Overrides after() {
    return Overrides.builder()
        .dependencies(
            List.of(
                new Dependency(
                    Dependency.Condition.SUCCEEDED, List.of(JobId.of("7"), JobId.of("8")))))
        .build();
  }
}
