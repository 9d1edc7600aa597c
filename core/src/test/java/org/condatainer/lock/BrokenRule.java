package org.condatainer.lock;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.lock.Evidence.Asker;
import org.condatainer.lock.Evidence.LeaseJob;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.lock.ImageMount.Reach;

/**
 * A mistake in the rules of proof, as what it makes of evidence: a rule that passes something over
 * is a rule that is not shown it. The model must find each of them.
 *
 * @param name the mistake, in words
 * @param passedOver evidence as the broken rule takes it
 */
record BrokenRule(String name, UnaryOperator<Evidence> passedOver) {
  /** The rules as they are. */
  static final BrokenRule NONE = new BrokenRule("none", found -> found);

  private static final Instant LATE = Instant.parse("2099-01-01T00:00:00Z");

  private interface OfJob {
    LeaseJob of(Lease lease, LeaseJob said);
  }

  /**
   * All that the model can find. That a tag is passed over is not among them: it is a second guard,
   * of those whose lease is there too.
   */
  static List<BrokenRule> all() {
    return List.of(
        new BrokenRule(
            "another job under that id", found -> withJob(found, BrokenRule::asTheLeases)),
        new BrokenRule("another run of that job", found -> withJob(found, BrokenRule::ofThatRun)),
        new BrokenRule(
            "a suspended job has ended", found -> ended(found, JobState.Phase.SUSPENDED)),
        new BrokenRule(
            "a completing job has ended", found -> ended(found, JobState.Phase.COMPLETING)),
        new BrokenRule("a lost node is an end", found -> withState(found, BrokenRule::inOrder)),
        new BrokenRule(
            "a job that is cancelled on a lost node has ended",
            found -> withJob(found, (lease, said) -> withoutNodes(said))),
        new BrokenRule(
            "absent from the queue is an end",
            found -> withJob(found, (lease, said) -> known(said, "squeue, sacct"))),
        new BrokenRule(
            "absent from a private queue is an end",
            found -> asked(found, new Asker("root", true))),
        new BrokenRule(
            "a silent controller knows no job",
            found ->
                found.job() instanceof Answer.Said<LeaseJob> said
                        && said.answer().job().state() instanceof JobState.Unavailable
                    ? withState(found, state -> late())
                    : found),
        new BrokenRule(
            "a silent queue has no tagged job",
            found ->
                found.tagged() instanceof Answer.Unavailable<List<TaggedJob>>
                    ? tagged(found, new Answer.Said<>(List.of()))
                    : found),
        new BrokenRule(
            "who mounted it since",
            found ->
                file(
                    found,
                    file ->
                        new ImageFile(
                            Optional.of(
                                Found.superblock(
                                    file.superblock().orElseThrow().clean() ? 1 : 0,
                                    2,
                                    Optional.empty())),
                            file.modified(),
                            file.mount()))),
        new BrokenRule(
            "the count of mounts",
            found -> leased(found, lease -> Lease.parse(lease.text() + "mounts=\nmounted=\n"))),
        new BrokenRule(
            "locks reach everywhere",
            found ->
                file(
                    found,
                    file ->
                        new ImageFile(
                            file.superblock(),
                            file.modified(),
                            new ImageMount(
                                file.mount().type(),
                                true,
                                Reach.ALL,
                                file.mount().locksEndWithTheirMachine())))),
        new BrokenRule(
            "a machine that has a lock of NFSv4 may be gone",
            found ->
                file(
                    found,
                    file ->
                        file.on(
                            new ImageMount(
                                file.mount().type(), true, file.mount().reach(), false)))),
        new BrokenRule(
            "an ended job has no process left, however they are followed", BrokenRule::untracked),
        new BrokenRule(
            "a process in the mounts is a helper",
            found -> host(found, host -> holders(host, BrokenRule::orphaned))),
        new BrokenRule(
            "a writer that is not seen is gone",
            found -> host(found, host -> writer(host, host.writer() == Writer.NOT_OF_HERE))),
        new BrokenRule(
            "a living writer is gone",
            found -> host(found, host -> writer(host, host.writer() == Writer.ALIVE))));
  }

  Evidence of(Evidence found) {
    return passedOver.apply(found);
  }

  @Override
  public String toString() {
    return name;
  }

  private static LeaseJob asTheLeases(Lease lease, LeaseJob said) {
    return said(
        said,
        new JobSnapshot(
            said.job().id(),
            said.job().state(),
            said.job().source(),
            said.job().name(),
            Optional.of(lease.user()),
            said.job().queue(),
            said.job().nodes(),
            Optional.of(lease.since()),
            Optional.of(lease.since()),
            said.job().tag()));
  }

  private static LeaseJob ofThatRun(Lease lease, LeaseJob said) {
    JobSnapshot job = said.job();
    return said(
        said,
        new JobSnapshot(
            job.id(),
            job.state(),
            job.source(),
            job.name(),
            job.owner(),
            job.queue(),
            job.nodes(),
            job.submitted(),
            Optional.of(lease.since()),
            job.tag()));
  }

  private static LeaseJob known(LeaseJob said, String source) {
    JobSnapshot job = said.job();
    return job.state() instanceof JobState.Absent
        ? new LeaseJob(
            said.scheduler(), JobSnapshot.of(job.id(), job.state(), source), true, said.nodes())
        : said;
  }

  private static LeaseJob said(LeaseJob said, JobSnapshot job) {
    return new LeaseJob(said.scheduler(), job, said.history(), said.nodes());
  }

  private static LeaseJob withoutNodes(LeaseJob said) {
    return new LeaseJob(
        said.scheduler(), said.job(), said.history(), new Answer.NotAsked<>("passed over"));
  }

  private static JobState late() {
    return ended(Optional.of(LATE));
  }

  /** By itself, so that it does not matter whether its node answers. */
  private static JobState ended(Optional<Instant> time) {
    return new JobState.Ended(
        Outcome.FAILED, "FAILED", OptionalInt.empty(), OptionalInt.empty(), time);
  }

  private static Evidence ended(Evidence found, JobState.Phase phase) {
    return withState(
        found,
        state -> state instanceof JobState.Alive alive && alive.phase() == phase ? late() : state);
  }

  private static JobState inOrder(JobState state) {
    return state instanceof JobState.Ended ended ? ended(ended.endTime()) : state;
  }

  private static Evidence withState(Evidence found, UnaryOperator<JobState> change) {
    return withJob(
        found,
        (lease, said) -> {
          JobSnapshot job = said.job();
          return said(
              said,
              new JobSnapshot(
                  job.id(),
                  change.apply(job.state()),
                  job.source(),
                  job.name(),
                  job.owner(),
                  job.queue(),
                  job.nodes(),
                  job.submitted().or(() -> Optional.of(lease.since())),
                  job.started(),
                  job.tag()));
        });
  }

  private static Evidence withJob(Evidence found, OfJob change) {
    Answer<LeaseJob> job =
        found.job() instanceof Answer.Said<LeaseJob> said
            ? new Answer.Said<>(change.of(found.knownLease().orElseThrow(), said.answer()))
            : found.job();
    return with(found, found.asker(), found.host(), found.file(), job, found.tagged());
  }

  private static Evidence untracked(Evidence found) {
    return new Evidence(
        found.image(),
        found.asker(),
        found.lock(),
        found.host(),
        found.lease(),
        found.file(),
        found.job(),
        found.tagged(),
        found.node(),
        new Answer.NotAsked<>("passed over"),
        found.there());
  }

  private static Evidence leased(Evidence found, UnaryOperator<Lease> change) {
    return new Evidence(
        found.image(),
        found.asker(),
        found.lock(),
        found.host(),
        new Answer.Said<>(found.knownLease().map(change)),
        found.file(),
        found.job(),
        found.tagged(),
        found.node(),
        found.tracking(),
        found.there());
  }

  private static Evidence asked(Evidence found, Asker asker) {
    return with(found, asker, found.host(), found.file(), found.job(), found.tagged());
  }

  private static Evidence tagged(Evidence found, Answer<List<TaggedJob>> tagged) {
    return with(found, found.asker(), found.host(), found.file(), found.job(), tagged);
  }

  private static Evidence file(Evidence found, UnaryOperator<ImageFile> change) {
    Answer<ImageFile> file = new Answer.Said<>(change.apply(found.file().value().orElseThrow()));
    return with(found, found.asker(), found.host(), file, found.job(), found.tagged());
  }

  private static Evidence host(Evidence found, UnaryOperator<HostEvidence> change) {
    Answer<HostEvidence> host = new Answer.Said<>(change.apply(found.host().value().orElseThrow()));
    return with(found, found.asker(), host, found.file(), found.job(), found.tagged());
  }

  private static HostEvidence writer(HostEvidence host, boolean gone) {
    return new HostEvidence(
        host.machine(), host.listed(), host.holders(), gone ? Writer.GONE : host.writer());
  }

  private static HostEvidence holders(HostEvidence host, UnaryOperator<LockHolder> change) {
    List<LockHolder> holders = new ArrayList<>(host.holders().holders());
    holders.replaceAll(change);
    return new HostEvidence(
        host.machine(),
        host.listed(),
        new LockHolders(holders, host.holders().loopDevices(), host.holders().unseen()),
        host.writer());
  }

  private static LockHolder orphaned(LockHolder holder) {
    return new LockHolder(
        holder.pid(),
        holder.startTicks(),
        holder.started(),
        holder.user(),
        holder.program(),
        holder.command(),
        holder.mode(),
        holder.suspended(),
        true,
        holder.left(),
        holder.job());
  }

  private static Evidence with(
      Evidence found,
      Asker asker,
      Answer<HostEvidence> host,
      Answer<ImageFile> file,
      Answer<LeaseJob> job,
      Answer<List<TaggedJob>> tagged) {
    return new Evidence(
        found.image(),
        asker,
        found.lock(),
        host,
        found.lease(),
        file,
        job,
        tagged,
        found.node(),
        found.tracking(),
        found.there());
  }
}
