package org.condatainer.lock;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobState;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.condatainer.lock.Verdict.Ruling;
import org.condatainer.overlay.Superblock;

/**
 * Comes from evidence to a verdict. What is not known is never taken for what one hopes: each step
 * that ends in {@code stale} needs a rule that proves it, and no rule that holds.
 */
final class Judgement {
  private final Evidence evidence;
  private final Optional<ImageLock> lock;
  private final List<Ruling> rulings = new ArrayList<>();
  private final WriterProof writer;

  Judgement(Evidence evidence) {
    this.evidence = evidence;
    this.writer = new WriterProof(evidence, rulings);
    this.lock = evidence.lock().value();
  }

  Verdict verdict() {
    State state = lock.map(ImageLock::state).orElse(State.UNKNOWN);
    boolean held = state == State.HELD_FOR_READING || state == State.HELD_FOR_WRITING;
    Place place = lock.map(ImageLock::place).orElse(Place.NOWHERE);
    writer.gather();
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
    writer.mayHaveOutlivedItsJob(isUnclean(file.get()));
    return !WriterProof.leaseIsLeft(evidence, rulings) || !proved();
  }

  private static boolean isUnclean(ImageFile file) {
    return file.superblock().filter(superblock -> !superblock.clean()).isPresent();
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
    writer.mayHaveOutlivedItsJob(false);
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
      writer.mayHaveOutlivedItsJob(isUnclean(file.get()));
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

  private void taggedSilent() {
    if (evidence.tagged() instanceof Answer.Unavailable<List<TaggedJob>> silent) {
      rule(Rule.NOT_AVAILABLE, "jobs that use the image: " + silent.why());
    }
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
}
