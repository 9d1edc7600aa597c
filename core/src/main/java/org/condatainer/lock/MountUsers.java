package org.condatainer.lock;

import java.util.List;

/**
 * The processes that live in a container's mounts.
 *
 * @param processes their pids; none are helpers themselves
 * @param unreadable pids of processes that may be such and could not be looked into
 */
record MountUsers(List<Long> processes, List<Long> unreadable) {
  static final MountUsers NONE = new MountUsers(List.of(), List.of());

  MountUsers {
    processes = List.copyOf(processes);
    unreadable = List.copyOf(unreadable);
  }

  /** Whether it is sure that there are none. */
  boolean nobody() {
    return processes.isEmpty() && unreadable.isEmpty();
  }
}
