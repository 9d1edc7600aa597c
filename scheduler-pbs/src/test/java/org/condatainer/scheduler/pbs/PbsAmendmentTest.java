package org.condatainer.scheduler.pbs;

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
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** The user's word over the script's directives. */
final class PbsAmendmentTest {
  private static final String CD = PbsAmendment.TO_THE_SUBMIT_FOLDER;

  @Test
  void withoutOverridesTheLinesAreTheSameBytes() {
    Amendment amendment =
        amend(Overrides.none(), "#PBS  -N x   -l select=2:ncpus=4", "#PBS -o \"a b\"");

    assertThat(amendment.directiveLines())
        .containsExactly("#PBS  -N x   -l select=2:ncpus=4", "#PBS -o \"a b\"", CD);
    assertThat(amendment.options()).isEmpty();
  }

  @Test
  void memoryIsThatOfATaskAsAWhole() {
    Overrides memory = Overrides.builder().memoryBytesPerTask(16L << 30).build();

    assertThat(amend(memory, "#PBS -l select=1:ncpus=8:mem=1gb").options())
        .containsExactly("-l", "select=1:ncpus=8:mem=16gb");
    assertThat(amend(memory, "#PBS -l select=2:ncpus=8:mpiprocs=4").options())
        .containsExactly("-l", "select=2:ncpus=8:mpiprocs=4:mem=64gb");
    assertThat(amend(memory, "#PBS -l ncpus=8,mem=2gb").options())
        .containsExactly("-l", "select=ncpus=8:mem=16gb");
    assertThat(amend(memory, "#PBS -N x").options()).containsExactly("-l", "select=mem=16gb");
  }

  @Test
  void onlyWhatIsContradictedIsSetAside() {
    Overrides cpus = Overrides.builder().cpusPerTask(2).build();

    assertThat(
            amend(cpus, "#PBS -l select=1:ncpus=8:host=n7 -l walltime=1:00 -N x").directiveLines())
        .containsExactly(
            "##PBS -l select=1:ncpus=8:host=n7 -l walltime=1:00 -N x",
            "#PBS -l walltime=1:00 -N x",
            CD);
    assertThat(amend(cpus, "#PBS -l select=1:ncpus=8:host=n7").options())
        .containsExactly("-l", "select=1:ncpus=2:host=n7");
    assertThat(amend(cpus, "#PBS -l nodes=2:ppn=4,walltime=9").directiveLines())
        .containsExactly("##PBS -l nodes=2:ppn=4,walltime=9", "#PBS -l walltime=9", CD);
    assertThat(amend(cpus, "#PBS -l nodes=2:ppn=4,walltime=9").options())
        .containsExactly("-l", "select=2:ncpus=8:mpiprocs=4");
  }

  @Test
  void everyOverrideIsAnOption() {
    Overrides all =
        Overrides.builder()
            .name("my job")
            .walltime(new Walltime.Limit(Duration.ofMinutes(90)))
            .gpus(List.of(new GpuRequest(Optional.empty(), 2, GpuRequest.Scope.PER_NODE)))
            .array(new ArraySpec(List.of(new ArraySpec.Range(1, 9, 1)), OptionalInt.of(3)))
            .dependencies(
                List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(JobId.of("7.srv")))))
            .held(true)
            .build();

    Amendment amendment = amend(all, "#PBS -W depend=afterany:3.srv", "#PBS -J 1-5");

    assertThat(amendment.options())
        .containsExactly(
            "-N",
            "my_job",
            "-l",
            "select=ngpus=2",
            "-l",
            "walltime=01:30:00",
            "-J",
            "1-9%3",
            "-W",
            "depend=afterany:3.srv,afterok:7.srv",
            "-h");
    assertThat(amendment.directiveLines())
        .containsExactly("##PBS -W depend=afterany:3.srv", "##PBS -J 1-5", CD);
  }

  @Test
  void arrayOfOneTaskIsAPlainJob() {
    Overrides one =
        Overrides.builder()
            .array(new ArraySpec(List.of(new ArraySpec.Range(1, 1, 1)), OptionalInt.empty()))
            .build();

    assertThat(amend(one).options()).isEmpty();
  }

  @Test
  void outputThatPbsCannotNameIsWrittenByTheScript() {
    Overrides output = Overrides.builder().output("a b_${PBS_JOBID}_^array_index^.out").build();

    assertThat(amend(output).directiveLines())
        .containsExactly(
            CD,
            "exec >'a b_'\"${PBS_JOBID%%[.[]*}\"_\"${PBS_ARRAY_INDEX:-${CNT_ARRAY_INDEX:-1}}\".out"
                + " 2>&1");
    assertThat(amend(output).options()).containsExactly("-j", "oe", "-o", "/dev/null");
    assertThat(amend(Overrides.builder().output("x.out").build()).options())
        .containsExactly("-o", "x.out", "-j", "oe");
  }

  private static Amendment amend(Overrides overrides, String... lines) {
    String text = "#!/bin/sh\n" + String.join("\n", lines) + "\ntrue\n";
    return new PbsDialect().amend(JobScript.parse("job.sh", text.getBytes(UTF_8)), overrides);
  }
}
