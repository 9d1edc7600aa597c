package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/**
 * Who has an image, in the words of a user: put together from what the sources tell.
 *
 * @param user the user's name, empty if it is not known
 * @param host the machine, empty if it is not known
 * @param pid the process on that machine
 * @param command its command line, empty if it is not known
 * @param since since when
 * @param condition {@code running}, {@code suspended}, {@code orphaned}, {@code outlived its
 *     container}, or {@code named by the lease} for one that nobody has seen
 * @param job the batch job
 * @param jobName the job's name, empty if it is not known
 * @param jobState the scheduler's own word for the job, empty if it is not known
 * @param nodes the job's nodes
 */
public record Holder(
    String user,
    String host,
    OptionalLong pid,
    String command,
    Optional<Instant> since,
    String condition,
    Optional<HolderJob> job,
    String jobName,
    String jobState,
    List<String> nodes) {
  public Holder {
    requireNonNull(user, "user is null");
    requireNonNull(host, "host is null");
    requireNonNull(pid, "pid is null");
    requireNonNull(command, "command is null");
    requireNonNull(since, "since is null");
    requireNonNull(condition, "condition is null");
    requireNonNull(job, "job is null");
    requireNonNull(jobName, "jobName is null");
    requireNonNull(jobState, "jobState is null");
    nodes = List.copyOf(nodes);
  }

  /** Everybody who has the image or may have it, those first whom somebody has seen. */
  public static List<Holder> of(Evidence evidence, Verdict verdict) {
    List<Holder> holders = new ArrayList<>();
    evidence.host().value().ifPresent(host -> addSeen(evidence, host, false, holders));
    boolean seenElsewhere = false;
    if (holders.isEmpty() && evidence.node().value().isPresent()) {
      addSeen(evidence, evidence.node().value().get(), true, holders);
      seenElsewhere = !holders.isEmpty();
    }
    boolean free = verdict.state() == Verdict.State.FREE || verdict.state() == Verdict.State.DIRTY;
    Optional<Lease> lease = evidence.knownLease();
    if (lease.isPresent() && holders.isEmpty() && !free && !seenElsewhere) {
      holders.add(ofLease(evidence, lease.get()));
    }
    for (TaggedJob tagged : evidence.tagged().value().orElse(List.of())) {
      if (!free && tagged.holds() && holders.stream().noneMatch(holder -> holder.isOf(tagged))) {
        holders.add(ofTag(tagged));
      }
    }
    return holders;
  }

  private static void addSeen(
      Evidence evidence, HostEvidence host, boolean node, List<Holder> holders) {
    for (LockHolder seen : host.holders().holders()) {
      Optional<HolderJob> job = seen.job();
      if (job.isEmpty() && (node || seen.orphan())) {
        job = leaseJob(evidence, host, seen);
      }
      Optional<JobSnapshot> snapshot = job.flatMap(found -> snapshot(evidence, found));
      holders.add(
          new Holder(
              seen.user(),
              host.machine().host(),
              OptionalLong.of(seen.pid()),
              seen.command(),
              Optional.of(seen.started()).filter(start -> start.isAfter(Instant.EPOCH)),
              condition(seen),
              job,
              snapshot.flatMap(JobSnapshot::name).orElse(""),
              snapshot.map(Holder::word).orElse(""),
              snapshot.map(JobSnapshot::nodes).orElse(List.of())));
    }
  }

  private static String condition(LockHolder seen) {
    if (seen.orphan()) {
      return "orphaned";
    }
    if (seen.suspended()) {
      return "suspended";
    }
    return seen.left() ? "outlived its container" : "running";
  }

  /**
   * A helper that was left behind tells of no job, and a node is asked through one; the lease does,
   * if it is of that machine and user.
   */
  private static Optional<HolderJob> leaseJob(
      Evidence evidence, HostEvidence host, LockHolder seen) {
    return evidence
        .knownLease()
        .filter(lease -> host.machine().wrote(lease) && lease.user().equals(seen.user()))
        .flatMap(Lease::job);
  }

  private static Holder ofLease(Evidence evidence, Lease lease) {
    Optional<JobSnapshot> snapshot = lease.job().flatMap(job -> snapshot(evidence, job));
    return new Holder(
        lease.user(),
        lease.host(),
        OptionalLong.of(lease.pid()),
        "",
        Optional.of(lease.since()),
        "named by the lease",
        lease.job(),
        snapshot.flatMap(JobSnapshot::name).orElse(""),
        snapshot.map(Holder::word).orElse(""),
        snapshot.map(JobSnapshot::nodes).orElse(List.of()));
  }

  private static Holder ofTag(TaggedJob tagged) {
    JobSnapshot job = tagged.job();
    return new Holder(
        job.owner().orElse(""),
        String.join(",", job.nodes()),
        OptionalLong.empty(),
        "",
        job.started(),
        "named by its job's tag",
        Optional.of(new HolderJob(tagged.scheduler(), job.id())),
        job.name().orElse(""),
        word(job),
        job.nodes());
  }

  private static Optional<JobSnapshot> snapshot(Evidence evidence, HolderJob job) {
    Optional<Evidence.LeaseJob> leased = evidence.job().value();
    if (leased.isPresent() && leased.get().job().id().mayBe(job.id())) {
      return Optional.of(leased.get().job());
    }
    for (TaggedJob tagged : evidence.tagged().value().orElse(List.of())) {
      if (tagged.job().id().mayBe(job.id())) {
        return Optional.of(tagged.job());
      }
    }
    return Optional.empty();
  }

  private static String word(JobSnapshot job) {
    if (job.state() instanceof JobState.Alive alive) {
      return alive.word();
    }
    if (job.state() instanceof JobState.Ended ended) {
      return ended.word();
    }
    return job.state() instanceof JobState.Absent ? "not known any more" : "";
  }

  private boolean isOf(TaggedJob tagged) {
    JobId id = tagged.job().id();
    return job.isPresent()
        && job.get().scheduler().equals(tagged.scheduler())
        && job.get().id().mayBe(id);
  }
}
