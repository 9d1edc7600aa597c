package org.condatainer.scheduler.htcondor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Phase;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Submits that are refused, lose their answer, or get none, on the HTCondor that {@code
 * CONDOR_CONFIG} names, as an ordinary user.
 */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorSubmitIT {
  @RegisterExtension final HtcondorBench bench = new HtcondorBench();

  @Test
  void aRefusedJobCarriesHTCondorsWords() throws Exception {
    assertThatThrownBy(
            () -> bench.submit("#CONDOR initialdir = /nonexistent/dir\n", "true", Overrides.none()))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> {
              assertThat(e.failure().kind()).isEqualTo(Failure.Kind.INVALID_REQUEST);
              assertThat(e.failure().words()).contains("/nonexistent/dir");
            });
  }

  @Test
  void aSubmitThatLosesItsAnswerIsFoundByItsTag() throws Exception {
    CommandRunner real = bench.runner();
    HtcondorScheduler losing =
        bench.scheduler(
            Duration.ofSeconds(60),
            command -> {
              CommandResult result = real.run(command);
              return command.program().equals("condor_submit")
                  ? new CommandResult(0, "", "")
                  : result;
            });
    Submission submission =
        HtcondorBench.submission(
            bench.folder(),
            "",
            "true",
            Overrides.builder().held(true).build(),
            HtcondorBench.freshTag());
    JobId id = losing.submit(submission);
    bench.add(id);
    assertThat(bench.condor().live(JobFilter.tagged(submission.tag())))
        .extracting(JobSnapshot::id)
        .containsExactly(id);
    assertThat(bench.submissions()).isEqualTo(1);
    assertThat(bench.told()).anyMatch(line -> line.contains("looking for the job by its tag"));
  }

  /** Only with a property that names a schedd's process which may be stopped for a while. */
  @Test
  @EnabledIfSystemProperty(named = "condatainer.it.htcondor.schedd", matches = "[0-9]+")
  void aFrozenScheddIsUnavailable() throws Exception {
    JobId id = bench.submit("", "true", Overrides.builder().held(true).build());
    String pid = System.getProperty("condatainer.it.htcondor.schedd");
    HtcondorScheduler hasty = bench.scheduler(Duration.ofSeconds(3), bench.runner());
    Submission submission =
        HtcondorBench.submission(
            bench.folder(),
            "",
            "true",
            Overrides.builder().held(true).build(),
            HtcondorBench.freshTag());
    assertThat(HtcondorBench.run("kill", "-STOP", pid).exitCode()).isZero();
    try {
      assertThat(hasty.query(Set.of(id, JobId.of("99999999"))).values())
          .hasSize(2)
          .allSatisfy(
              answer -> assertThat(answer.state()).isInstanceOf(JobState.Unavailable.class));
      assertThatThrownBy(() -> hasty.cancel(Set.of(id)))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
      assertThatThrownBy(() -> hasty.submit(submission))
          .isInstanceOfSatisfying(
              SchedulerException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS))
          .hasMessageContaining(submission.tag());
    } finally {
      HtcondorBench.run("kill", "-CONT", pid);
    }
    bench.condor().live(JobFilter.tagged(submission.tag())).forEach(job -> bench.add(job.id()));
    assertThat(bench.query(id).state()).matches(HtcondorBench.phase(Phase.HELD));
  }
}
