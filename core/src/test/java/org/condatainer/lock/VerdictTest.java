package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.condatainer.lock.Found.END;
import static org.condatainer.lock.Found.SINCE;
import static org.condatainer.lock.Found.ended;
import static org.condatainer.lock.LockMode.READ;
import static org.condatainer.lock.LockMode.WRITE;
import static org.condatainer.lock.Rule.ERRORS;
import static org.condatainer.lock.Rule.HIDDEN;
import static org.condatainer.lock.Rule.HOLDER_HERE;
import static org.condatainer.lock.Rule.JOB_ENDED;
import static org.condatainer.lock.Rule.JOB_NOT_ENDED;
import static org.condatainer.lock.Rule.JOURNAL;
import static org.condatainer.lock.Rule.LEASE_LEFT;
import static org.condatainer.lock.Rule.LOCKS_STAY;
import static org.condatainer.lock.Rule.LOCK_FREE;
import static org.condatainer.lock.Rule.MOUNTED_BEFORE;
import static org.condatainer.lock.Rule.NODE_LOST;
import static org.condatainer.lock.Rule.NOT_AVAILABLE;
import static org.condatainer.lock.Rule.NOT_UNMOUNTED;
import static org.condatainer.lock.Rule.NO_PROCESS;
import static org.condatainer.lock.Rule.ORPHAN;
import static org.condatainer.lock.Rule.OTHER_MACHINE;
import static org.condatainer.lock.Rule.TAGGED_JOB;
import static org.condatainer.lock.Rule.WRITER_ALIVE;
import static org.condatainer.lock.Verdict.State.DIRTY;
import static org.condatainer.lock.Verdict.State.FREE;
import static org.condatainer.lock.Verdict.State.IN_USE;
import static org.condatainer.lock.Verdict.State.STALE;
import static org.condatainer.lock.Verdict.State.UNKNOWN;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.lock.HostEvidence.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows from which evidence. */
class VerdictTest {
  static Found found() {
    return new Found();
  }

  static Arguments row(String name, Found found, Verdict.State state, Rule... rules) {
    return arguments(name, found.evidence(), state, List.of(rules));
  }

  static Stream<Arguments> free() {
    return Stream.of(
        row("nobody has it", found(), FREE, LOCK_FREE),
        row("a lease is left", found().lease(false), FREE, LOCK_FREE, LEASE_LEFT, OTHER_MACHINE),
        row("crashed writer by FUSE", found().superblock(0, 2), DIRTY, LOCK_FREE, NOT_UNMOUNTED),
        row("crashed writer by the kernel", found().superblock(1, 6), DIRTY, LOCK_FREE, JOURNAL),
        row("interrupted resize", found().superblock(3, 2), DIRTY, LOCK_FREE, ERRORS),
        row(
            "dirty, and the scheduler does not answer: the lock decides",
            found().superblock(0, 2).lease(true).jobSilent(),
            DIRTY,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            NOT_AVAILABLE),
        row(
            "dirty after its node was lost: the lock decides",
            found().superblock(0, 2).lease(true).job(ended(Outcome.NODE_FAILED, END)),
            DIRTY,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            NODE_LOST),
        row(
            "the lease's process is alive",
            found().lease(false).writer(Writer.ALIVE),
            IN_USE,
            WRITER_ALIVE,
            LOCK_FREE),
        row(
            "a job that reads runs elsewhere",
            found().tagged(Phase.RUNNING, READ),
            IN_USE,
            TAGGED_JOB,
            LOCK_FREE),
        row("a job that waits", found().tagged(Phase.PENDING, WRITE), FREE, LOCK_FREE),
        row(
            "dirty where locks stay",
            found().locksStay().superblock(0, 2),
            UNKNOWN,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LOCKS_STAY),
        row("clean where locks stay", found().locksStay(), FREE, LOCK_FREE, LOCKS_STAY),
        row(
            "leased elsewhere where locks stay",
            found().locksStay().lease(false),
            UNKNOWN,
            LOCK_FREE,
            LEASE_LEFT,
            OTHER_MACHINE,
            LOCKS_STAY),
        row(
            "leased to an ended job where locks stay, and other jobs could not be asked for",
            found().locksStay().lease(true).job(ended(Outcome.FAILED, END)).taggedSilent(),
            UNKNOWN,
            JOB_ENDED,
            LOCK_FREE,
            LEASE_LEFT,
            NOT_AVAILABLE,
            LOCKS_STAY),
        row(
            "left by somebody before the lease's job, where locks stay",
            found()
                .locksStay()
                .superblock(0, 2)
                .mounted(SINCE.minusSeconds(500))
                .lease(true)
                .job(ended(Outcome.FAILED, END)),
            UNKNOWN,
            JOB_ENDED,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            LOCKS_STAY,
            MOUNTED_BEFORE),
        row(
            "leased to an ended job where locks stay",
            found().locksStay().superblock(0, 2).lease(true).job(ended(Outcome.FAILED, END)),
            DIRTY,
            JOB_ENDED,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            LOCKS_STAY));
  }

  static Stream<Arguments> heldHere() {
    return Stream.of(
        row("writer", found().heldHere(WRITE).process("x"), IN_USE, HOLDER_HERE),
        row("suspended writer", found().heldHere(WRITE).process("suspended"), IN_USE, HOLDER_HERE),
        row("reader", found().heldHere(READ).process("x"), IN_USE, HOLDER_HERE),
        row("orphan", found().heldHere(WRITE).process("orphan"), STALE, ORPHAN),
        row(
            "orphan and a live process",
            found().heldHere(WRITE).process("orphan").process("x"),
            IN_USE,
            HOLDER_HERE),
        row(
            "orphan that reads, beside processes of others",
            found().heldHere(READ).process("orphan").unseen(),
            UNKNOWN,
            ORPHAN,
            HIDDEN),
        row(
            "orphan of a job that has not ended",
            found().heldHere(WRITE).process("orphan").lease(true).job(alive(Phase.COMPLETING)),
            IN_USE,
            JOB_NOT_ENDED,
            ORPHAN),
        row(
            "orphan where locks stay: others may write elsewhere",
            found().heldHere(WRITE).process("orphan").locksStay(),
            UNKNOWN,
            ORPHAN,
            LOCKS_STAY),
        row(
            "orphan of the lease's job where locks stay",
            found()
                .heldHere(WRITE)
                .process("orphan")
                .locksStay()
                .lease(true)
                .job(ended(Outcome.FAILED, END)),
            STALE,
            ORPHAN,
            JOB_ENDED,
            LOCKS_STAY),
        row("hidden process", found().heldHere(WRITE).unseen(), UNKNOWN, HIDDEN),
        row("loop device alone", found().heldHere(WRITE).loop(), UNKNOWN, NO_PROCESS),
        row("/proc does not answer", found().heldHere(WRITE).hostSilent(), UNKNOWN, NOT_AVAILABLE),
        row(
            "hidden process, and the lease's job has ended: it may be another's",
            found().heldHere(WRITE).unseen().lease(true).job(ended(Outcome.SUCCEEDED, END)),
            UNKNOWN,
            JOB_ENDED,
            HIDDEN));
  }

  static Found leased() {
    return found().heldElsewhere().lease(true);
  }

  static JobState alive(Phase phase) {
    return new JobState.Alive(phase, phase.toString(), "");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"free", "heldHere"})
  void verdictFollowsFromTheRules(
      String name, Evidence evidence, Verdict.State state, List<Rule> rules) {
    assertFollows(name, evidence, state, rules);
  }

  static void assertFollows(String name, Evidence evidence, Verdict.State state, List<Rule> rules) {
    Verdict verdict = Verdict.of(evidence);
    assertThat(verdict.state()).as(name + " " + verdict.proof()).isEqualTo(state);
    assertThat(verdict.proof().stream().map(Verdict.Ruling::rule)).containsExactlyElementsOf(rules);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aJobThatHasNotEndedHolds(Phase phase) {
    for (Found found :
        List.of(
            leased(),
            found().lease(true),
            found().lease(true).superblock(0, 2),
            leased().node(Writer.GONE, false),
            leased().writer(Writer.GONE),
            found().lockNotRead().lease(true))) {
      assertThat(Verdict.of(found.job(alive(phase)).evidence()).state()).isEqualTo(IN_USE);
    }
  }

  @Test
  void aLockThatCannotBeReadIsNeverFreeNorStale() {
    for (Found found :
        List.of(
            found().lockNotRead(),
            found().lockNotRead().lease(true).job(ended(Outcome.SUCCEEDED, END)),
            found().lockNotRead().lease(false).writer(Writer.GONE))) {
      assertThat(Verdict.of(found.evidence()).state()).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void ageProvesNothing() {
    for (Found found : List.of(leased().jobSilent(), found().heldElsewhere())) {
      assertThat(Verdict.of(found.written(SINCE.minusSeconds(1_000_000_000)).evidence()).state())
          .isEqualTo(UNKNOWN);
    }
  }

  @Test
  void rulesKeepTheirNumbers() {
    assertThat(Stream.of(Rule.values()).map(Rule::number)).doesNotHaveDuplicates().isSorted();
    assertThat(HOLDER_HERE.number()).isEqualTo(1);
    assertThat(ORPHAN.number()).isEqualTo(11);
    assertThat(LOCK_FREE.number()).isEqualTo(21);
    assertThat(NOT_AVAILABLE.number()).isEqualTo(31);
    assertThat(NO_PROCESS.number()).isEqualTo(40);
  }
}
