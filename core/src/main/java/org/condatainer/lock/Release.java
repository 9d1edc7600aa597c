package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.condatainer.lock.ReleasePlan.Kind;
import org.condatainer.lock.ReleasePlan.Permission;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.Superblock;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * Carries out what {@link ReleasePlan} decided, looks again before each step, and stops where
 * anything is no longer as it was. It may be killed anywhere: the next release finds an image that
 * is stale, dirty, or leased without need, and goes on from there.
 *
 * @param gathering to look again
 * @param runner for e2fsck and cp
 * @param told what was done, a line each
 */
public record Release(EvidenceGathering gathering, CommandRunner runner, Consumer<String> told) {
  private static final Duration HELPER_PATIENCE = Duration.ofSeconds(10);

  /** A controller serves others too. */
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);

  public Release {
    requireNonNull(gathering, "gathering is null");
    requireNonNull(runner, "runner is null");
    requireNonNull(told, "told is null");
  }

  /** What is known of an image, now. */
  public LockReport look(Path image) {
    return LockReport.of(gathering.of(List.of(image)).get(0));
  }

  /**
   * Does it.
   *
   * @return what is known of the image afterwards
   * @throws IOException if a step failed or something has changed; the message says what, and what
   *     was done until then was told
   */
  public LockReport carryOut(Path image, ReleasePlan planned, Permission permission)
      throws IOException {
    ReleaseLock held = alone(image, planned);
    try (held) {
      if (held.isKept()) {
        FreshCopy.tidyUp(image.toRealPath());
      }
      ReleasePlan plan = again(image, planned, permission);
      if (has(plan, Kind.CANCEL_JOBS)) {
        new Cancellation(gathering.schedulers().open(), told).of(HoldingJob.of(plan.report()));
        settle(image);
        plan = ReleasePlan.of(look(image), new Permission(false, false));
        if (plan.refusal().isPresent()) {
          throw new IOException("the job is gone, and then: " + plan.refusal().get());
        }
      }
      if (has(plan, Kind.END_HELPERS)) {
        LeftHelpers.end(ReleasePlan.orphans(plan.report()), runner).forEach(told);
      }
      if (has(plan, Kind.FRESH_COPY)) {
        fresh(image, plan, permission);
      } else if (has(plan, Kind.CHECK) || has(plan, Kind.REMOVE_LEASE)) {
        underTheLock(image, plan);
      }
      return look(image);
    }
  }

  /**
   * Removes what a release that was killed has left, where nothing else is or may be done. Leaves
   * it where another release works on the image.
   *
   * @throws IOException if that cannot be done; it does no harm there
   */
  public void tidyUp(Path image) throws IOException {
    Path real = image.toRealPath();
    if (FreshCopy.left(real).isEmpty() && !ReleaseLock.isLeft(real)) {
      return;
    }
    Optional<ReleaseLock> lock = ReleaseLock.tryAcquire(real, locksReach(real));
    if (lock.isPresent()) {
      try (ReleaseLock held = lock.get()) {
        if (held.isKept()) {
          FreshCopy.tidyUp(real);
        }
      }
    }
  }

  private boolean locksReach(Path image) throws IOException {
    return ImageMount.of(image.toRealPath(), gathering.declared()).locksReachOtherNodes();
  }

  private ReleaseLock alone(Path image, ReleasePlan planned) throws IOException {
    Path folder = image.toRealPath().getParent();
    boolean reach = locksReach(image);
    try {
      return ReleaseLock.tryAcquire(image, reach)
          .orElseThrow(() -> new IOException("another release works on " + image));
    } catch (FileSystemException e) {
      if (Files.isWritable(folder)) {
        throw new IOException(
            e.getFile()
                + " is in the way, of a release by somebody else: remove it if none works on the"
                + " image any more ("
                + Patience.words(e)
                + ")",
            e);
      }
      boolean other = has(planned, Kind.FRESH_COPY) || has(planned, Kind.REMOVE_LEASE);
      if (other || (!reach && has(planned, Kind.CHECK))) {
        throw new IOException("you may not write to " + folder + ", and the plan needs that", e);
      }
      // Signals may be sent twice, and the rest is done under the image's own lock, which reaches.
      return ReleaseLock.none();
    }
  }

  /** The same steps must follow from what is known now. */
  private ReleasePlan again(Path image, ReleasePlan planned, Permission permission)
      throws IOException {
    ReleasePlan now = ReleasePlan.of(look(image), permission);
    if (!now.steps().equals(planned.steps())) {
      throw new IOException(
          "things have changed since the plan was made, so nothing more is done: "
              + now.report().verdict().state().word()
              + now.refusal().map(why -> ", " + why).orElse(""));
    }
    return now;
  }

  private static boolean has(ReleasePlan plan, Kind kind) {
    return plan.steps().stream().anyMatch(step -> step.kind() == kind);
  }

  /** What a cancelled job ran ends soon after it; its last processes are not to be mistaken. */
  private void settle(Path image) {
    LeftHelpers.await(
        HELPER_PATIENCE.multipliedBy(3),
        BETWEEN_QUESTIONS,
        () -> {
          Verdict verdict = look(image).verdict();
          return verdict.state() != Verdict.State.IN_USE && !verdict.isForThatMachine();
        });
  }

  private void underTheLock(Path image, ReleasePlan plan) throws IOException {
    try (ExclusiveLock lock = acquired(image, plan)) {
      Optional<Lease> lease = keepingWritersAway(image, plan);
      if (!isClean(lock, image)) {
        told.accept(new FileSystemCheck(runner).preen(lock, image.toRealPath()));
      }
      if (!isClean(lock, image)) {
        throw new IOException(
            image
                + " is not clean after e2fsck -p; repair it: condatainer overlay check -y "
                + ShellWords.quote(image.toString()));
      }
      removeLease(image, plan, lease);
    }
  }

  /**
   * Where the lock does not reach other machines, a lease does. It takes the place of the one that
   * is to be removed, with its times: should this process be killed, its successor is to find that
   * nobody else has mounted the image since.
   *
   * @return the lease that is there now
   */
  private Optional<Lease> keepingWritersAway(Path image, ReleasePlan plan) throws IOException {
    Optional<Lease> left = plan.report().evidence().knownLease();
    if (locksReach(image) || (left.isPresent() && !has(plan, Kind.REMOVE_LEASE))) {
      return left;
    }
    Lease own =
        Machine.ownLease(
            "lock release",
            left.map(Lease::since).orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS)),
            left.map(Lease::mounts).orElse(OptionalInt.empty()),
            left.flatMap(Lease::mounted));
    if (left.isPresent()) {
      LeaseFile.write(image, own);
    } else if (!LeaseFile.claim(image, own)) {
      throw new IOException(image + " has just got a lease: somebody mounts it");
    }
    return Optional.of(own);
  }

  /** The image's lock, with the lease as it was when the plan was made. */
  private ExclusiveLock acquired(Path image, ReleasePlan plan) throws IOException {
    ExclusiveLock lock = acquire(image);
    if (!LeaseFile.read(image).equals(plan.report().evidence().knownLease())) {
      lock.close();
      throw new IOException("the lease of " + image + " has just changed: somebody mounts it");
    }
    return lock;
  }

  /** What is no ext file system is never dirty. */
  private static boolean isClean(ExclusiveLock lock, Path image) throws IOException {
    try {
      return Superblock.read(lock.channel(), image).clean();
    } catch (OverlayException e) {
      return true;
    }
  }

  private ExclusiveLock acquire(Path image) throws IOException {
    long end = System.nanoTime() + HELPER_PATIENCE.toNanos();
    while (true) {
      Optional<ExclusiveLock> lock = ExclusiveLock.tryAcquire(image);
      if (lock.isPresent()) {
        refuseUnlockedMount(image, lock.get());
        return lock.get();
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            image + " is still locked, or again: " + look(image).verdict().state().word());
      }
      LeftHelpers.await(Duration.ofMillis(100), () -> false);
    }
  }

  private static void refuseUnlockedMount(Path image, ExclusiveLock lock) throws IOException {
    Optional<UnlockedMount> mount = UnlockedMount.find(image, false);
    if (mount.isPresent()) {
      lock.close();
      throw new IOException(
          image
              + " is mounted by "
              + mount.get().by()
              + ", which takes no lock; "
              + mount.get().next());
    }
  }

  private void fresh(Path image, ReleasePlan plan, Permission permission) throws IOException {
    FreshCopy copy = new FreshCopy(runner, new FileSystemCheck(runner));
    Path kept = copy.replace(image, () -> again(image, plan, permission));
    told.accept("a checked copy has taken its place; the old file is " + kept);
    removeLease(image, plan, plan.report().evidence().knownLease());
  }

  private void removeLease(Path image, ReleasePlan plan, Optional<Lease> found) throws IOException {
    Optional<Lease> left = plan.report().evidence().knownLease();
    boolean own = !found.equals(left);
    if ((own || has(plan, Kind.REMOVE_LEASE))
        && LeaseFile.remove(image, found.orElseThrow())
        && left.isPresent()) {
      told.accept("removed the lease of " + left.get().user());
    }
  }
}
