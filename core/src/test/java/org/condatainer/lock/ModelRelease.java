package org.condatainer.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageMount.Reach;
import org.condatainer.lock.ModelWorld.Node;
import org.condatainer.lock.ModelWorld.Use;
import org.condatainer.lock.ReleasePlan.Kind;
import org.condatainer.lock.ReleasePlan.Permission;
import org.condatainer.scheduler.ProcessTracking;

/**
 * A release of the model's image, in the steps of {@link Release} with all that may happen between
 * them. Evidence is put together as the sources give it; what is made of it is the real thing.
 */
final class ModelRelease {
  private final ModelWorld world;
  private final Node node;
  private final String asker;
  private final Permission permission;
  private ReleasePlan plan;
  private int step;
  private Instant modified;
  private boolean checks;
  private Optional<Lease> lease = Optional.empty();

  ModelRelease(ModelWorld world, Node node, String asker, boolean force) {
    this.world = world;
    this.node = node;
    this.asker = asker;
    this.permission = new Permission(false, force);
    this.plan = ReleasePlan.of(look(), permission);
  }

  Node node() {
    return node;
  }

  /** Whether it has the image's lock. */
  boolean checks() {
    return checks;
  }

  /** The lease that it puts in the place of the one that was left, while it checks. */
  Optional<Lease> lease() {
    return lease;
  }

  /** Whether there is nothing more that it would do. */
  boolean isOver() {
    return plan.isDone() || plan.refusal().isPresent() || step > 4;
  }

  /** Where it does nothing, it takes back what one that was killed on its machine has left. */
  void tidyUp() {
    if (world.claim.filter(claim -> claim.node() == node && isGone(claim)).isPresent()) {
      world.claim = Optional.empty();
    }
  }

  private boolean isGone(ModelWorld.Claim claim) {
    return claim.boot() != node.boot || !world.releases.contains(claim.release());
  }

  /** Does its next step; gives up where something is no longer as it was. */
  void goOn() {
    switch (++step) {
      case 1 -> {
        if (!isAlone() || !again()) {
          step = 9;
        }
      }
      case 2 -> {
        modified = world.modified;
        if (has(Kind.END_HELPERS)) {
          endHelpers();
        }
      }
      case 3 -> {
        if (has(Kind.FRESH_COPY)) {
          freshCopy();
          step = 9;
        } else if (has(Kind.CHECK) || has(Kind.REMOVE_LEASE)) {
          takeLock();
        }
      }
      case 4 -> {
        if (checks) {
          underTheLock();
        }
        step = 9;
      }
      default -> throw new IllegalStateException("it is over");
    }
    if (step > 4) {
      checks = false;
      world.claim = world.claim.filter(claim -> claim.release() != this);
    }
  }

  /** The release lock; where it stays on its machine, also the file that only one can make. */
  private boolean isAlone() {
    for (ModelRelease other : world.releases) {
      boolean seen = world.place.locksReach() || other.node == node;
      if (other != this && other.step > 0 && other.step <= 4 && seen) {
        return false;
      }
    }
    if (world.place.locksReach()) {
      return true;
    }
    if (world.claim.isPresent()) {
      ModelWorld.Claim claim = world.claim.get();
      if (claim.node() != node || !isGone(claim)) {
        return false;
      }
    }
    world.claim = Optional.of(new ModelWorld.Claim(this, node, node.boot));
    return true;
  }

  private boolean has(Kind kind) {
    return plan.steps().stream().anyMatch(some -> some.kind() == kind);
  }

  private boolean again() {
    ReleasePlan now = ReleasePlan.of(look(), permission);
    boolean same = now.steps().equals(plan.steps());
    plan = now;
    return same;
  }

  private void endHelpers() {
    for (LockHolder orphan : ReleasePlan.orphans(plan.report())) {
      for (Use use : world.uses) {
        // LeftHelpers looks once more who lives in the mounts.
        if (use.pid == orphan.pid() && use.helper && !use.payload) {
          world.endHelper(use);
        }
      }
    }
  }

  private void takeLock() {
    Optional<Lease> left = plan.report().evidence().knownLease();
    if (world.isLocked(node, true) || !world.lease.equals(left)) {
      step = 9;
      return;
    }
    lease = left;
    if (!world.place.locksReach() && (left.isEmpty() || has(Kind.REMOVE_LEASE))) {
      lease = Optional.of(ownLease(left));
      world.lease = lease;
    }
    if (!world.valid && world.isWorkedWith(true)) {
      world.harm("e2fsck -p under a live writer");
    }
    if (world.releases.stream().anyMatch(other -> other != this && other.checks)) {
      world.harm("two releases check the image at once");
    }
    checks = true;
  }

  private Lease ownLease(Optional<Lease> left) {
    Machine machine = node.machine();
    return new Lease(
        asker,
        machine.host(),
        machine.id(),
        machine.boot(),
        machine.processSpace(),
        1,
        System.identityHashCode(this),
        Optional.empty(),
        "lock release",
        left.map(Lease::since).orElse(world.now),
        left.map(Lease::mounts).orElse(OptionalInt.of(world.mounts)),
        left.flatMap(Lease::mounted));
  }

  private void underTheLock() {
    if (!world.valid) {
      world.check();
    }
    checks = false;
    if (!lease.equals(plan.report().evidence().knownLease()) || has(Kind.REMOVE_LEASE)) {
      removeLease(lease);
    }
  }

  private void freshCopy() {
    if (!world.modified.equals(modified) || !again()) {
      return;
    }
    if (world.isWorkedWith(false)) {
      world.harm("the image of a live holder was replaced");
    }
    world.inode++;
    if (!world.valid) {
      world.check();
    }
    if (has(Kind.REMOVE_LEASE)) {
      removeLease(plan.report().evidence().knownLease());
    }
  }

  private void removeLease(Optional<Lease> some) {
    if (some.equals(world.lease)) {
      if (world.isLeaseOfTheLiving()) {
        world.harm("the lease of a live holder was removed");
      }
      world.lease = Optional.empty();
    }
  }

  /** What is known at this moment, from this machine, to this user. */
  LockReport look() {
    LockReport report = LockReport.of(world.rule.of(evidence()));
    // Beside a reader's helper others may read; it can be ended nevertheless.
    boolean reading = world.listed(node).equals(Optional.of(LockMode.READ));
    boolean live = world.isWorkedWith(reading);
    if (report.verdict().state() == Verdict.State.STALE && live) {
      world.harm("called stale with a live holder: " + report.verdict().proof());
    }
    boolean acts = !ReleasePlan.of(report, new Permission(false, true)).steps().isEmpty();
    if (!world.controllerAnswers && world.isLockedElsewhere(node) && acts) {
      world.harm("a controller that is silent led to a release: " + report.verdict().proof());
    }
    return report;
  }

  private Evidence evidence() {
    Patience patience = new Patience(new Direct(), Duration.ofSeconds(15));
    SchedulerInquiry inquiry =
        new SchedulerInquiry(Map.of("slurm", new ModelScheduler(world, asker)));
    Optional<Lease> lease = world.lease;
    SchedulerInquiry.LeaseJobs jobs =
        inquiry.askForJobs(lease.map(List::of).orElse(List.of()), patience);
    ImageLock lock = lock();
    Answer<HostEvidence> there = new Answer.NotAsked<>("no job of another machine runs");
    if (lease.isPresent()
        && lock.state() != ImageLock.State.FREE
        && !node.machine().wrote(lease.get())) {
      there =
          jobs.onNode(lease.get(), ModelWorld.IMAGE, Optional.empty(), patience)
              .map(Patience.Waiting::answer)
              .orElse(there);
    }
    Answer<ProcessTracking> tracking = new Answer.NotAsked<>("it does not matter here");
    boolean elsewhere = lock.place() == Place.ELSEWHERE || !world.place.locksReach();
    if (lease.isPresent() && elsewhere && !node.machine().wrote(lease.get())) {
      tracking =
          jobs.tracking(lease.get(), patience).map(Patience.Waiting::answer).orElse(tracking);
    }
    return new Evidence(
        ModelWorld.IMAGE,
        new Evidence.Asker(asker, asker.equals("root")),
        new Answer.Said<>(lock),
        new Answer.Said<>(host(lease)),
        new Answer.Said<>(lease),
        new Answer.Said<>(
            new ImageFile(
                Optional.of(
                    Found.superblock(world.valid ? 1 : 0, 2, Optional.of(world.latestMount()))),
                world.modified,
                new ImageMount(
                    "x",
                    true,
                    world.place.locksReach() ? Reach.ALL : Reach.NONE,
                    world.place.locksEnd()))),
        jobs.of(lease),
        inquiry.askForLiving(patience).naming(ModelWorld.IMAGE, Optional.empty()),
        there,
        tracking,
        List.of());
  }

  private ImageLock lock() {
    Optional<LockMode> listed = world.listed(node);
    if (listed.isPresent()) {
      return ImageLock.held(listed.get(), Place.HERE);
    }
    return world.isLocked(node, false)
        ? ImageLock.held(LockMode.WRITE, Place.ELSEWHERE)
        : ImageLock.free();
  }

  private HostEvidence host(Optional<Lease> lease) {
    List<LockHolder> holders = new ArrayList<>();
    int unseen = asker.equals("root") ? 0 : 5;
    Writer writer = Writer.NOT_OF_HERE;
    Machine machine = node.machine();
    if (lease.isPresent() && machine.wrote(lease.get())) {
      writer = lease.get().boot().equals(machine.boot()) ? Writer.GONE : Writer.REBOOTED;
      writer = world.isLeaseOfARelease() ? Writer.ALIVE : writer;
    }
    for (Use use : world.uses) {
      if (use.node != node) {
        continue;
      }
      if (use.leader && use.lease != null && lease.equals(Optional.of(use.lease))) {
        writer = Writer.ALIVE;
      }
      if (use.locks() && use.inode == world.inode && sees(use)) {
        holders.add(holder(use));
      }
    }
    return new HostEvidence(
        machine, world.listed(node), new LockHolders(holders, List.of(), unseen), writer);
  }

  private boolean sees(Use use) {
    return asker.equals("root") || asker.equals(use.user);
  }

  private static LockHolder holder(Use use) {
    return new LockHolder(
        use.pid,
        use.pid,
        Found.SINCE,
        use.user,
        use.payload ? "starter" : "fuse2fs",
        "x",
        use.writes ? LockMode.WRITE : LockMode.READ,
        false,
        !use.payload,
        false,
        Optional.empty());
  }

  /** Does at once what it is given. */
  private static final class Direct extends AbstractExecutorService {
    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {
      // there is nothing to end
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
