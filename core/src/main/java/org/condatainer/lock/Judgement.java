package org.condatainer.lock;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobState;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.condatainer.lock.Verdict.Ruling;
import org.condatainer.overlay.Superblock;
import org.condatainer.scheduler.ProcessTracking;

/**
 * Comes from evidence to a verdict. What is not known is never taken for what one hopes: each step
 * that ends in {@code stale} needs a rule that proves it, and no rule that holds.
 */
final class Judgement {
  private final Evidence evidence;
  private final Optional<ImageLock> lock;
  private final List<Ruling> rulings = new ArrayList<>();

  Judgement(Evidence evidence) {
    this.evidence = evidence;
    this.lock = evidence.lock().value();
  }

  Verdict verdict() {
    State state = lock.map(ImageLock::state).orElse(State.UNKNOWN);
    boolean held = state == State.HELD_FOR_READING || state == State.HELD_FOR_WRITING;
    Place place = lock.map(ImageLock::place).orElse(Place.NOWHERE);
    new WriterProof(evidence, rulings).gather();
    mountedSince();
    tagged();
    if (held && place == Place.HERE) {
      return heldHere();
    }
    if (held) {
      return heldElsewhere();
    }
    return state == State.FREE ? free() : notRead();
  }

  /** This machine's kernel tells all there is, but for processes that may not be looked into. */
  private Verdict heldHere() {
    Optional<HostEvidence> host = evidence.host().value();
    if (host.isEmpty()) {
      unavailable("this machine's processes", evidence.host());
      return verdict(holds() ? Verdict.State.IN_USE : Verdict.State.UNKNOWN);
    }
    LockHolders holders = host.get().holders();
    if (host.get().hasLiveHolder()) {
      rule(Rule.HOLDER_HERE, processes(holders, false));
      return verdict(Verdict.State.IN_USE);
    }
    if (!holders.holders().isEmpty()) {
      // Beside a helper that reads, others may read whom one does not see.
      boolean shared = lock.get().state() == State.HELD_FOR_READING && holders.unseen() > 0;
      rule(Rule.ORPHAN, processes(holders, true));
      if (shared) {
        rule(Rule.HIDDEN, "others may read it too");
      }
      if (holds()) {
        return verdict(Verdict.State.IN_USE);
      }
      return verdict(shared || mayBeUsedElsewhere() ? Verdict.State.UNKNOWN : Verdict.State.STALE);
    }
    if (holders.unseen() > 0) {
      rule(Rule.HIDDEN, holders.unseen() + " processes of others were not looked into");
    } else {
      rule(
          Rule.NO_PROCESS,
          holders.loopDevices().isEmpty() ? "" : "kept open by " + holders.loopDevices());
    }
    return verdict(holds() ? Verdict.State.IN_USE : Verdict.State.UNKNOWN);
  }

  /** A lock that is seen here alone says nothing of other machines; the lease may. */
  private boolean mayBeUsedElsewhere() {
    Optional<ImageFile> file = evidence.file().value();
    if (file.isEmpty() || file.get().mount().locksReachOtherNodes()) {
      return false;
    }
    rule(Rule.LOCKS_STAY, file.get().mount().type());
    taggedSilent();
    outlived();
    return !leaseIsLeft(evidence, rulings) || !proved();
  }

  private Verdict heldElsewhere() {
    if (holds()) {
      return verdict(Verdict.State.IN_USE);
    }
    taggedSilent();
    if (evidence
        .file()
        .value()
        .filter(file -> file.mount().locksEndWithTheirMachine())
        .isPresent()) {
      rule(Rule.MACHINE_LIVES, "NFSv4");
    }
    outlived();
    if (evidence.knownLease().isEmpty()) {
      if (evidence.lease() instanceof Answer.Unavailable<Optional<Lease>> silent) {
        rule(Rule.NOT_AVAILABLE, "the lease: " + silent.why());
      } else {
        rule(Rule.NO_LEASE, "");
      }
      return verdict(Verdict.State.UNKNOWN);
    }
    return verdict(proved() ? Verdict.State.STALE : Verdict.State.UNKNOWN);
  }

  private Verdict free() {
    rule(Rule.LOCK_FREE, "");
    if (holds()) {
      return verdict(Verdict.State.IN_USE);
    }
    Optional<ImageFile> file = evidence.file().value();
    if (file.isEmpty()) {
      unavailable("the image's file", evidence.file());
      return verdict(Verdict.State.UNKNOWN);
    }
    Verdict.State condition = condition(file.get().superblock());
    boolean leased = evidence.knownLease().isPresent();
    if (leased) {
      rule(Rule.LEASE_LEFT, "");
    }
    if (!file.get().mount().locksReachOtherNodes()) {
      rule(Rule.LOCKS_STAY, file.get().mount().type());
      taggedSilent();
      outlived();
      boolean dirty = condition == Verdict.State.DIRTY;
      boolean suspect = leased ? !proved() || (dirty && mountedBefore()) : dirty;
      if (evidence.lease() instanceof Answer.Unavailable<Optional<Lease>>) {
        unavailable("the lease", evidence.lease());
        suspect = true;
      }
      if (suspect) {
        return verdict(Verdict.State.UNKNOWN);
      }
    }
    return verdict(condition);
  }

  /** Whether it is another's mount that was not taken down: its lease may have been replaced. */
  private boolean mountedBefore() {
    Optional<Instant> mounted =
        evidence.file().value().flatMap(ImageFile::superblock).flatMap(Superblock::lastMounted);
    boolean before =
        mounted.isPresent() && mounted.get().isBefore(evidence.knownLease().orElseThrow().since());
    if (before) {
      rule(Rule.MOUNTED_BEFORE, mounted.get().toString());
    }
    return before;
  }

  /** Whether a free image can be mounted as it is. */
  private Verdict.State condition(Optional<Superblock> superblock) {
    if (superblock.isEmpty()) {
      return Verdict.State.FREE;
    }
    if (superblock.get().interrupted()) {
      rule(Rule.ERRORS, "");
    }
    if (superblock.get().journalNeedsRecovery()) {
      rule(Rule.JOURNAL, "");
    } else if (superblock.get().needsRecovery()) {
      rule(Rule.NOT_UNMOUNTED, "");
    }
    return superblock.get().clean() ? Verdict.State.FREE : Verdict.State.DIRTY;
  }

  private Verdict notRead() {
    String why = lock.map(ImageLock::detail).orElse("");
    if (evidence.lock() instanceof Answer.Unavailable<ImageLock> silent) {
      why = silent.why();
    }
    rule(Rule.NOT_AVAILABLE, "the lock: " + why);
    return verdict(holds() ? Verdict.State.IN_USE : Verdict.State.UNKNOWN);
  }

  private void tagged() {
    for (TaggedJob tagged : evidence.tagged().value().orElse(List.of())) {
      if (tagged.holds() && tagged.job().state() instanceof JobState.Alive alive) {
        rule(
            Rule.TAGGED_JOB,
            tagged.scheduler() + " job " + tagged.job().id() + " (" + alive.word() + ")");
      }
    }
  }

  /**
   * Whether it is proved that the writer of the lease is gone. A free lock is no proof: the lease
   * is written before the lock is taken, and between them a base image may be fetched.
   */
  static boolean leaseIsLeft(Evidence evidence, List<Ruling> rulings) {
    for (Ruling ruling : rulings) {
      if (ruling.rule() == Rule.JOB_ENDED
          || ruling.rule() == Rule.JOB_ABSENT
          || ruling.rule() == Rule.REBOOTED) {
        return true;
      }
    }
    return isGone(evidence.host()) || isGone(evidence.node());
  }

  private static boolean isGone(Answer<HostEvidence> machine) {
    Writer writer = machine.value().map(HostEvidence::writer).orElse(Writer.NOT_VISIBLE);
    return writer == Writer.GONE || writer == Writer.REBOOTED;
  }

  /**
   * Where nothing but the end of a job speaks for the end of its processes on another machine: that
   * is no proof with a scheduler which loses some.
   */
  private void outlived() {
    boolean ended = false;
    for (Ruling ruling : rulings) {
      boolean word = ruling.rule() == Rule.JOB_ENDED || ruling.rule() == Rule.JOB_ABSENT;
      if (ruling.rule().proves() && ruling.rule() != Rule.ORPHAN && !word) {
        return;
      }
      ended |= word;
    }
    if (!ended) {
      return;
    }
    if (evidence.tracking() instanceof Answer.Unavailable<ProcessTracking> silent) {
      rule(Rule.NOT_AVAILABLE, silent.why());
    }
    evidence
        .tracking()
        .value()
        .filter(tracking -> tracking.kind() == ProcessTracking.Kind.PARTIAL)
        .ifPresent(tracking -> rule(Rule.NOT_HELD_TOGETHER, tracking.word()));
  }

  private void taggedSilent() {
    if (evidence.tagged() instanceof Answer.Unavailable<List<TaggedJob>> silent) {
      rule(Rule.NOT_AVAILABLE, "jobs that use the image: " + silent.why());
    }
  }

  /**
   * Whoever mounts an image without a lease leaves the old one as it is. Each writable mount is
   * counted in the superblock, and writes its time there.
   */
  private void mountedSince() {
    Optional<WriteMount> latest =
        evidence.file().value().flatMap(ImageFile::superblock).flatMap(WriteMount::of);
    if (latest.isEmpty() || rulings.stream().noneMatch(ruling -> ruling.rule().proves())) {
      return;
    }
    Lease lease = evidence.knownLease().orElseThrow();
    boolean another =
        lease
            .mounted()
            .map(own -> !own.isStill(latest.get()))
            .orElseGet(() -> isNotTheFirst(lease, latest.get()) || isLate(lease, latest.get()));
    if (another) {
      rule(Rule.MOUNTED_SINCE, latest.get().time().toString());
    }
  }

  /** The lease's own mount is the first after it; whose a first one is, the count does not tell. */
  private static boolean isNotTheFirst(Lease lease, WriteMount latest) {
    return lease.mounts().isPresent() && latest.count() > lease.mounts().getAsInt() + 1;
  }

  /** Whether it is too late for a mount by who wrote the lease. */
  private boolean isLate(Lease lease, WriteMount mount) {
    Instant latest = lease.since().plus(JobProof.CLOCKS);
    if (rulings.stream().anyMatch(ruling -> ruling.rule() == Rule.JOB_ENDED)
        && evidence.job().value().get().job().state() instanceof JobState.Ended ended
        && ended.endTime().isPresent()
        && ended.endTime().get().isBefore(latest)) {
      // both in whole seconds
      latest = ended.endTime().get().minusSeconds(1);
    }
    return mount.time().isAfter(latest);
  }

  private boolean holds() {
    return rulings.stream().anyMatch(ruling -> ruling.rule().holds());
  }

  private boolean proved() {
    boolean proof = false;
    for (Ruling ruling : rulings) {
      proof |= ruling.rule().proves();
      if (ruling.rule() == Rule.WRITTEN_SINCE
          || ruling.rule() == Rule.MOUNTED_SINCE
          || ruling.rule() == Rule.MACHINE_LIVES
          || ruling.rule() == Rule.NOT_HELD_TOGETHER
          || ruling.rule() == Rule.NOT_AVAILABLE
          || ruling.rule().holds()) {
        return false;
      }
    }
    return proof;
  }

  private static String processes(LockHolders holders, boolean orphan) {
    StringBuilder text = new StringBuilder();
    for (LockHolder holder : holders.holders()) {
      if (holder.orphan() == orphan) {
        text.append(text.isEmpty() ? "" : ", ");
        text.append(holder.program()).append(' ').append(holder.pid());
        text.append(holder.suspended() ? " (suspended)" : "");
      }
    }
    return text.toString();
  }

  private void unavailable(String source, Answer<?> answer) {
    String why = answer instanceof Answer.Unavailable<?> silent ? silent.why() : "not asked";
    rule(Rule.NOT_AVAILABLE, source + ": " + why);
  }

  private void rule(Rule rule, String detail) {
    rulings.add(new Ruling(rule, detail));
  }

  private Verdict verdict(Verdict.State state) {
    Optional<LockMode> mode = Optional.empty();
    State found = lock.map(ImageLock::state).orElse(State.UNKNOWN);
    if (found == State.HELD_FOR_READING) {
      mode = Optional.of(LockMode.READ);
    } else if (found == State.HELD_FOR_WRITING) {
      mode = Optional.of(LockMode.WRITE);
    } else if (state == Verdict.State.IN_USE) {
      mode = Optional.of(LockMode.READ);
      boolean writer = evidence.knownLease().isPresent();
      for (TaggedJob tagged : evidence.tagged().value().orElse(List.of())) {
        writer |= tagged.holds() && tagged.mode() == LockMode.WRITE;
      }
      if (writer) {
        mode = Optional.of(LockMode.WRITE);
      }
    }
    rulings.sort(Comparator.comparingInt(ruling -> ruling.rule().number()));
    return new Verdict(state, mode, rulings);
  }

  /** What became of the writer that the lease names. */
  private record WriterProof(Evidence evidence, List<Ruling> rulings) {
    void gather() {
      Optional<Lease> lease = evidence.knownLease();
      if (lease.isEmpty()) {
        return;
      }
      boolean seen = machine(evidence.host(), false);
      seen |= machine(evidence.node(), true);
      if (evidence.job() instanceof Answer.Said<Evidence.LeaseJob> said) {
        new JobProof(evidence, lease.get(), said.answer()).ruling(rulings);
      } else if (evidence.job() instanceof Answer.Unavailable<Evidence.LeaseJob> silent) {
        rulings.add(new Ruling(Rule.NOT_AVAILABLE, silent.why()));
      } else if (!seen) {
        rulings.add(new Ruling(Rule.OTHER_MACHINE, lease.get().host()));
      }
    }

    /** What the machine of the lease shows; whether it is that machine. */
    private boolean machine(Answer<HostEvidence> answer, boolean node) {
      if (answer.value().isEmpty()) {
        return false;
      }
      HostEvidence seen = answer.value().get();
      String host = seen.machine().host();
      if (node && seen.hasLiveHolder()) {
        rulings.add(new Ruling(Rule.HOLDER_ON_NODE, host));
      }
      switch (seen.writer()) {
        case REBOOTED -> rulings.add(new Ruling(Rule.REBOOTED, host));
        case ALIVE -> rulings.add(new Ruling(Rule.WRITER_ALIVE, host));
        case GONE -> {
          if (!seen.hasLiveHolder() && seen.listed().isEmpty()) {
            rulings.add(new Ruling(Rule.WRITER_GONE, host));
          }
        }
        default -> {
          // says nothing
        }
      }
      return seen.writer() != Writer.NOT_OF_HERE;
    }
  }
}
