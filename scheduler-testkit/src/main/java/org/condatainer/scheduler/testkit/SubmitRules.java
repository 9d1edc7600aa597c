package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;

/** Rule 6: one run never becomes two jobs. */
interface SubmitRules {
  Bench bench();

  @Test
  default void rule6_aSubmitWhoseAnswerIsLostIsFoundByItsTag() {
    bench().need(Fault.ANSWER_LOST);
    Submission submission = lasting(Bench.freshTag());
    bench().make(Fault.ANSWER_LOST);
    JobId id = bench().submit(bench().hasty(), submission);
    assertThat(bench().scheduler().live(JobFilter.tagged(submission.tag())))
        .extracting(JobSnapshot::id)
        .containsExactly(id);
    assertThat(bench().told()).as("lines for the user").isNotEmpty();
  }

  @Test
  default void rule6_anotherRunsJobIsNotTakenForThisOne() {
    bench().need(Fault.ANSWER_LOST);
    String tag = Bench.freshTag();
    JobId other = bench().submit(bench().scheduler(), lasting(tag + "0"));
    bench().make(Fault.ANSWER_LOST);
    JobId id = bench().submit(bench().hasty(), lasting(tag));
    assertThat(id).isNotEqualTo(other);
    assertThat(bench().scheduler().live(JobFilter.tagged(tag)))
        .extracting(JobSnapshot::id)
        .containsExactlyInAnyOrder(id, other);
  }

  @Test
  default void rule6_aSubmitThatIsLostBecomesOneJobOrIsSaidToBeUnknown() {
    bench().need(Fault.SUBMIT_LOST);
    Submission submission = lasting(Bench.freshTag());
    bench().make(Fault.SUBMIT_LOST);
    int jobs = 0;
    try {
      bench().submit(bench().hasty(), submission);
      jobs = 1;
    } catch (SchedulerException e) {
      assertThat(e.failure().kind()).isEqualTo(Failure.Kind.AMBIGUOUS);
    }
    assertThat(bench().scheduler().live(JobFilter.tagged(submission.tag()))).hasSize(jobs);
  }

  @Test
  default void rule6_withoutAnAnswerAndWithoutAServerItIsSaidToBeUnknown() {
    bench().need(Fault.HANGING);
    Submission submission = lasting(Bench.freshTag());
    Scheduler hasty = bench().hasty();
    // What is asked once, such as the site's settings, has been asked.
    bench().submit(hasty, lasting(Bench.freshTag()));
    bench().make(Fault.HANGING);
    bench().ran().clear();
    Failure failure = bench().failure(() -> bench().submit(hasty, submission));
    assertThat(failure.kind()).isEqualTo(Failure.Kind.AMBIGUOUS);
    assertThat(failure.message()).as("how to look for the job").contains(submission.tag());
    String submit = bench().ran().get(0).program();
    assertThat(bench().ran().stream().filter(command -> command.program().equals(submit)))
        .as("a submit without an answer is not sent again blindly")
        .hasSize(1);
  }

  private Submission lasting(String tag) {
    return bench().lasting(bench().request(), tag);
  }
}
