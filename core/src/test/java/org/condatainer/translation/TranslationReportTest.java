package org.condatainer.translation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

final class TranslationReportTest {
  /** A dialect may forget to say which directive asked for a part. */
  @Test
  void refusalThatNoDirectiveIsKnownForIsTold() {
    PartOutcomes outcomes = new PartOutcomes();
    outcomes.addRendered(
        Rendering.builder()
            .refused(RequestPart.COMPONENTS, "runs on one machine")
            .translated(RequestPart.TASKS, "-n 2")
            .build());
    DirectiveReading reading =
        new DirectiveReading(
            List.of(new DirectiveLine(3, 7, "#PLAN", "two of a kind", true)),
            List.of(),
            JobRequest.empty(),
            List.of());
    JobScript script =
        JobScript.parse("job.sh", "#!/bin/sh\n\n#PLAN two of a kind\n".getBytes(UTF_8));

    assertThat(
            // Neither of the two schedulers is asked for anything.
            new TranslationReport(null, null, script, reading, outcomes).parts())
        .containsExactly(
            new TranslatedPart(3, 1, "components", Outcome.REFUSED, "runs on one machine"));
  }
}
