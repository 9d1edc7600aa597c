package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.state.ActionChain;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.lock.ModelWorld.Job;
import org.condatainer.lock.ModelWorld.Node;
import org.condatainer.scheduler.ProcessTracking.Kind;

/**
 * What holds whatever happens to holders, leases, jobs, nodes and file servers, in any order.
 * {@code junit-platform.properties} says how many histories are tried; a soak tries more: {@code
 * -Djqwik.tries.default=20000}.
 */
final class ReleaseModelTest {
  @Property(shrinking = ShrinkingMode.BOUNDED)
  void noLiveHolderIsEverReleased(@ForAll("histories") ActionChain<ModelWorld> history) {
    history.withInvariant("nobody is harmed", world -> assertThat(world.harm).isEmpty()).run();
  }

  @Property(shrinking = ShrinkingMode.BOUNDED)
  void whatIsStaleIsReleasedOnceAllSourcesAnswer(
      @ForAll("histories") ActionChain<ModelWorld> history) {
    ModelWorld world = history.run();
    assumeThat(world.harm).isEmpty();
    settle(world);
    boolean ended = leasesJobEndedInOrder(world);
    release(world, false);
    if (ended) {
      assertThat(isFree(world)).as("without --force: " + world).isTrue();
    }
    release(world, true);
    assertThat(isFree(world)).as(world.toString()).isTrue();
    assertThat(world.harm).as(world.toString()).isEmpty();
  }

  @Provide
  Arbitrary<ActionChain<ModelWorld>> histories() {
    return histories(BrokenRule.NONE);
  }

  /** Histories in all kinds of places, with a mistake in the rules of proof. */
  static Arbitrary<ActionChain<ModelWorld>> histories(BrokenRule rule) {
    Arbitrary<Boolean> mostly = Arbitraries.of(true, true, true, false);
    Arbitrary<Boolean> either = Arbitraries.of(true, false);
    // what keeps most other mistakes from doing harm
    Arbitrary<Boolean> seldom = Arbitraries.of(true, false, false, false);
    Arbitrary<Kind> trackings =
        Arbitraries.of(Kind.NOT_KNOWN, Kind.NOT_KNOWN, Kind.WHOLE, Kind.PARTIAL);
    Arbitrary<Integer> mounts = Arbitraries.of(3, 65534);
    return Combinators.combine(mostly, mostly, either, either, seldom, trackings, mounts)
        .as(
            (reach, accounting, hidden, survive, end, tracking, count) ->
                new ModelWorld.Place(
                    reach, accounting, hidden, survive, reach && end, tracking, count))
        .flatMap(place -> ModelMoves.histories(place, rule, 60));
  }

  /** Everybody has ended, and everybody who can tell of it answers. */
  private static void settle(ModelWorld world) {
    world.releases.clear();
    world.controllerAnswers = true;
    world.accountingAnswers = true;
    world.now = world.now.plusSeconds(3600);
    for (ModelWorld.Use use : world.uses) {
      // a file server that keeps locks keeps that of a writer whose helper ends with it
      if (world.place.keepsLocks() && use.writes && use.payload && use.inode == world.inode) {
        world.keptInode = world.inode;
      }
      world.kill(use, world.keptInode == world.inode);
    }
    for (Job job : world.jobs) {
      if (!job.ended()) {
        job.outcome = job.runs() && !job.node.cut ? Outcome.TIMED_OUT : Outcome.CANCELLED;
        job.end = world.now;
      }
    }
    for (Node node : world.nodes) {
      if (node.cut) {
        ModelMoves.restart(world, node);
      }
    }
    if (world.place.locksEnd()) {
      world.now = world.now.plusSeconds(3600);
    }
  }

  /**
   * From each machine in turn, by root; twice, as one that was killed where locks stay on their
   * machine keeps others away until it is looked for there.
   */
  private static void release(ModelWorld world, boolean force) {
    for (int turn = 0; turn < 2; turn++) {
      for (Node node : world.nodes) {
        ModelRelease release = new ModelRelease(world, node, "root", force);
        if (release.isOver()) {
          release.tidyUp();
        }
        while (!release.isOver()) {
          release.goOn();
        }
      }
    }
  }

  private static boolean isFree(ModelWorld world) {
    Node login = world.nodes.get(0);
    Verdict.State state = new ModelRelease(world, login, "root", false).look().verdict().state();
    return state == Verdict.State.FREE && world.lease.isEmpty();
  }

  /**
   * And the scheduler still says so, of that very job, and the image's times agree: where the lease
   * does not tell of its mount, an end within a second of the mount is a matter of doubt, and a
   * mount long after the lease may be somebody else's (rule 41), as may one before it where locks
   * stay on their machine (42). Of a mount that the lease tells of it is sure, however late it was.
   */
  private static boolean leasesJobEndedInOrder(ModelWorld world) {
    Optional<Lease> lease = world.lease.filter(some -> some.job().isPresent());
    Optional<Job> latest = Optional.empty();
    for (Job job : world.jobs) {
      boolean known = job.inQueue || (world.place.accounting() && job.inAccounting);
      if (lease.isPresent() && known && job.id.equals(lease.get().job().get().id())) {
        latest = latest.filter(some -> some.inQueue && !job.inQueue).or(() -> Optional.of(job));
      }
    }
    return latest.isPresent()
        && latest.get().outcome == Outcome.TIMED_OUT
        && latest.get().owner.equals(lease.get().user())
        && !latest.get().submitted.isAfter(lease.get().since())
        && !latest.get().started.isAfter(lease.get().since())
        && !latest.get().end.isBefore(lease.get().since())
        && isItsOwnMount(world, lease.get(), latest.get())
        && (world.place.locksReach()
            || world.valid
            || !world.lastMounted.isBefore(lease.get().since()))
        && !world.modified.isAfter(latest.get().end)
        && (world.place.locksReach() || hasNoOtherHelper(world, latest.get()));
  }

  /**
   * Where locks stay, the lease may be released on another machine first: on its own, where
   * processes may outlive their job, or where a release was killed that keeps others away until
   * then. After that nothing tells a machine that has the helper of somebody else that nobody
   * writes.
   */
  private static boolean hasNoOtherHelper(ModelWorld world, Job job) {
    for (ModelWorld.Use use : world.uses) {
      if (use.helper && use.inode == world.inode && !use.job.equals(Optional.of(job))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isItsOwnMount(ModelWorld world, Lease lease, Job job) {
    if (lease.mounted().isPresent()) {
      return lease.mounted().get().isStill(world.latestMount());
    }
    return !world.latestMount().isSecondSince(lease.mounts().orElseThrow())
        && world.lastMounted.isBefore(job.end)
        && !world.lastMounted.isAfter(lease.since().plus(JobProof.CLOCKS));
  }
}
