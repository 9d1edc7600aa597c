package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
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
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user's word over the script's directives. */
final class PbsAmendmentTest {
  private static final String CD = PbsAmendment.TO_THE_SUBMIT_FOLDER;
  private static final String CPUS = "cnt_cpus_per_task=";

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          select=2:ncpus=8:mpiprocs=2:mem=2gb      | c=2 m=1 | -          | select=2:ncpus=4:mpiprocs=2:mem=2gb
          select=1:ncpus=8:ompthreads=8            | c=4     | -          | select=1:ncpus=4:ompthreads=4
          select=1:ncpus=2+2:ncpus=8:host=n1       | g=1     | -          | select=1:ncpus=2:ngpus=1+2:ncpus=8:host=n1:ngpus=1
          ncpus=8,vmem=9gb                         | c=2     | vmem=9gb   | ncpus=2
          ncpus=8,mem=8gb,ngpus=1                  | g=2     | ncpus=8,mem=8gb | ngpus=2
          ncpus=8,mpiprocs=4,pmem=1gb              | c=4 m=1 | mpiprocs=4 | ncpus=16 mem=4gb
          ncpus=8,place=excl                       | c=2     | place=excl | select=ncpus=2
          nodes=2:ppn=4,mem=8gb                    | c=2     | mem=8gb    | nodes=2:ppn=4:cpp=2
          nodes=2:ppn=4,mem=9gb                    | m=1     | nodes=2:ppn=4 | mem=8gb
          nodes=2:ppn=4,mem=8gb                    | g=1     | -          | select=2:ncpus=4:mpiprocs=4:mem=4gb:ngpus=1 place=scatter
          nodes=2:ppn=4#excl                       | g=1     | -          | select=2:ncpus=4:mpiprocs=4:ngpus=1 place=scatter:excl
          nodes=2:ppn=4,place=excl                 | g=1     | place=excl | select=2:ncpus=4:mpiprocs=4:ngpus=1
          nodes=2:ppn=4:bigmem                     | c=2     | -          | nodes=2:bigmem:ppn=4:cpp=2
          nodes=2:ppn=4:bigmem,walltime=9          | m=1     | nodes=2:ppn=4:bigmem,walltime=9 | mem=8gb
          nodes=n1+n2:ppn=2,ncpus=6                | c=4     | -          | nodes=1:n1:cpp=4+1:n2:ppn=2:cpp=4
          procs=12                                 | c=2     | -          | select=12:ncpus=2:mpiprocs=1
          procs=12,mem=12gb,walltime=9             | m=2     | walltime=9 | select=12:ncpus=1:mpiprocs=1:mem=2gb
          procs=12,mem=12gb                        |         | -          | select=12:ncpus=1:mpiprocs=1:mem=1gb
          nodes=1:ppn=4:gpus=2                     |         | -          | select=1:ncpus=4:mpiprocs=4:ngpus=2 place=scatter
          nodes=1:ppn=4:gpus=2                     | c=2 g=1 | -          | select=1:ncpus=8:mpiprocs=4:ngpus=1 place=scatter
          """)
  void nothingOfTheResourcesIsLostOrMultiplied(
      String written, String overrides, String kept, String values) {
    Amendment amendment = amend(resources(overrides), "#PBS -l " + written);

    assertThat(amendment.diagnostics()).noneMatch(PbsAmendmentTest::isError);
    List<String> lines = new ArrayList<>(List.of("##PBS -l " + written));
    if (kept != null) {
      lines = new ArrayList<>(List.of(lines.get(0), "#PBS -l " + kept));
      lines = kept.equals(written) ? List.of("#PBS -l " + kept) : lines;
    }
    assertThat(amendment.directiveLines()).startsWith(lines.toArray(String[]::new));
    assertThat(amendment.directiveLines().get(lines.size())).isEqualTo(CD);
    List<String> options = new ArrayList<>();
    for (String value : values.split(" ", -1)) {
      options.addAll(List.of("-l", value));
    }
    assertThat(amendment.options()).isEqualTo(options);
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nodes=1:ppn=4:n7:gpus=1     |     | 2:9: error: -l: nodes: a node's name or property and GPUs cannot be asked for together
          nodes=1:ppn=4:bigmem        | g=1 | 2:9: error: -l: nodes: a node's name or property and GPUs cannot be asked for together
          walltime=9,nodes=2:ppn=x    | c=2 | 2:20: error: -l: what nodes asks for is not understood
          procs=4,nodes=2             |     | 2:9: error: -l: procs is Torque's, and cannot be joined with nodes
          procs=4                     | g=1 | 2:9: error: -l: procs names no nodes that could have GPUs
          procs=4                     |     | 2:9: note: -l: procs is Torque's; it becomes -l select
          nodes=1:gpus=1              |     | 2:9: note: -l: gpus in nodes is Torque's; it becomes -l select
          """)
  void whatCannotBeKeptIsToldWithItsPlace(String written, String overrides, String expected) {
    Amendment amendment = amend(resources(overrides), "#PBS -l " + written);

    assertThat(amendment.diagnostics()).hasSize(1);
    assertThat(amendment.diagnostics().get(0).format("").substring(1)).startsWith(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          select=1:ncpus=8                          | -
          select=4:ncpus=2                          | -
          ncpus=8                                   | -
          select=1:ncpus=8:mpiprocs=2:ompthreads=4  | cnt_cpus_per_task=4
          select=1:ncpus=8:mpiprocs=2               | cnt_cpus_per_task=4
          select=1:ncpus=8:mpiprocs=3               | cnt_cpus_per_task=2
          select=1:ncpus=8:ompthreads=2             | cnt_cpus_per_task=8
          select=1:mpiprocs=2:ompthreads=4          | cnt_cpus_per_task=4
          select=1:mpiprocs=4                       | -
          select=1:ncpus=4+2:ncpus=8                | cnt_cpus_per_task=
          select=1:ncpus=4+2:ncpus=8:mpiprocs=2     | cnt_cpus_per_task=4
          nodes=2:ppn=4                             | cnt_cpus_per_task=1
          nodes=2:ppn=4,ncpus=16                    | cnt_cpus_per_task=2
          select=2:mpiprocs=4:mem=8gb               | cnt_memory_per_task=2048
          select=1:ncpus=8:mpiprocs=2:mem=3gb       | cnt_cpus_per_task=4 cnt_memory_per_task=1536
          select=1:mem=4gb+1:mem=8gb                | cnt_memory_per_task=
          nodes=2:ppn=2,mem=8gb                     | cnt_cpus_per_task=1 cnt_memory_per_task=2048
          """)
  void batchScriptKnowsWhatATaskGets(String written, String line) {
    List<String> lines = amend(Overrides.none(), "#PBS -l " + written).directiveLines();

    assertThat(lines.subList(lines.indexOf(CD) + 1, lines.size()))
        .isEqualTo(line == null ? List.of() : List.of(line));
  }

  @Test
  void firstMentionOfAResourceCounts() {
    Amendment amendment =
        amend(resources("c=2"), "#PBS -l select=1:ncpus=4,walltime=9", "#PBS -l select=9:ncpus=9");

    assertThat(amendment.options()).containsExactly("-l", "select=1:ncpus=2");
    assertThat(amendment.directiveLines())
        .containsExactly(
            "##PBS -l select=1:ncpus=4,walltime=9",
            "#PBS -l walltime=9",
            "##PBS -l select=9:ncpus=9",
            CD);
  }

  @Test
  void everyKindOfChunkIsAmended() {
    Amendment amendment = amend(resources("c=2 m=1"), "#PBS -l select=1:ncpus=4+2:ncpus=8");

    assertThat(RequestText.of(amendment.request()))
        .isEqualTo(
            "nodes=1 cpus=2 mem=1073741824/PER_TASK and nodes=2 cpus=2 mem=1073741824/PER_TASK");
  }

  @Test
  void otherAttributesAreKeptBesideADependency() {
    Overrides after =
        Overrides.builder()
            .dependencies(
                List.of(new Dependency(Dependency.Condition.SUCCEEDED, List.of(JobId.of("7.srv")))))
            .build();

    Amendment amendment = amend(after, "#PBS -W depend=afterany:3.srv,umask=022 -h");

    assertThat(amendment.directiveLines())
        .containsExactly("##PBS -W depend=afterany:3.srv,umask=022 -h", "#PBS -W umask=022 -h", CD);
    assertThat(amendment.options()).containsExactly("-W", "depend=afterany:3.srv,afterok:7.srv");
    assertThat(amend(after, "#PBS -W umask=022,depend=on:2").diagnostics())
        .singleElement()
        .asString()
        .contains("column=19", "cannot be joined");
  }

  @Test
  void outputFileWhoseNameQsubRefusesIsWrittenByTheScript() {
    Overrides odd = Overrides.builder().output("o \u00fc.txt").error("at 12:30").build();

    assertThat(amend(odd, "#PBS -N x").options())
        .containsExactly("-e", "./at 12:30", "-o", "/dev/null");
    assertThat(amend(odd, "#PBS -N x").directiveLines())
        .containsExactly("#PBS -N x", CD, "exec >'o \u00fc.txt'");
    Amendment directive = amend(Overrides.none(), "#PBS -o \u00fc -e node1:/a");
    assertThat(directive.options()).containsExactly("-o", "/dev/null");
    assertThat(directive.directiveLines())
        .containsExactly("#PBS -o \u00fc -e node1:/a", CD, "exec >'\u00fc'");
  }

  @Test
  void jobThatWaitsForAnArrayLooksAtAllItsTasks() {
    Amendment amendment =
        amend(
            Overrides.builder()
                .dependencies(
                    List.of(
                        new Dependency(
                            Dependency.Condition.SUCCEEDED,
                            List.of(JobId.of("7.srv"), JobId.of("8[].srv"))),
                        new Dependency(Dependency.Condition.ENDED, List.of(JobId.of("9[]")))))
                .build(),
            "#PBS -W depend=afternotok:3[]");

    assertThat(amendment.options())
        .containsExactly("-W", "depend=afternotok:3[],afterok:7.srv:8[].srv,afterany:9[]");
    assertThat(amendment.directiveLines())
        .startsWith("##PBS -W depend=afternotok:3[]", CD)
        .endsWith("cnt_one_failed '3[]'", "cnt_all_succeeded '8[].srv'");
    assertThat(amend(Overrides.none(), "#PBS -W depend=afterok:3[]").directiveLines())
        .containsExactly("#PBS -W depend=afterok:3[]", CD);
  }

  @Test
  void whatKeepsQsubFromTellingTheIdIsSetAside() {
    Amendment amendment = amend(Overrides.none(), "#PBS -z -W block=true,umask=022 -N x");

    assertThat(amendment.directiveLines())
        .containsExactly("##PBS -z -W block=true,umask=022 -N x", "#PBS -W umask=022 -N x", CD);
    assertThat(amendment.diagnostics())
        .extracting(found -> found.format("f"))
        .containsExactly(
            "f:2:6: warning: -z keeps back the job's id, which is needed here: set aside",
            "f:2:12: warning: -W block makes qsub wait for the job's end, and is set aside");
  }

  @Test
  void nameThatQsubWouldRefuseIsNoErrorWhereAnotherIsGiven() {
    assertThat(amend(Overrides.none(), "#PBS -N \"my job\"").diagnostics())
        .extracting(found -> found.format("f"))
        .containsExactly(
            "f:2:6: error: -N: \"my job\" is not a name of letters, digits and ._+- alone,"
                + " at most 230 of them");
    assertThat(amend(Overrides.builder().name("x").build(), "#PBS -N \"my job\"").diagnostics())
        .isEmpty();
  }

  @Test
  void optionsOfTorqueBecomeThoseOfPbs() {
    Amendment amendment = amend(Overrides.none(), "#PBS -t 1-5%2 -N x", "#PBS -d '/a b'");

    assertThat(amendment.options()).containsExactly("-J", "1-5%2");
    assertThat(amendment.directiveLines())
        .containsExactly(
            "##PBS -t 1-5%2 -N x", "#PBS -N x", "##PBS -d '/a b'", CD, "cd -- '/a b' || exit 1");
    assertThat(amendment.diagnostics())
        .extracting(found -> found.format("f"))
        .containsExactly(
            "f:2:6: note: -t is Torque's; for PBS it becomes -J",
            "f:3:6: note: -d is Torque's; for PBS it becomes a cd in the batch script");
  }

  @Test
  void arrayOfTorqueThatPbsHasNotIsRefusedWithItsPlace() {
    assertThat(amend(Overrides.none(), "#PBS -N x -t 1,3,5-7").diagnostics())
        .extracting(found -> found.format("f"))
        .contains("f:2:11: error: PBS takes one range of indexes in an array");
  }

  @Test
  void directiveOfSeveralLinesIsKeptOrSetAsideAsAWhole() {
    assertThat(amend(Overrides.none(), "  #PBS -N x \\", "  -l ncpus=2").directiveLines())
        .containsExactly("  #PBS -N x \\", "  -l ncpus=2", CD);
    assertThat(
            amend(resources("c=4"), "  #PBS -N x \\", "PBS_ \\", "-l ncpus=2,walltime=9")
                .directiveLines())
        .containsExactly(
            "#  #PBS -N x \\",
            "# PBS_ \\",
            "#-l ncpus=2,walltime=9",
            "#PBS -N x -l walltime=9",
            CD);
  }

  @Test
  void withoutOverridesTheLinesAreTheSameBytes() {
    Amendment amendment =
        amend(Overrides.none(), "#PBS  -N x   -l select=2:ncpus=4", "#PBS -o \"a b\"");

    assertThat(amendment.directiveLines())
        .containsExactly("#PBS  -N x   -l select=2:ncpus=4", "#PBS -o \"a b\"", CD);
    assertThat(amendment.options()).isEmpty();
  }

  /** What nobody asked for is not invented, and what is not known here is not dropped. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -N x
          -l gpu_model=a100,scratch_local=1gb
          -l select=1:ncpus=2:host=n7:ompthreads=2+3:ncpus=1 -l place=scatter
          -l vmem=9gb,file=1gb -l software=matlab,host=n1,feature=fast
          -l select=2:ncpus=4 -l walltime=90
          -l nodes=2:ppn=4:bigmem -l mem=8gb
          -A "a # b" -W sandbox=PRIVATE
          """)
  void ownDirectivesStayAsTheyAreAndGetNoOptions(String directive) {
    Amendment amendment = amend(Overrides.none(), "#PBS " + directive);

    assertThat(amendment.directiveLines()).startsWith("#PBS " + directive, CD);
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
        .containsExactly("-l", "mem=16gb");
    assertThat(amend(memory, "#PBS -N x").options()).containsExactly("-l", "mem=16gb");
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
        .containsExactly("##PBS -l nodes=2:ppn=4,walltime=9", "#PBS -l walltime=9", CD, CPUS + 2);
    assertThat(amend(cpus, "#PBS -l nodes=2:ppn=4,walltime=9").options())
        .containsExactly("-l", "nodes=2:ppn=4:cpp=2");
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
            "ngpus=2",
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
  void arrayOfOneTaskIsAPlainJobThatKnowsItsIndex() {
    Overrides one =
        Overrides.builder()
            .array(new ArraySpec(List.of(new ArraySpec.Range(5, 5, 1)), OptionalInt.empty()))
            .build();

    assertThat(amend(one, "#PBS -J 1-9 -v A=1").options()).isEmpty();
    assertThat(amend(one, "#PBS -J 1-9 -v A=1").directiveLines())
        .containsExactly("##PBS -J 1-9 -v A=1", "#PBS -v A=1", CD, "CNT_ARRAY_INDEX=5");
    assertThat(amend(Overrides.none(), "#PBS -t 5").directiveLines())
        .containsExactly("##PBS -t 5", CD, "CNT_ARRAY_INDEX=5");
    // PBS fills an index into the name of an array's file alone.
    assertThat(amend(one, "#PBS -o out.^array_index^").directiveLines())
        .containsExactly(
            "##PBS -o out.^array_index^",
            CD,
            "CNT_ARRAY_INDEX=5",
            "exec >out.\"${PBS_ARRAY_INDEX:-${CNT_ARRAY_INDEX:-1}}\" 2>&1");
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

  /** {@code c} CPUs of a task, {@code m} its memory in GiB, {@code g} GPUs of a node. */
  private static Overrides resources(String text) {
    Overrides.Builder overrides = Overrides.builder();
    for (String word : text == null ? new String[0] : text.split(" ", -1)) {
      int number = Integer.parseInt(word.substring(2));
      switch (word.charAt(0)) {
        case 'c' -> overrides.cpusPerTask(number);
        case 'm' -> overrides.memoryBytesPerTask((long) number << 30);
        default ->
            overrides.gpus(
                List.of(new GpuRequest(Optional.empty(), number, GpuRequest.Scope.PER_NODE)));
      }
    }
    return overrides.build();
  }

  private static boolean isError(Diagnostic diagnostic) {
    return diagnostic.severity() == Diagnostic.Severity.ERROR;
  }

  private static Amendment amend(Overrides overrides, String... lines) {
    String text = "#!/bin/sh\n" + String.join("\n", lines) + "\ntrue\n";
    return new PbsDialect().amend(JobScript.parse("job.sh", text.getBytes(UTF_8)), overrides);
  }
}
