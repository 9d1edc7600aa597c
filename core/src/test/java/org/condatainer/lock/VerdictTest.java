package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.condatainer.lock.Found.END;
import static org.condatainer.lock.Found.SINCE;
import static org.condatainer.lock.Found.ended;
import static org.condatainer.lock.LockMode.READ;
import static org.condatainer.lock.LockMode.WRITE;
import static org.condatainer.lock.Rule.ABSENT_UNPROVEN;
import static org.condatainer.lock.Rule.ERRORS;
import static org.condatainer.lock.Rule.HIDDEN;
import static org.condatainer.lock.Rule.HOLDER_HERE;
import static org.condatainer.lock.Rule.HOLDER_ON_NODE;
import static org.condatainer.lock.Rule.JOB_ABSENT;
import static org.condatainer.lock.Rule.JOB_ENDED;
import static org.condatainer.lock.Rule.JOB_NOT_ENDED;
import static org.condatainer.lock.Rule.JOURNAL;
import static org.condatainer.lock.Rule.LEASE_LEFT;
import static org.condatainer.lock.Rule.LOCKS_STAY;
import static org.condatainer.lock.Rule.LOCK_FREE;
import static org.condatainer.lock.Rule.MACHINE_LIVES;
import static org.condatainer.lock.Rule.MOUNTED_BEFORE;
import static org.condatainer.lock.Rule.MOUNTED_SINCE;
import static org.condatainer.lock.Rule.NODE_LOST;
import static org.condatainer.lock.Rule.NOT_AVAILABLE;
import static org.condatainer.lock.Rule.NOT_HELD_TOGETHER;
import static org.condatainer.lock.Rule.NOT_UNMOUNTED;
import static org.condatainer.lock.Rule.NO_LEASE;
import static org.condatainer.lock.Rule.NO_PROCESS;
import static org.condatainer.lock.Rule.ORPHAN;
import static org.condatainer.lock.Rule.OTHER_JOB;
import static org.condatainer.lock.Rule.OTHER_MACHINE;
import static org.condatainer.lock.Rule.REBOOTED;
import static org.condatainer.lock.Rule.TAGGED_JOB;
import static org.condatainer.lock.Rule.WRITER_ALIVE;
import static org.condatainer.lock.Rule.WRITER_GONE;
import static org.condatainer.lock.Rule.WRITTEN_SINCE;
import static org.condatainer.lock.Verdict.State.DIRTY;
import static org.condatainer.lock.Verdict.State.FREE;
import static org.condatainer.lock.Verdict.State.IN_USE;
import static org.condatainer.lock.Verdict.State.STALE;
import static org.condatainer.lock.Verdict.State.UNKNOWN;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.scheduler.ProcessTracking.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows from which evidence. */
class VerdictTest {
  private static final Instant LONG_AGO = SINCE.minusSeconds(1_000_000);

  private static Found found() {
    return new Found();
  }

  private static Arguments row(String name, Found found, Verdict.State state, Rule... rules) {
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

  static Stream<Arguments> heldElsewhere() {
    JobState absent = new JobState.Absent("squeue and sacct");
    return Stream.of(
        row("no lease", found().heldElsewhere(), UNKNOWN, NO_LEASE),
        row(
            "no lease, and a queue that is silent",
            found().heldElsewhere().taggedSilent(),
            UNKNOWN,
            NOT_AVAILABLE,
            NO_LEASE),
        row("lease by hand", found().heldElsewhere().lease(false), UNKNOWN, OTHER_MACHINE),
        row("no answer", leased().jobSilent(), UNKNOWN, NOT_AVAILABLE),
        row(
            "controller down",
            leased().job(new JobState.Unavailable("slurmctld is down")),
            UNKNOWN,
            NOT_AVAILABLE),
        row("cancelled", leased().job(ended(Outcome.CANCELLED, END)), STALE, JOB_ENDED),
        row(
            "ended, in the run of the lease",
            leased().job(ended(Outcome.FAILED, END)).started(SINCE.minusSeconds(5)),
            STALE,
            JOB_ENDED),
        row(
            "put back from a lost node, and another run of it has ended",
            leased().job(ended(Outcome.FAILED, END)).started(SINCE.plusSeconds(300)),
            UNKNOWN,
            OTHER_JOB),
        row(
            "ended, and who uses the image could not be asked",
            leased().job(ended(Outcome.CANCELLED, END)).taggedSilent(),
            UNKNOWN,
            JOB_ENDED,
            NOT_AVAILABLE),
        row(
            "ended, but written to since",
            leased().job(ended(Outcome.CANCELLED, END)).written(END.plusSeconds(600)),
            UNKNOWN,
            JOB_ENDED,
            WRITTEN_SINCE),
        row(
            "ended, but mounted again at once",
            leased().job(ended(Outcome.CANCELLED, END)).mounted(END),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "ended, but mounted by somebody else while it still ran",
            leased().job(ended(Outcome.CANCELLED, END)).mounted(SINCE.plusSeconds(180)),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "ended, and mounted by itself alone",
            leased().job(ended(Outcome.CANCELLED, END)).mounted(SINCE.plusSeconds(20)),
            STALE,
            JOB_ENDED),
        row(
            "an id that was used again: another's job runs",
            leased().job(alive(Phase.RUNNING), "squeue", true, "berta", SINCE),
            UNKNOWN,
            OTHER_JOB),
        row(
            "ended, but another job runs with it",
            leased().job(ended(Outcome.CANCELLED, END)).tagged(Phase.RUNNING, WRITE),
            IN_USE,
            TAGGED_JOB,
            JOB_ENDED),
        row(
            "cancelled, and its node answers",
            leased().nodeState("IDLE", true, LONG_AGO).job(ended(Outcome.CANCELLED, END)),
            STALE,
            JOB_ENDED),
        row(
            "cancelled, and its node does not answer",
            leased().nodeState("DOWN", false, LONG_AGO).job(ended(Outcome.CANCELLED, END)),
            UNKNOWN,
            NODE_LOST),
        row(
            "its time was over, and its node does not answer",
            leased().nodeState("DOWN", false, LONG_AGO).job(ended(Outcome.TIMED_OUT, END)),
            UNKNOWN,
            NODE_LOST),
        row(
            "cancelled, and nobody tells whether its node answers",
            leased().nodesSilent().job(ended(Outcome.CANCELLED, END)),
            UNKNOWN,
            NOT_AVAILABLE),
        row(
            "ended by itself, and its node was lost later",
            leased().nodeState("DOWN", false, LONG_AGO).job(ended(Outcome.FAILED, END)),
            STALE,
            JOB_ENDED),
        row(
            "node lost, and the scheduler says that it was started again",
            leased()
                .nodeState("IDLE", true, END.plusSeconds(300))
                .job(ended(Outcome.NODE_FAILED, END)),
            STALE,
            REBOOTED,
            NODE_LOST),
        row(
            "node lost, and started again before the lease",
            leased()
                .nodeState("IDLE", true, SINCE.minusSeconds(300))
                .job(ended(Outcome.NODE_FAILED, END)),
            UNKNOWN,
            NODE_LOST),
        row("node lost", leased().job(ended(Outcome.NODE_FAILED, END)), UNKNOWN, NODE_LOST),
        row(
            "node lost and started again",
            leased().job(ended(Outcome.NODE_FAILED, END)).node(Writer.REBOOTED, false),
            STALE,
            REBOOTED,
            NODE_LOST),
        row(
            "an id that was used again: ended before the lease",
            leased().job(ended(Outcome.FAILED, SINCE.minusSeconds(9000))),
            UNKNOWN,
            OTHER_JOB),
        row(
            "an id that was used again: submitted after the lease",
            leased()
                .job(ended(Outcome.FAILED, END), "sacct", true, "anna", SINCE.plusSeconds(9000)),
            UNKNOWN,
            OTHER_JOB),
        row(
            "an id that was used again: another's job",
            leased().job(ended(Outcome.FAILED, END), "sacct", true, "berta", SINCE),
            UNKNOWN,
            OTHER_JOB),
        row(
            "purged, the accounting agrees",
            leased().job(absent, "squeue, sacct", true, "anna", SINCE),
            STALE,
            JOB_ABSENT),
        row(
            "purged, no accounting",
            leased().job(absent, "squeue", false, "anna", SINCE),
            UNKNOWN,
            ABSENT_UNPROVEN),
        row(
            "purged, the accounting did not answer",
            leased().job(absent, "squeue", true, "anna", SINCE),
            UNKNOWN,
            ABSENT_UNPROVEN),
        row(
            "absent, but another user's queue may be private",
            leased().askedBy("berta").job(absent, "squeue, sacct", true, "anna", SINCE),
            UNKNOWN,
            ABSENT_UNPROVEN),
        row(
            "absent for root",
            leased().askedBy("root").job(absent, "squeue, sacct", true, "anna", SINCE),
            STALE,
            JOB_ABSENT),
        row(
            "by hand, its machine was started again",
            found().heldElsewhere().lease(false).writer(Writer.REBOOTED),
            STALE,
            REBOOTED),
        row(
            "its machine was started again, and another has mounted it",
            found()
                .heldElsewhere()
                .lease(false)
                .writer(Writer.REBOOTED)
                .mounted(SINCE.plusSeconds(180)),
            UNKNOWN,
            REBOOTED,
            MOUNTED_SINCE),
        row(
            "by hand here, and gone",
            found().heldElsewhere().lease(false).writer(Writer.GONE),
            STALE,
            WRITER_GONE),
        row(
            "by hand, in another pid namespace",
            found().heldElsewhere().lease(false).writer(Writer.NOT_VISIBLE),
            UNKNOWN),
        row(
            "gone here, and the scheduler does not answer",
            leased().writer(Writer.GONE).jobSilent(),
            UNKNOWN,
            WRITER_GONE,
            NOT_AVAILABLE),
        row(
            "its job runs, the node shows the process",
            leased().job(alive(Phase.RUNNING)).node(Writer.ALIVE, true),
            IN_USE,
            HOLDER_ON_NODE,
            JOB_NOT_ENDED,
            WRITER_ALIVE));
  }

  static Stream<Arguments> outlived() {
    JobState absent = new JobState.Absent("squeue and sacct");
    return Stream.of(
        row(
            "ended, but on NFSv4 who has a lock is alive",
            leasedToEnded().locksEnd().tracking("proctrack/cgroup", Kind.WHOLE),
            UNKNOWN,
            JOB_ENDED,
            MACHINE_LIVES),
        row(
            "absent, but on NFSv4 who has a lock is alive",
            leased().locksEnd().job(absent, "squeue, sacct", true, "anna", SINCE),
            UNKNOWN,
            JOB_ABSENT,
            MACHINE_LIVES),
        row(
            "its machine was started again, but on NFSv4 its lock would be gone",
            found().heldElsewhere().locksEnd().lease(false).writer(Writer.REBOOTED),
            UNKNOWN,
            REBOOTED,
            MACHINE_LIVES),
        row(
            "no lease on NFSv4",
            found().heldElsewhere().locksEnd(),
            UNKNOWN,
            NO_LEASE,
            MACHINE_LIVES),
        row(
            "its job runs, on NFSv4",
            leased().locksEnd().job(alive(Phase.RUNNING)),
            IN_USE,
            JOB_NOT_ENDED),
        row(
            "an orphan here, on NFSv4",
            found().locksEnd().heldHere(WRITE).process("orphan"),
            STALE,
            ORPHAN),
        row(
            "ended, its processes held together",
            leasedToEnded().tracking("proctrack/cgroup", Kind.WHOLE),
            STALE,
            JOB_ENDED),
        row(
            "ended, and the scheduler does not tell how it follows processes",
            leasedToEnded().tracking("", Kind.NOT_KNOWN),
            STALE,
            JOB_ENDED),
        row(
            "ended, its processes not held together",
            leasedToEnded().tracking("proctrack/pgid", Kind.PARTIAL),
            UNKNOWN,
            JOB_ENDED,
            NOT_HELD_TOGETHER),
        row(
            "absent, its processes not held together",
            leased()
                .job(absent, "squeue, sacct", true, "anna", SINCE)
                .tracking("proctrack/pgid", Kind.PARTIAL),
            UNKNOWN,
            JOB_ABSENT,
            NOT_HELD_TOGETHER),
        row(
            "ended, and how it follows processes could not be asked",
            leasedToEnded().trackingSilent(),
            UNKNOWN,
            JOB_ENDED,
            NOT_AVAILABLE),
        row(
            "node lost and started again, whose processes are not held together",
            leased()
                .nodeState("IDLE", true, END.plusSeconds(300))
                .job(Found.ended(Outcome.NODE_FAILED, END))
                .tracking("proctrack/pgid", Kind.PARTIAL),
            STALE,
            REBOOTED,
            NODE_LOST),
        row(
            "ended where locks stay, its processes not held together",
            leasedToEnded()
                .free()
                .locksStay()
                .superblock(0, 2)
                .tracking("proctrack/pgid", Kind.PARTIAL),
            UNKNOWN,
            JOB_ENDED,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            LOCKS_STAY,
            NOT_HELD_TOGETHER),
        row(
            "an orphan here where locks stay, and the lease of another machine's ended job",
            leasedToEnded()
                .heldHere(WRITE)
                .process("orphan")
                .locksStay()
                .tracking("proctrack/pgid", Kind.PARTIAL),
            UNKNOWN,
            ORPHAN,
            JOB_ENDED,
            LOCKS_STAY,
            NOT_HELD_TOGETHER),
        row(
            "free, whatever outlived its job: the lock decides",
            leasedToEnded().free().tracking("proctrack/pgid", Kind.PARTIAL),
            FREE,
            JOB_ENDED,
            LOCK_FREE,
            LEASE_LEFT));
  }

  private static Found leasedToEnded() {
    return leased().job(Found.ended(Outcome.CANCELLED, END));
  }

  /** Without the count, or with an earlier version's lease, the time alone tells: see above. */
  static Stream<Arguments> mounted() {
    Instant soon = SINCE.plusSeconds(20);
    Instant late = SINCE.plusSeconds(600);
    return Stream.of(
        row("its own, late", endedWith("5", own(6, late)).mounted(6, late), STALE, JOB_ENDED),
        row(
            "its own, and another's at once",
            endedWith("5", own(6, soon)).mounted(7, soon.plusSeconds(5)),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "its own, and another's within the second",
            endedWith("5", own(6, soon)).mounted(7, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "its own, checked since",
            endedWith("5", own(6, soon)).mounted(0, soon),
            STALE,
            JOB_ENDED),
        row(
            "its own, then checked and mounted by another",
            endedWith("0", own(1, soon)).mounted(1, soon.plusSeconds(9)),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row("one that it does not tell of", endedWith("5", "").mounted(6, soon), STALE, JOB_ENDED),
        row(
            "one that it does not tell of, late: it may be another's",
            endedWith("5", "").mounted(6, late),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "two at once, of which it does not tell",
            endedWith("5", "").mounted(7, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row("none", endedWith("5", "").mounted(5, LONG_AGO), STALE, JOB_ENDED),
        row("fewer: checked since", endedWith("5", "").mounted(1, soon), STALE, JOB_ENDED),
        row("fewer, late", endedWith("5", "").mounted(1, late), UNKNOWN, JOB_ENDED, MOUNTED_SINCE),
        row(
            "its own, over the end",
            endedWith("65535", own(0, soon)).mounted(0, soon),
            STALE,
            JOB_ENDED),
        row("over the end", endedWith("65535", "").mounted(0, soon), STALE, JOB_ENDED),
        row("nonsense", endedWith("-1", "6 soon").mounted(9, soon), STALE, JOB_ENDED));
  }

  private static Found endedWith(String mounts, String own) {
    return leased().leaseTells(mounts, own).job(ended(Outcome.CANCELLED, END));
  }

  private static String own(int count, Instant time) {
    return new WriteMount(count, time).text();
  }

  private static Found leased() {
    return found().heldElsewhere().lease(true);
  }

  private static JobState alive(Phase phase) {
    return new JobState.Alive(phase, phase.toString(), "");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"free", "heldHere", "heldElsewhere", "outlived", "mounted"})
  void verdictFollowsFromTheRules(
      String name, Evidence evidence, Verdict.State state, List<Rule> rules) {
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
