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
import java.util.function.LongPredicate;

/**
 * The kernel's list of this host's locks, {@code /proc/locks}, as it was at one moment. To read it
 * makes the kernel stop all locking on the host for some milliseconds, so it is read once for any
 * number of images.
 */
final class KernelList {
  private static final Path FILE = Path.of("/proc/locks");

  /** The parent of all threads of the kernel. */
  private static final long THREADS = 2;

  private static final String NFS4 = "nfsd";

  private final Optional<Map<Long, List<KernelLock>>> byInode;
  private final LongPredicate servers;

  private KernelList(Optional<Map<Long, List<KernelLock>>> byInode, LongPredicate servers) {
    this.byInode = byInode;
    this.servers = servers;
  }

  /** A list that could not be read, or not yet. */
  static KernelList unknown() {
    return new KernelList(Optional.empty(), new FileServers());
  }

  static KernelList read() {
    try {
      return of(new String(Files.readAllBytes(FILE), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return unknown();
    }
  }

  static KernelList of(String text) {
    return of(text, new FileServers());
  }

  /**
   * The same with what tells of a process whether it takes locks for other machines, and not for
   * this one.
   */
  static KernelList of(String text, LongPredicate servers) {
    Map<Long, List<KernelLock>> byInode = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      Optional<KernelLock> lock = KernelLock.parse(line);
      if (lock.isPresent()) {
        long inode = lock.get().file().inode();
        byInode.putIfAbsent(inode, new ArrayList<>());
        byInode.get(inode).add(lock.get());
      }
    }
    return new KernelList(Optional.of(byInode), servers);
  }

  /**
   * Whether it is a thread of the kernel's NFS server, which takes the locks of its clients in its
   * own name: {@code nfsd} for version 4, {@code lockd} for 3 (seen on Linux 6.1).
   */
  private static final class FileServers implements LongPredicate {
    @Override
    public boolean test(long pid) {
      ProcessFolder process = ProcessFolder.of(pid);
      String program = process.program();
      return (program.equals(NFS4) || program.equals("lockd")) && process.parent() == THREADS;
    }
  }

  /** Whether a client of this host's own server of NFSv4 has it locked to write. */
  boolean isLockedByNfs4(LockedFile file) {
    for (KernelLock lock : all(file)) {
      if (lock.mode() == LockMode.WRITE
          && lock.pid() > 0
          && servers.test(lock.pid())
          && ProcessFolder.of(lock.pid()).program().equals(NFS4)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it could be read: what an unknown list does not show may be there. */
  boolean isKnown() {
    return byInode.isPresent();
  }

  /**
   * The locks of this host on a file. A writer's lock that this host's NFS server has taken for a
   * client is another machine's: it is left out. A reader's counts, since no client sees those of
   * other machines.
   */
  List<KernelLock> on(LockedFile file) {
    List<KernelLock> found = new ArrayList<>();
    for (KernelLock lock : all(file)) {
      boolean served = lock.mode() == LockMode.WRITE && lock.pid() > 0;
      if (!served || !servers.test(lock.pid())) {
        found.add(lock);
      }
    }
    return found;
  }

  private List<KernelLock> all(LockedFile file) {
    List<KernelLock> found = new ArrayList<>();
    if (byInode.isPresent()) {
      for (KernelLock lock : byInode.get().getOrDefault(file.byStat().inode(), List.of())) {
        if (file.isLockedBy(lock)) {
          found.add(lock);
        }
      }
    }
    return found;
  }

  /** The strongest lock on a file that excludes containers, empty if it lists none. */
  Optional<LockMode> mode(LockedFile file) {
    return strongest(on(file));
  }

  /** The same with what other machines have through this one. */
  Optional<LockMode> listed(LockedFile file) {
    return strongest(all(file));
  }

  private static Optional<LockMode> strongest(List<KernelLock> locks) {
    Optional<LockMode> mode = Optional.empty();
    for (KernelLock lock : locks) {
      if (lock.excludesContainers() && !mode.equals(Optional.of(LockMode.WRITE))) {
        mode = Optional.of(lock.mode());
      }
    }
    return mode;
  }
}
