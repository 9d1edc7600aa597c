package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.Memory;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** The user's overrides over a script's directives. */
final class LsfAmendmentTest {
  private static final long GIB = 1L << 30;

  @Test
  void withoutOverridesEveryLineIsTheSame() {
    Amendment amendment =
        amend(
            Overrides.none(),
            "#BSUB\t-J 'x'  # odd",
            "  # BSUB -n 2",
            "#BSUB -Y 3",
            "#BSUB -R \"1*{select[a]}+{rusage[mem=1]}\"");

    assertThat(amendment.directiveLines())
        .containsExactly(
            "#BSUB\t-J 'x'  # odd",
            "  # BSUB -n 2",
            "#BSUB -Y 3",
            "#BSUB -R \"1*{select[a]}+{rusage[mem=1]}\"");
    assertThat(amendment.options()).isEmpty();
  }

  @Test
  void directiveOfSeveralLinesIsOne() {
    assertThat(amend(Overrides.none(), "#BSUB -n 2 \\\n  -W 5").directiveLines())
        .containsExactly("#BSUB -n 2   -W 5");
    assertThat(amend(Overrides.builder().name("y").build(), "#BSUB -J x \\\n-W 5").directiveLines())
        .containsExactly("##BSUB -J x -W 5", "#BSUB -W 5");
  }

  @Test
  void bsubDoesNotWaitForTheJob() {
    Amendment amendment = amend(Overrides.none(), "#BSUB -K -q x");

    assertThat(amendment.directiveLines()).containsExactly("##BSUB -K -q x", "#BSUB -q x");
    assertThat(amendment.options()).isEmpty();
  }

  @Test
  void contradictedOptionIsCommentedOutAndItsNeighboursStay() {
    Amendment amendment =
        amend(
            Overrides.builder().walltime(new Walltime.Limit(Duration.ofMinutes(90))).build(),
            "#BSUB -J 'a b' -W5 -q x # remark");

    assertThat(amendment.directiveLines())
        .containsExactly("##BSUB -J 'a b' -W5 -q x # remark", "#BSUB -J 'a b' -q x");
    assertThat(amendment.options()).containsExactly("-W", "1:30");
    assertThat(amendment.request().walltime()).contains(new Walltime.Limit(Duration.ofMinutes(90)));
  }

  @Test
  void memoryOfATaskIsNeverMultipliedByItsCpus() {
    Overrides overrides = Overrides.builder().cpusPerTask(8).memoryBytesPerTask(16 * GIB).build();

    assertThat(amend(overrides, "#BSUB -J x").options())
        .containsExactly("-n", "8", "-R", "span[hosts=1] rusage[mem=16GB]");
  }

  @Test
  void requirementIsGivenAsAWholeWithWhatStays() {
    Amendment amendment =
        amend(
            Overrides.builder().memoryBytesPerTask(2 * GIB).build(),
            "#BSUB -n 4 -M 1GB",
            "#BSUB -R \"select[x>1] rusage[mem=1G,lic=1:duration=5] span[ptile=2]\"",
            "#BSUB -R \"order[ut]\"");

    assertThat(amendment.directiveLines())
        .containsExactly(
            "##BSUB -n 4 -M 1GB",
            "#BSUB -n 4",
            "##BSUB -R \"select[x>1] rusage[mem=1G,lic=1:duration=5] span[ptile=2]\"",
            "##BSUB -R \"order[ut]\"");
    assertThat(amendment.options())
        .containsExactly(
            "-M",
            "2GB",
            "-R",
            "select[x>1] rusage[mem=4GB,lic=1:duration=5] span[ptile=2] order[ut]");
    assertThat(amendment.request().resources().memory())
        .contains(new Memory(2 * GIB, Memory.Scope.PER_TASK));
  }

  @Test
  void cpusOfTasksAreSlotsUnlessTheScriptUsesAffinity() {
    Overrides overrides = Overrides.builder().cpusPerTask(4).build();

    assertThat(amend(overrides, "#BSUB -n 2 -R span[ptile=1]").options())
        .containsExactly("-n", "8", "-R", "span[ptile=4]");
    assertThat(amend(overrides, "#BSUB -n 2 -R affinity[core(2)]").options())
        .containsExactly("-R", "affinity[core(4)]");
  }

  @Test
  void compoundRequirementCannotBeGivenOver() {
    Amendment amendment =
        amend(
            Overrides.builder().memoryBytesPerTask(GIB).build(),
            "#BSUB -R \"1*{rusage[mem=1G]}+2*{rusage[mem=2G]}\"");

    assertThat(amendment.diagnostics())
        .anyMatch(
            one ->
                one.severity() == Diagnostic.Severity.ERROR && one.message().contains("compound"));
  }

  @Test
  void arrayKeepsTheNameAndNameKeepsTheArray() {
    Overrides array =
        Overrides.builder()
            .array(new ArraySpec(List.of(new ArraySpec.Range(1, 20, 1)), OptionalInt.of(4)))
            .build();

    assertThat(amend(array, "#BSUB -J \"old[1-3]\"").options())
        .containsExactly("-J", "old[1-20]%4");
    assertThat(amend(array, "#BSUB -q a").options()).containsExactly("-J", "array[1-20]%4");
    assertThat(amend(Overrides.builder().name("new").build(), "#BSUB -J \"old[1-3]\"").options())
        .containsExactly("-J", "new[1-3]");
  }

  @Test
  void dependenciesAreAddedToThoseOfTheScript() {
    Overrides overrides =
        Overrides.builder()
            .dependencies(
                List.of(
                    new Dependency(
                        Dependency.Condition.SUCCEEDED, List.of(JobId.of("7"), JobId.of("8[2]")))))
            .held(true)
            .build();

    assertThat(amend(overrides, "#BSUB -w 'done(1) || exit(2)'").options())
        .containsExactly("-w", "(done(1) || exit(2)) && done(7) && done(8[2])", "-H");
    assertThat(amend(overrides, "#BSUB -q a").options())
        .containsExactly("-w", "done(7) && done(8[2])", "-H");
  }

  /** exit(7) holds where every element of an array failed (seen on a live volclava). */
  @Test
  void waitsForTheFailureOfAnyElementOfAnArray() {
    Overrides overrides =
        Overrides.builder()
            .dependencies(
                List.of(new Dependency(Dependency.Condition.FAILED, List.of(JobId.of("7")))))
            .build();

    assertThat(amend(overrides, "#BSUB -q a").options())
        .containsExactly("-w", "ended(7) && !done(7)");
  }

  @Test
  void gpusReplaceEverySpelling() {
    Overrides overrides =
        Overrides.builder()
            .gpus(List.of(new GpuRequest(Optional.of("A100"), 2, GpuRequest.Scope.PER_NODE)))
            .build();
    Amendment amendment =
        amend(overrides, "#BSUB -gpu num=1", "#BSUB -R \"rusage[ngpus_physical=1,mem=1G]\"");

    assertThat(amendment.directiveLines())
        .containsExactly("##BSUB -gpu num=1", "##BSUB -R \"rusage[ngpus_physical=1,mem=1G]\"");
    assertThat(amendment.options())
        .containsExactly("-gpu", "num=2:gmodel=A100", "-R", "rusage[mem=1G]");
  }

  @Test
  void fileThatIsReplacedIsReplacedUnderItsNewName() {
    Overrides overrides = Overrides.builder().output("new.%J").error("err.%J").build();

    assertThat(amend(overrides, "#BSUB -oo old").options())
        .containsExactly("-oo", "new.%J", "-eo", "err.%J");
    assertThat(amend(overrides, "#BSUB -o old").options())
        .containsExactly("-o", "new.%J", "-e", "err.%J");
  }

  private static Amendment amend(Overrides overrides, String... lines) {
    String text = "#!/bin/sh\n" + String.join("\n", lines) + "\ntrue\n";
    return new LsfDialect(LsfSite.DEFAULT)
        .amend(JobScript.parse("job.sh", text.getBytes(UTF_8)), overrides);
  }
}
