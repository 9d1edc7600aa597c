package org.condatainer.lock;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who holds an image on this host, as far as this user may see.
 *
 * @param holders the processes, the oldest first
 * @param loopDevices loop devices that keep the image open, which also keeps a lock without any
 *     process
 * @param unseen how many processes of this host could not be looked into, because they are others';
 *     an ordinary user always has some
 * @param helpers the FUSE helpers of containers that are gone, those with the lock and those
 *     without, in the order in which a release ends them: what lies above first, since it writes to
 *     what lies below
 */
public record LockHolders(
    List<LockHolder> holders, List<Path> loopDevices, int unseen, List<Helper> helpers) {
  /**
   * A FUSE helper that was left behind.
   *
   * @param program its short name
   * @param pid its process
   */
  public record Helper(String program, long pid) {}

  /** Where none was left behind. */
  public LockHolders(List<LockHolder> holders, List<Path> loopDevices, int unseen) {
    this(holders, loopDevices, unseen, List.of());
  }

  /** Who works on in a container that is gone, if nobody else has the image but its helpers. */
  List<Long> leftAlone() {
    List<Long> pids = new ArrayList<>();
    for (LockHolder holder : holders) {
      if (!holder.left()) {
        return List.of();
      }
      if (!KernelLocks.isHelper(holder.program())) {
        pids.add(holder.pid());
      }
    }
    return pids;
  }

  /** Who of a job has it, but for helpers: they end when these do. */
  List<Long> ofJob(HolderJob job) {
    List<Long> pids = new ArrayList<>();
    for (LockHolder holder : holders) {
      boolean same =
          holder.job().isPresent()
              && holder.job().get().scheduler().equals(job.scheduler())
              && holder.job().get().id().mayBe(job.id());
      if (same && !KernelLocks.isHelper(holder.program())) {
        pids.add(holder.pid());
      }
    }
    return pids;
  }

  public LockHolders {
    holders = List.copyOf(holders);
    loopDevices = List.copyOf(loopDevices);
    helpers = List.copyOf(helpers);
  }
}
