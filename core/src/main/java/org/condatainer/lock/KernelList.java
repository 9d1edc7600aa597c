package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's list of this host's locks, {@code /proc/locks}, as it was at one moment. To read it
 * makes the kernel stop all locking on the host for some milliseconds, so it is read once for any
 * number of images.
 */
final class KernelList {
  private static final Path FILE = Path.of("/proc/locks");

  private final Optional<Map<Long, List<KernelLock>>> byInode;

  private KernelList(Optional<Map<Long, List<KernelLock>>> byInode) {
    this.byInode = byInode;
  }

  /** A list that could not be read, or not yet. */
  static KernelList unknown() {
    return new KernelList(Optional.empty());
  }

  static KernelList read() {
    try {
      return of(new String(Files.readAllBytes(FILE), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return unknown();
    }
  }

  static KernelList of(String text) {
    Map<Long, List<KernelLock>> byInode = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      KernelLock.parse(line)
          .ifPresent(
              lock ->
                  byInode
                      .computeIfAbsent(lock.file().inode(), inode -> new ArrayList<>())
                      .add(lock));
    }
    return new KernelList(Optional.of(byInode));
  }

  /** Whether it could be read: what an unknown list does not show may be there. */
  boolean isKnown() {
    return byInode.isPresent();
  }

  /** The locks on a file. */
  List<KernelLock> on(LockedFile file) {
    List<KernelLock> found = new ArrayList<>();
    byInode
        .map(known -> known.getOrDefault(file.byStat().inode(), List.of()))
        .orElse(List.of())
        .forEach(
            lock -> {
              if (file.isLockedBy(lock)) {
                found.add(lock);
              }
            });
    return found;
  }

  /** The strongest lock on a file that excludes containers, empty if it lists none. */
  Optional<LockMode> mode(LockedFile file) {
    Optional<LockMode> mode = Optional.empty();
    for (KernelLock lock : on(file)) {
      if (lock.excludesContainers() && !mode.equals(Optional.of(LockMode.WRITE))) {
        mode = Optional.of(lock.mode());
      }
    }
    return mode;
  }
}
