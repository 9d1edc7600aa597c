package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a release would do, decided before anything is done.
 *
 * @param report what it was decided on
 * @param steps what is to be done, in this order; empty if there is nothing to do or it is refused
 * @param refusal why nothing is done, empty if it is not refused
 */
public record ReleasePlan(LockReport report, List<Step> steps, Optional<String> refusal) {
  /**
   * One step.
   *
   * @param kind what is done
   * @param text the same for people, with what it is done to
   */
  public record Step(Kind kind, String text) {
    public Step {
      requireNonNull(kind, "kind is null");
      requireNonNull(text, "text is null");
    }
  }

  /** What can be done. */
  public enum Kind {
    /** Cancel the jobs that hold the image, wait for their end, and look again. */
    CANCEL_JOBS,
    /** End orphaned FUSE helpers: TERM, and KILL if that does not help. */
    END_HELPERS,
    /** Put a copy in the place of the image, whose lock nobody gives back. */
    FRESH_COPY,
    /** {@code e2fsck -p}, under the image's own lock. */
    CHECK,
    REMOVE_LEASE
  }

  /**
   * What the user allows.
   *
   * @param cancel to cancel the job that holds the image
   * @param force to act on a verdict that is unknown; the user answers for it
   */
  public record Permission(boolean cancel, boolean force) {}

  public ReleasePlan {
    requireNonNull(report, "report is null");
    steps = List.copyOf(steps);
    requireNonNull(refusal, "refusal is null");
  }

  /** Whether the image needs nothing. */
  public boolean isDone() {
    return steps.isEmpty() && refusal.isEmpty();
  }

  /** Whether there is no proof for what it does, so that a mere yes is not enough. */
  public boolean isAnsweredFor() {
    Verdict verdict = report.verdict();
    boolean kept = verdict.state() == Verdict.State.STALE && !verdict.has(Rule.ORPHAN);
    boolean open = verdict.state() == Verdict.State.UNKNOWN && !isReadersHelper(verdict);
    return open || (kept && !verdict.has(Rule.JOB_ENDED));
  }

  /** Decides. Pure. */
  public static ReleasePlan of(LockReport report, Permission permission) {
    Verdict verdict = report.verdict();
    return switch (verdict.state()) {
      case FREE, DIRTY ->
          new ReleasePlan(report, underTheLock(report, permission), Optional.empty());
      case STALE -> stale(report, permission);
      case IN_USE -> inUse(report, permission);
      case UNKNOWN -> unknown(report, permission);
    };
  }

  private static ReleasePlan stale(LockReport report, Permission permission) {
    List<Step> steps = new ArrayList<>();
    if (report.verdict().has(Rule.ORPHAN)) {
      endHelpers(report, steps);
    } else if (report.verdict().has(Rule.JOB_ENDED) || permission.force()) {
      steps.add(fresh(report));
    } else {
      return refused(
          report,
          "the writer is gone, and its file system still keeps the lock. It may do so for some"
              + " minutes; if it never gives it back, --force puts a copy in the image's place");
    }
    lease(report, permission).ifPresent(steps::add);
    return new ReleasePlan(report, steps, Optional.empty());
  }

  private static ReleasePlan inUse(LockReport report, Permission permission) {
    List<HoldingJob> holding = HoldingJob.of(report);
    List<String> names = new ArrayList<>();
    Evidence.Asker asker = report.evidence().asker();
    for (HoldingJob some : holding) {
      String name = some.job().scheduler() + " job " + some.job().id().value();
      names.add(name);
      boolean own = asker.root() || some.user().isEmpty() || some.user().equals(asker.user());
      if (!own && permission.cancel()) {
        return refused(report, name + " is " + some.user() + "'s, who alone can cancel it");
      }
    }
    String jobs = String.join(", ", names);
    if (permission.cancel() && !jobs.isEmpty()) {
      String text = "cancel " + jobs + ", wait until it has ended, look again";
      return new ReleasePlan(report, List.of(new Step(Kind.CANCEL_JOBS, text)), Optional.empty());
    }
    String hint = jobs.isEmpty() ? "" : "; --cancel would cancel " + jobs + " first";
    if (jobs.isEmpty() && HoldingJob.hasOutlived(report)) {
      hint = ", and outlived its job: there is nothing to cancel";
    }
    return refused(report, "somebody works with it" + hint);
  }

  private static ReleasePlan unknown(LockReport report, Permission permission) {
    Verdict verdict = report.verdict();
    if (isReadersHelper(verdict)) {
      return new ReleasePlan(report, List.of(end(report)), Optional.empty());
    }
    if (verdict.has(Rule.NOT_AVAILABLE)) {
      return refused(report, "a source did not answer: try again when it does");
    }
    if (verdict.has(Rule.HIDDEN) || verdict.has(Rule.NO_PROCESS)) {
      return refused(report, "this machine has the lock, in what you cannot see: ask its admin");
    }
    if (verdict.isForThatMachine() && !permission.force()) {
      return refused(
          report,
          "a process on "
              + report.evidence().knownLease().map(Lease::host).orElse("its machine")
              + " may have outlived its job, and that machine alone can tell; released there,"
              + " nothing that a helper has in its memory is lost"
              + livesLikely(report));
    }
    if (!permission.force()) {
      return refused(
          report,
          "there is no proof that nobody works with it; if you can answer for that yourself,"
              + " because that machine is gone, say: --force"
              + livesLikely(report));
    }
    List<Step> steps = new ArrayList<>();
    if (verdict.has(Rule.ORPHAN)) {
      endHelpers(report, steps);
    } else {
      steps.add(verdict.mode().isPresent() ? fresh(report) : check());
    }
    lease(report, permission).ifPresent(steps::add);
    return new ReleasePlan(report, steps, Optional.empty());
  }

  private static List<Step> underTheLock(LockReport report, Permission permission) {
    List<Step> steps = new ArrayList<>();
    if (report.verdict().state() == Verdict.State.DIRTY) {
      steps.add(check());
    }
    lease(report, permission).ifPresent(steps::add);
    return steps;
  }

  /**
   * Whether a reader's helper was left behind, beside others that are not seen. They have helpers
   * of their own, so that its end is no harm to them.
   */
  static boolean isReadersHelper(Verdict verdict) {
    return verdict.has(Rule.ORPHAN)
        && verdict.has(Rule.HIDDEN)
        && verdict.mode().equals(Optional.of(LockMode.READ));
  }

  private static void endHelpers(LockReport report, List<Step> steps) {
    steps.add(end(report));
    steps.add(check());
  }

  private static Step end(LockReport report) {
    StringBuilder pids = new StringBuilder();
    Optional<HostEvidence> host = report.evidence().host().value();
    for (LockHolders.Helper helper : host.map(here -> here.holders().helpers()).orElse(List.of())) {
      pids.append(pids.isEmpty() ? "" : ", ").append(helper.program()).append(' ');
      pids.append(helper.pid());
    }
    return new Step(Kind.END_HELPERS, "end what the killed container left: " + pids);
  }

  private static Step check() {
    return new Step(Kind.CHECK, "lock the image and recover its file system: e2fsck -p");
  }

  /** A helper that is left on a node writes what it has in its memory when it is told to end. */
  private static Step fresh(LockReport report) {
    List<String> nodes =
        report.evidence().job().value().map(said -> said.job().nodes()).orElse(List.of());
    String there =
        nodes.isEmpty()
            ? ""
            : ". Better, if you can log in to "
                + nodes.get(0)
                + ": release it there first; a helper that was left there may have the last writes"
                + " in its memory";
    return new Step(
        Kind.FRESH_COPY,
        "copy the image, check the copy, and put it in the image's place; the old file is kept"
            + " beside it"
            + there
            + livesLikely(report));
  }

  private static String livesLikely(LockReport report) {
    return report.verdict().has(Rule.MACHINE_LIVES)
        ? ". An NFSv4 server takes back the locks of a machine that is gone, within minutes: while"
            + " this one is held, its machine is likely alive"
        : "";
  }

  private static Optional<Step> lease(LockReport report, Permission permission) {
    boolean left = permission.force() || report.leaseIsLeft();
    return report
        .evidence()
        .knownLease()
        .filter(lease -> left)
        .map(lease -> new Step(Kind.REMOVE_LEASE, "remove the lease of " + lease.user()));
  }

  private static ReleasePlan refused(LockReport report, String why) {
    return new ReleasePlan(report, List.of(), Optional.of(why));
  }

  /** The helpers that were left behind, on this machine. */
  static List<LockHolder> orphans(LockReport report) {
    List<LockHolder> orphans = new ArrayList<>();
    if (report.evidence().host().value().isPresent()) {
      for (LockHolder holder : report.evidence().host().value().get().holders().holders()) {
        if (holder.orphan()) {
          orphans.add(holder);
        }
      }
    }
    return orphans;
  }
}
