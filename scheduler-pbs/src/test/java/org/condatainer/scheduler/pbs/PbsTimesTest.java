package org.condatainer.scheduler.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.junit.jupiter.api.Test;

/**
 * Local times of a zone with summer time mean two hours each autumn, and Java does not know all
 * zones that the C library does ({@code TZ=CET-1CEST,M3.5.0,M10.5.0/3}).
 */
final class PbsTimesTest {
  @Test
  void timesAreAskedForAndReadInUtc() {
    String text =
        "Job Id: 7.s\n    Job_Owner = anna@h\n    job_state = R\n    substate = 42\n"
            + "    ctime = Sun Oct 25 02:30:00 2026\n    stime = Sun Oct 25 03:30:00 2026\n\n";
    List<Command> ran = new ArrayList<>();
    PbsScheduler pbs =
        new PbsScheduler(
            new SchedulerContext(
                new HostEnvironment(Map.of("TZ", "Europe/Berlin")),
                command -> {
                  ran.add(command);
                  return new CommandResult(0, text, "");
                },
                Duration.ofSeconds(5),
                line -> {}),
            time -> {});
    JobId id = JobId.of("7.s");

    JobSnapshot job = pbs.query(Set.of(id)).get(id);

    assertThat(job.submitted()).contains(Instant.parse("2026-10-25T02:30:00Z"));
    assertThat(job.started()).contains(Instant.parse("2026-10-25T03:30:00Z"));
    assertThat(ran).isNotEmpty();
    assertThat(ran).allMatch(command -> "UTC0".equals(command.variables().get("TZ")));
  }
}
