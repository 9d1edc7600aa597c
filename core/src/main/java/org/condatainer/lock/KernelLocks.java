package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the processes of this host that hold an image.
 *
 * <p>An open file description lock names no process, so the open files of all processes are looked
 * through for it, in {@code /proc/PID/fdinfo}. That asks the kernel alone: no file system is
 * touched, and none that hangs can make this hang. An ordinary user sees his own processes; of
 * others' he sees those that the kernel's list names, which it does for POSIX locks only.
 */
public final class KernelLocks {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path BLOCK_DEVICES = Path.of("/sys/block");
  private static final String LOCK = "lock:";

  /** Field 22 of {@code /proc/PID/stat} counts in these on every Linux of today (proc(5)). */
  private static final long TICKS_PER_SECOND = 100;

  /** What serves a container's mounts, and stays when only the container's parent is killed. */
  private static final Set<String> FUSE_HELPERS =
      Set.of("fuse2fs", "fuse-overlayfs", "squashfuse", "squashfuse_ll");

  /** Who adopts processes in the place of process 1. */
  private static final Set<String> ADOPTERS = Set.of("systemd", "init", "slurmstepd");

  private KernelLocks() {}

  /**
   * Who holds an image on this host.
   *
   * @throws IOException if there is no such image, or {@code /proc} cannot be read
   */
  public static LockHolders holders(Path image) throws IOException {
    LockedFile file = LockedFile.of(image);
    Map<Long, LockMode> found = new TreeMap<>();
    int unseen = 0;
    for (Path process : processes()) {
      try {
        Optional<LockMode> mode = lockOf(process, file);
        if (mode.isPresent()) {
          found.put(pid(process), mode.get());
        }
      } catch (AccessDeniedException e) {
        unseen++;
      } catch (IOException e) {
        // the process has just ended
      }
    }
    for (KernelLock lock : LockProbe.kernelLocks(file).orElse(List.of())) {
      if (lock.pid() > 0) {
        found.putIfAbsent(lock.pid(), lock.mode());
      }
    }
    List<LockHolder> holders = new ArrayList<>();
    for (Map.Entry<Long, LockMode> entry : found.entrySet()) {
      LockHolder holder = holder(entry.getKey(), entry.getValue());
      if (holder.startTicks() > 0) {
        holders.add(holder);
      }
    }
    holders.sort(Comparator.comparingLong(LockHolder::startTicks));
    return new LockHolders(holders, loopDevices(file.path()), unseen);
  }

  private static List<Path> processes() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      entries.forEach(found::add);
    }
    return found;
  }

  private static long pid(Path process) {
    return Long.parseLong(process.getFileName().toString());
  }

  /**
   * How a process holds a file; only descriptors of named files are read, not pipes and sockets.
   */
  private static Optional<LockMode> lockOf(Path process, LockedFile file) throws IOException {
    Optional<LockMode> mode = Optional.empty();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        try {
          if (Files.readSymbolicLink(descriptor).isAbsolute()) {
            Path information = process.resolve("fdinfo").resolve(descriptor.getFileName());
            for (KernelLock lock : locksIn(information)) {
              if (file.isLockedBy(lock) && (mode.isEmpty() || lock.mode() == LockMode.WRITE)) {
                mode = Optional.of(lock.mode());
              }
            }
          }
        } catch (NoSuchFileException e) {
          // it has just been closed
        }
      }
    }
    return mode;
  }

  private static List<KernelLock> locksIn(Path information) throws IOException {
    List<KernelLock> locks = new ArrayList<>();
    String text = new String(Files.readAllBytes(information), StandardCharsets.UTF_8);
    int start = text.indexOf(LOCK);
    while (start >= 0) {
      int end = text.indexOf('\n', start);
      String line = text.substring(start + LOCK.length(), end < 0 ? text.length() : end);
      KernelLock.parse(line).ifPresent(locks::add);
      start = text.indexOf(LOCK, start + 1);
    }
    return locks;
  }

  private static LockHolder holder(long pid, LockMode mode) {
    ProcessFolder process = ProcessFolder.of(pid);
    long ticks = process.startTicks();
    return new LockHolder(
        pid,
        ticks,
        Instant.ofEpochSecond(bootSeconds()).plusMillis(ticks * 1000 / TICKS_PER_SECOND),
        process.user(),
        process.program(),
        process.command(),
        mode,
        isOrphan(process),
        job(process));
  }

  private static boolean isOrphan(ProcessFolder process) {
    if (!FUSE_HELPERS.contains(process.program())) {
      return false;
    }
    long parent = process.parent();
    return parent == 1 || (parent > 1 && ADOPTERS.contains(ProcessFolder.of(parent).program()));
  }

  /** A helper such as fuse2fs has no environment of its own; its parent may tell. */
  private static Optional<HolderJob> job(ProcessFolder process) {
    ProcessFolder current = process;
    while (true) {
      Optional<HolderJob> job = current.job();
      long parent = current.parent();
      if (job.isPresent() || parent <= 1) {
        return job;
      }
      current = ProcessFolder.of(parent);
    }
  }

  private static long bootSeconds() {
    for (String line : new ProcessFolder(PROCESSES).text("stat").split("\n", -1)) {
      if (line.startsWith("btime ")) {
        return Long.parseLong(line.substring("btime ".length()).strip());
      }
    }
    return 0;
  }

  private static List<Path> loopDevices(Path real) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(BLOCK_DEVICES, "loop*")) {
      for (Path device : devices) {
        Path backing = device.resolve("loop").resolve("backing_file");
        if (Files.exists(backing)
            && new String(Files.readAllBytes(backing), StandardCharsets.UTF_8)
                .strip()
                .equals(real.toString())) {
          found.add(Path.of("/dev").resolve(device.getFileName()));
        }
      }
    } catch (IOException e) {
      return found;
    }
    return found;
  }
}
