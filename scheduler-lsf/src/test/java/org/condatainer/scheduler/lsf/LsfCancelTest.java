package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.Test;

/** Of several jobs that are cancelled, each counts for itself. */
final class LsfCancelTest {
  private final List<Command> ran = new ArrayList<>();

  @Test
  void aJobThatIsGoneHidesNoRefusal() {
    LsfScheduler lsf =
        lsf(
            command ->
                new CommandResult(
                    255,
                    "",
                    "Job <11>: No matching job found\nJob <12>: User permission denied\n"));
    assertThatThrownBy(() -> lsf.cancel(Set.of(JobId.of("11"), JobId.of("12"))))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.DENIED));
  }

  /** The ids do not fit into one command. */
  @Test
  void aRefusalKeepsNoOtherFromBeingCancelled() {
    Set<JobId> ids = new LinkedHashSet<>();
    for (int i = 100_000; i < 130_000; i++) {
      ids.add(JobId.of(Integer.toString(i)));
    }
    LsfScheduler lsf =
        lsf(
            command ->
                command.words().contains("100000")
                    ? new CommandResult(255, "", "Job <100000>: User permission denied\n")
                    : new CommandResult(0, "", ""));
    assertThatThrownBy(() -> lsf.cancel(ids)).hasMessageContaining("permission denied");
    assertThat(ran).filteredOn(command -> command.words().contains("129999")).hasSize(1);
  }

  private LsfScheduler lsf(CommandRunner runner) {
    return new LsfScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of()),
            command -> {
              ran.add(command);
              return runner.run(command);
            },
            Duration.ofSeconds(5),
            line -> {}),
        time -> {});
  }
}
