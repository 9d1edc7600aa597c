package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What the kernel of one machine shows of an image.
 *
 * @param machine which machine
 * @param listed how the image is locked by that machine's own list of locks, empty if it is not
 * @param holders the processes with the lock, and whoever lives in the mounts of a helper that was
 *     left behind
 * @param writer what became of the process that the lease names
 */
public record HostEvidence(
    Machine machine, Optional<LockMode> listed, LockHolders holders, Writer writer) {
  /** The process of a lease, as a machine sees it. */
  public enum Writer {
    /** The lease is of another machine, or there is none. */
    NOT_OF_HERE,
    ALIVE,
    /** It has ended, or is a zombie, or its number was used again. */
    GONE,
    /** The machine was started again since. */
    REBOOTED,
    /** Its number is of another pid namespace, so it cannot be looked for. */
    NOT_VISIBLE
  }

  public HostEvidence {
    requireNonNull(machine, "machine is null");
    requireNonNull(listed, "listed is null");
    requireNonNull(holders, "holders is null");
    requireNonNull(writer, "writer is null");
  }

  /** Whether a process other than a helper that was left behind has the lock. */
  boolean hasLiveHolder() {
    for (LockHolder holder : holders.holders()) {
      if (!holder.orphan()) {
        return true;
      }
    }
    return false;
  }
}
