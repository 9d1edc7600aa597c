package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What condatainer 1.4.1, which was written in Go, made of LSF's directives, and what they mean. On
 * LSF itself every line goes to bsub as it is.
 */
final class GoOriginalTest {
  @ParameterizedTest(name = "#BSUB {0} is {2}, and was {1}")
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      textBlock =
          """
          -W 1:30/hostA                     | one hour       | time=5400 native W=1:30/hostA
          -R "select[mem>1000]"             | dropped        | native R=select[mem>1000]
          -R "order[-mem]"                  | dropped        | native R=order[-mem]
          -R "cu[type=rack]"                | dropped        | native R=cu[type=rack]
          -R "affinity[core(2)]"            | dropped        | cpus=2
          -R "rusage[tmp=5000]"             | dropped        | scratch=5242880000
          -R "span[ptile=4]"                | dropped        | perNode=4
          -M 8G                             | 2 GB beside it | mem=8589934592/PER_TASK
          -n 2,4                            | refused        | tasks=2 native n=2,4
          -gpu num=2/task                   | one GPU        | gpu=2/PER_TASK
          -R "1*{rusage[mem=4G]}+2*{rusage[mem=2G]}" | 1 MB  | tasks=1 mem=4294967296/PER_NODE and tasks=2 mem=2147483648/PER_NODE
          -gpu "num=1:mode=exclusive_process:j_exclusive=yes" | lost | gpu=1/PER_NODE native gpu=mode=exclusive_process:j_exclusive=yes
          -W 1:30                           | right          | time=5400
          -W 90                             | right          | time=5400
          -R "rusage[mem=4G] span[hosts=1]" | right          | nodes=1 mem=4294967296/PER_NODE
          -R "rusage[mem=4G]" -W 1:30       | -W dropped     | time=5400 mem=4294967296/PER_NODE
          -n4 -W1:30                        | other values   | time=5400 tasks=4
          -Jd "a # b"                       | cut at #       | comment=a # b
          -q short                          | 2 GB and 2 h   | queue=short
          -P lab -G group                   | dropped        | account=lab native G=group
          -env "all, A=1"                   | dropped        | env=ALL,A=1
          -w "done(7)"                      | dropped        | SUCCEEDED:7
          -J "a[1-10:2]%3"                  | dropped        | name=a array=1-10:2%3
          -J "my job"                       | dropped        | name=my job
          """)
  void misreadDirectiveIsRead(String directive, String was, String expected) {
    String line = "#BSUB " + directive;
    JobScript script = script("#!/bin/sh\n" + line + "\ntrue\n");
    DirectiveReading reading = new LsfDialect(LsfSite.DEFAULT).read(script);

    assertThat(was).isNotEmpty();
    assertThat(reading.diagnostics()).isEmpty();
    assertThat(RequestText.of(reading.request())).isEqualTo(expected);
    Amendment amendment = amend(script, Overrides.none());
    assertThat(amendment.directiveLines()).containsExactly(line);
    assertThat(amendment.options()).isEmpty();
  }

  @Test
  void outputThatIsReplacedIsNamedOnce() {
    JobScript script = script("#!/bin/sh\n#BSUB -oo a.out -eo a.err\ntrue\n");

    assertThat(amend(script, Overrides.none()).options()).isEmpty();
    Amendment amendment = amend(script, Overrides.builder().output("b.out").build());
    assertThat(amendment.options()).containsExactly("-oo", "b.out");
    assertThat(amendment.directiveLines())
        .containsExactly("##BSUB -oo a.out -eo a.err", "#BSUB -eo a.err");
  }

  @Test
  void nothingIsAskedForThatTheScriptDoesNotAskFor() {
    assertThat(
            new LsfDialect(LsfSite.DEFAULT)
                .render(JobRequest.empty().toBuilder().queue("short").build())
                .directiveLines())
        .containsExactly("#BSUB -q short");
  }

  /** bsub reads such a line, unlike other schedulers; so it counts, and the user is told. */
  @Test
  void directiveInAHereDocumentIsToldOf() {
    DirectiveReading reading =
        new LsfDialect(LsfSite.DEFAULT)
            .read(script("#!/bin/sh\n#BSUB -M 1G\ncat <<X\n#BSUB -n 99\nX\n"));

    assertThat(RequestText.of(reading.request())).contains("tasks=99");
    assertThat(reading.diagnostics())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.severity()).isEqualTo(Diagnostic.Severity.NOTE);
              assertThat(one.line()).isEqualTo(4);
            });
  }

  @Test
  void memoryOfATaskIsNotMultipliedByTheCpusOfTheScript() {
    JobScript script = script("#!/bin/sh\n#BSUB -n 1 -R \"affinity[core(8)]\"\ntrue\n");

    assertThat(amend(script, Overrides.builder().memoryBytesPerTask(16L << 30).build()).options())
        .isEqualTo(List.of("-R", "affinity[core(8)] rusage[mem=16GB]"));
  }

  private static Amendment amend(JobScript script, Overrides overrides) {
    return new LsfDialect(LsfSite.DEFAULT).amend(script, overrides);
  }

  private static JobScript script(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
