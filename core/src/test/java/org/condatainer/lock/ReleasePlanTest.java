package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.condatainer.lock.Found.END;
import static org.condatainer.lock.Found.ended;
import static org.condatainer.lock.LockMode.READ;
import static org.condatainer.lock.LockMode.WRITE;

import java.util.List;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.lock.ReleasePlan.Permission;
import org.condatainer.scheduler.ProcessTracking.Kind;
import org.junit.jupiter.api.Test;

/** What a release would do, and whom it would cancel. */
class ReleasePlanTest {
  private static final Permission CANCEL = new Permission(true, false);

  private static ReleasePlan plan(Found found, Permission permission) {
    return ReleasePlan.of(LockReport.of(found.evidence()), permission);
  }

  private static String steps(ReleasePlan plan) {
    return String.join("\n", plan.steps().stream().map(ReleasePlan.Step::text).toList());
  }

  @Test
  void jobsThatWaitForTheirTurnAreNotCancelled() {
    Found found =
        new Found()
            .tagged("8", Phase.PENDING, WRITE, "anna")
            .tagged("9", Phase.RUNNING, READ, "anna")
            .tagged("10", Phase.HELD, READ, "anna");
    ReleasePlan plan = plan(found, CANCEL);
    assertThat(steps(plan)).contains("cancel slurm job 9, wait").doesNotContain("8", "10");
    assertThat(plan.report().holders()).hasSize(1);
  }

  @Test
  void theEndedJobOfALeaseThatWasLeftIsNotCancelled() {
    Found found =
        new Found().lease(true).job(ended(Outcome.FAILED, END)).tagged(Phase.RUNNING, READ);
    assertThat(steps(plan(found, CANCEL))).contains("cancel slurm job 8, wait").doesNotContain("7");
  }

  @Test
  void whatOutlivedItsJobIsNotSaidToBeCancelled() {
    Found found = new Found().heldHere(WRITE).processOfJob("7").lease(true);
    assertThat(plan(found, new Permission(false, false)).refusal().orElse(""))
        .endsWith("--cancel would cancel slurm job 7 first");
    found.job(ended(Outcome.FAILED, END));
    for (Permission permission : List.of(CANCEL, new Permission(false, false))) {
      ReleasePlan plan = plan(found, permission);
      assertThat(plan.steps()).isEmpty();
      assertThat(plan.refusal().orElse(""))
          .endsWith("outlived its job: there is nothing to cancel");
    }
    found.processOfJob("8");
    assertThat(steps(plan(found, CANCEL))).startsWith("cancel slurm job 8, wait");
  }

  @Test
  void anothersJobUnderTheIdOfTheLeaseIsNotCancelledEvenByRoot() {
    JobState alive = new JobState.Alive(Phase.RUNNING, "RUNNING", "");
    Found found =
        new Found()
            .askedBy("root")
            .lease(true)
            .job(alive, "squeue", true, "berta", Found.SINCE)
            .tagged(Phase.RUNNING, READ);
    assertThat(steps(plan(found, CANCEL))).contains("cancel slurm job 8, wait").doesNotContain("7");
  }

  @Test
  void noneIsCancelledWhereOneIsSomebodyElses() {
    Found found =
        new Found()
            .tagged("8", Phase.RUNNING, READ, "anna")
            .tagged("9", Phase.SUSPENDED, READ, "berta");
    ReleasePlan plan = plan(found, CANCEL);
    assertThat(plan.steps()).isEmpty();
    assertThat(plan.refusal().orElse("")).contains("slurm job 9 is berta's");
    assertThat(steps(plan(found.askedBy("root"), CANCEL))).contains("slurm job 8, slurm job 9");
  }

  /** It keeps writers away; and others who read have helpers of their own. */
  @Test
  void aReadersHelperIsEndedBesideOthersWhoMayRead() {
    ReleasePlan plan =
        plan(new Found().heldHere(READ).process("orphan").unseen(), new Permission(false, false));
    assertThat(steps(plan)).isEqualTo("end what the killed container left: fuse2fs 9444");
    assertThat(plan.isAnsweredFor()).isFalse();
    assertThat(plan.report().next()).startsWith("condatainer lock release ");
    ReleasePlan writers = plan(new Found().heldHere(WRITE).unseen(), new Permission(false, true));
    assertThat(writers.steps()).isEmpty();
  }

  @Test
  void beforeACopyTheNodeIsNamedWhoseHelperMayHaveTheLastWrites() {
    Found found = new Found().heldElsewhere().lease(true).job(ended(Outcome.FAILED, END));
    assertThat(steps(plan(found, new Permission(false, false))))
        .contains("copy the image", "if you can log in to n1: release it there first");
  }

  @Test
  void whoOutlivesTheJobIsToBeEndedByHisUser() {
    Found found =
        new Found().heldHere(WRITE).process("of job").lease(true).job(ended(Outcome.FAILED, END));
    ReleasePlan plan = plan(found, new Permission(false, true));
    assertThat(plan.steps()).isEmpty();
    assertThat(plan.report().next()).startsWith("kill 9444 (if nobody needs them); then: ");
  }

  /** There is seen what is left, and a helper writes out what it has in its memory. */
  @Test
  void whatMayHaveOutlivedItsJobIsToBeReleasedOnItsMachine() {
    String srun = "srun -w n1 -n 1 condatainer lock release --yes /data/env.img";
    String ssh = "ssh n1 'condatainer lock release --yes /data/env.img'";
    for (Found found :
        List.of(
            new Found().locksEnd(), new Found().tracking("proctrack/linuxproc", Kind.PARTIAL))) {
      found.heldElsewhere().lease(true).job(ended(Outcome.FAILED, END)).there(srun, ssh);
      ReleasePlan plan = plan(found, new Permission(false, false));
      assertThat(plan.steps()).isEmpty();
      assertThat(plan.refusal().orElse(""))
          .contains("a process on n1 may have outlived its job", "released there");
      assertThat(plan.report().next()).isEqualTo(srun + " (or: " + ssh + ")");
      assertThat(plan(found, new Permission(false, true)).isAnsweredFor()).isTrue();
    }
  }

  @Test
  void aLockOfAMachineThatIsGoneIsWaitedFor() {
    Found found = new Found().locksEnd().heldElsewhere().lease(true).there("srun -w n1 x");
    found.job(ended(Outcome.NODE_FAILED, END));
    assertThat(plan(found, new Permission(false, false)).report().next())
        .startsWith("condatainer lock status --watch /data/env.img (if that machine is gone");
    found.nodeState("IDLE", true, END.plusSeconds(300)).job(ended(Outcome.NODE_FAILED, END));
    assertThat(plan(found, new Permission(false, false)).report().next())
        .startsWith("condatainer lock status --watch /data/env.img (if that machine is gone");
  }

  @Test
  void aMachineThatLivesCanTellWhereTheSchedulerHasForgotten() {
    Found found = new Found().locksEnd().heldElsewhere().lease(true).there("srun -w n1 x");
    found.job(new JobState.Absent("squeue"), "squeue", false, "anna", Found.SINCE);
    assertThat(plan(found, new Permission(false, false)).report().next()).isEqualTo("srun -w n1 x");
    found.taggedSilent();
    assertThat(plan(found, new Permission(false, false)).report().next())
        .startsWith("condatainer lock explain");
  }

  @Test
  void whatTheNodeHasOfAnEndedJobIsToBeReleasedThere() {
    Found found = new Found().heldElsewhere().lease(true).job(ended(Outcome.FAILED, END));
    found.node(HostEvidence.Writer.GONE, true).there("ssh n1 x");
    LockReport report = plan(found, new Permission(false, false)).report();
    assertThat(report.verdict().state()).isEqualTo(Verdict.State.IN_USE);
    assertThat(report.next()).isEqualTo("ssh n1 x");
  }

  @Test
  void theJobOfTheLeaseIsCancelledOnce() {
    JobState alive = new JobState.Alive(Phase.SUSPENDED, "SUSPENDED", "");
    Found found = new Found().lease(true).job(alive).tagged("7", Phase.SUSPENDED, WRITE, "anna");
    assertThat(steps(plan(found, CANCEL))).startsWith("cancel slurm job 7, wait");
  }
}
