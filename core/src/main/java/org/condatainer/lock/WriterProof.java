package org.condatainer.lock;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobState;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.lock.Verdict.Ruling;
import org.condatainer.scheduler.ProcessTracking;

/** What became of the writer that the lease names. */
record WriterProof(Evidence evidence, List<Ruling> rulings) {
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
    mountedSince(lease.get());
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

  /**
   * Whoever mounts an image without a lease leaves the old one as it is. Each writable mount is
   * counted in the superblock, and writes its time there.
   */
  private void mountedSince(Lease lease) {
    Optional<WriteMount> latest =
        evidence.file().value().flatMap(ImageFile::superblock).flatMap(WriteMount::of);
    if (latest.isEmpty() || rulings.stream().noneMatch(ruling -> ruling.rule().proves())) {
      return;
    }
    boolean another =
        lease
            .mounted()
            .map(own -> !own.isStill(latest.get()))
            .orElseGet(() -> isNotTheFirst(lease, latest.get()) || isLate(lease, latest.get()));
    if (another) {
      rulings.add(new Ruling(Rule.MOUNTED_SINCE, latest.get().time().toString()));
    }
  }

  /** The lease's own mount is the first after it; whose a first one is, the count does not tell. */
  private static boolean isNotTheFirst(Lease lease, WriteMount latest) {
    return lease.mounts().isPresent() && latest.isSecondSince(lease.mounts().getAsInt());
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

  /**
   * Where nothing but the end of a job speaks for the end of its processes on another machine: that
   * is no proof with a scheduler which loses some.
   *
   * @param repaired whether a release would repair the image itself, without the lock on it that
   *     such a process has: then it is none either if the scheduler does not tell, as a FUSE helper
   *     that was left is enough to write over the repair
   */
  void mayHaveOutlivedItsJob(boolean repaired) {
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
      rulings.add(new Ruling(Rule.NOT_AVAILABLE, silent.why()));
    }
    evidence
        .tracking()
        .value()
        .filter(
            tracking ->
                tracking.kind() == ProcessTracking.Kind.PARTIAL
                    || (repaired && tracking.kind() == ProcessTracking.Kind.NOT_KNOWN))
        .ifPresent(tracking -> rulings.add(new Ruling(Rule.NOT_HELD_TOGETHER, tracking.word())));
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
}
