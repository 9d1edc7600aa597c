package org.condatainer.lock;

import static org.condatainer.lock.Found.END;
import static org.condatainer.lock.Found.SINCE;
import static org.condatainer.lock.Found.ended;
import static org.condatainer.lock.LockMode.WRITE;
import static org.condatainer.lock.Rule.ABSENT_UNPROVEN;
import static org.condatainer.lock.Rule.HOLDER_ON_NODE;
import static org.condatainer.lock.Rule.JOB_ABSENT;
import static org.condatainer.lock.Rule.JOB_ENDED;
import static org.condatainer.lock.Rule.JOB_NOT_ENDED;
import static org.condatainer.lock.Rule.LEASE_LEFT;
import static org.condatainer.lock.Rule.LOCKS_STAY;
import static org.condatainer.lock.Rule.LOCK_FREE;
import static org.condatainer.lock.Rule.MACHINE_LIVES;
import static org.condatainer.lock.Rule.MOUNTED_SINCE;
import static org.condatainer.lock.Rule.NODE_LOST;
import static org.condatainer.lock.Rule.NOT_AVAILABLE;
import static org.condatainer.lock.Rule.NOT_HELD_TOGETHER;
import static org.condatainer.lock.Rule.NOT_UNMOUNTED;
import static org.condatainer.lock.Rule.NO_LEASE;
import static org.condatainer.lock.Rule.ORPHAN;
import static org.condatainer.lock.Rule.OTHER_JOB;
import static org.condatainer.lock.Rule.OTHER_MACHINE;
import static org.condatainer.lock.Rule.REBOOTED;
import static org.condatainer.lock.Rule.TAGGED_JOB;
import static org.condatainer.lock.Rule.WRITER_ALIVE;
import static org.condatainer.lock.Rule.WRITER_GONE;
import static org.condatainer.lock.Rule.WRITTEN_SINCE;
import static org.condatainer.lock.Verdict.State.FREE;
import static org.condatainer.lock.Verdict.State.IN_USE;
import static org.condatainer.lock.Verdict.State.STALE;
import static org.condatainer.lock.Verdict.State.UNKNOWN;
import static org.condatainer.lock.VerdictTest.alive;
import static org.condatainer.lock.VerdictTest.found;
import static org.condatainer.lock.VerdictTest.leased;
import static org.condatainer.lock.VerdictTest.row;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.scheduler.ProcessTracking.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is known of a writer on another machine, and what follows from it. */
class WriterProofTest {
  private static final Instant LONG_AGO = SINCE.minusSeconds(1_000_000);

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
            "ended where locks stay, not unmounted, and the scheduler does not tell",
            leasedToEnded().free().locksStay().superblock(0, 2).tracking("", Kind.NOT_KNOWN),
            UNKNOWN,
            JOB_ENDED,
            LOCK_FREE,
            NOT_UNMOUNTED,
            LEASE_LEFT,
            LOCKS_STAY,
            NOT_HELD_TOGETHER),
        row(
            "ended where locks stay, unmounted, and the scheduler does not tell",
            leasedToEnded().free().locksStay().tracking("", Kind.NOT_KNOWN),
            FREE,
            JOB_ENDED,
            LOCK_FREE,
            LEASE_LEFT,
            LOCKS_STAY),
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
        row(
            "over the end, and another's at once",
            endedWith("65535", "").mounted(1, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "two before the end is over",
            endedWith("65534", "").mounted(0, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "its own the last before the end, and another's within the second",
            endedWith("65534", own(65535, soon)).mounted(0, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row(
            "fewer, and two: checked since, and one of them another's",
            endedWith("5", "").mounted(2, soon),
            UNKNOWN,
            JOB_ENDED,
            MOUNTED_SINCE),
        row("nonsense", endedWith("-1", "6 soon").mounted(9, soon), STALE, JOB_ENDED));
  }

  private static Found endedWith(String mounts, String own) {
    return leased().leaseTells(mounts, own).job(ended(Outcome.CANCELLED, END));
  }

  private static String own(int count, Instant time) {
    return new WriteMount(count, time).text();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"heldElsewhere", "outlived", "mounted"})
  void verdictFollowsFromTheRules(
      String name, Evidence evidence, Verdict.State state, List<Rule> rules) {
    VerdictTest.assertFollows(name, evidence, state, rules);
  }
}
