package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** The submit files that are made of batch scripts. */
final class SubmitFileTest {
  private static final String REMOVE =
      "periodic_remove = ($(periodic_remove:False)) || (JobStatus == 2"
          + " && time() - JobCurrentStartExecutingDate > CondatainerWalltime)";

  private final HtcondorDialect dialect = new HtcondorDialect();

  @Test
  void everyQueueStatementRunsTheBatchScriptWithItsTag() {
    assertThat(lines("#CONDOR request_cpus = 2\n", Overrides.none()))
        .startsWith("# Written by condatainer for one run.", "request_cpus = 2")
        .contains("executable = /record/job.sh", "My.CondatainerTag = \"cnt:1\"")
        .endsWith("queue");
    assertThat(lines("#CONDOR queue 2\n#CONDOR x = 1\n#CONDOR queue 3\n", Overrides.none()))
        .containsSubsequence(
            "executable = /record/job.sh", "queue 2", "x = 1", "executable = /record/job.sh")
        .endsWith("queue 3");
  }

  @Test
  void aWalltimeEndsTheJobAndTheUsersOwnPolicyStays() {
    assertThat(
            lines(
                "#CONDOR allowed_execute_duration = 60\n#CONDOR periodic_remove = NumHolds > 3\n",
                Overrides.none()))
        .containsSubsequence(
            "allowed_execute_duration = 60",
            "periodic_remove = NumHolds > 3",
            "allowed_execute_duration = ",
            "My.CondatainerWalltime = 60",
            REMOVE,
            "queue");
    assertThat(
            lines(
                "#CONDOR allowed_execute_duration = 60\n",
                Overrides.builder().walltime(new Walltime.Limit(Duration.ofMillis(1500))).build()))
        .contains("My.CondatainerWalltime = 2", REMOVE)
        .doesNotContain("My.CondatainerWalltime = 60");
    assertThat(lines("", Overrides.none())).noneMatch(line -> line.contains("periodic_remove"));
  }

  @Test
  void whatStandsAfterTheLastQueueStatementIsLeftOut() {
    String script = "#CONDOR queue 2\n#CONDOR x = 1\n#CONDOR queue 3\n#CONDOR y = 1\n";
    assertThat(lines(script, Overrides.none())).contains("x = 1").doesNotContain("y = 1");
    ArraySpec array = new ArraySpec(List.of(new ArraySpec.Range(1, 2, 1)), OptionalInt.of(1));
    assertThat(lines(script, Overrides.builder().array(array).build()))
        .contains("max_materialize = 1")
        .doesNotContain("x = 1", "y = 1")
        .endsWith("queue cnt_index from seq 1 1 2 |");
  }

  private List<String> lines(String directives, Overrides overrides) {
    JobScript script = script("#!/bin/bash\n" + directives + "true\n");
    Amendment amendment = dialect.amend(script, overrides);
    JobScript batch =
        script("#!/bin/bash\n" + String.join("\n", amendment.directiveLines()) + "\ntrue\n");
    Submission submission =
        new Submission(
            Path.of("/record/job.sh"),
            amendment.options(),
            amendment.request(),
            Path.of("/work"),
            "cnt:1");
    return new SubmitFile(submission, batch).text().lines().toList();
  }

  private static JobScript script(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
