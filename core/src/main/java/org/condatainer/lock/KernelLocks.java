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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

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
  private static final String LOCK = "lock:";

  /** Field 22 of {@code /proc/PID/stat} counts in these on every Linux of today (proc(5)). */
  private static final long TICKS_PER_SECOND = 100;

  /** What serves a container's mounts, and stays when only the container's parent is killed. */
  private static final Set<String> FUSE_HELPERS =
      Set.of("fuse2fs", "fuse-overlayfs", "squashfuse", "squashfuse_ll");

  /** Who adopts processes in the place of process 1. */
  private static final Set<String> ADOPTERS = Set.of("systemd", "init", "slurmstepd");

  /** A lock that a process has. */
  private record Held(long pid, KernelLock lock) {}

  private final Map<Long, List<Held>> byInode;
  private final int unseen;
  private final Supplier<MountTable> mounts = Once.of(MountTable::read);
  private final Supplier<List<LoopDevice>> loops = Once.of(LoopDevice::all);

  private KernelLocks(Map<Long, List<Held>> byInode, int unseen) {
    this.byInode = byInode;
    this.unseen = unseen;
  }

  /**
   * Who holds an image on this host.
   *
   * @throws IOException if there is no such image, or {@code /proc} cannot be read
   */
  public static LockHolders holders(Path image) throws IOException {
    return scan().holders(LockedFile.of(image), KernelList.read());
  }

  /**
   * Looks at all processes of this host once, for any number of images.
   *
   * @throws IOException if {@code /proc} cannot be read
   */
  static KernelLocks scan() throws IOException {
    Map<Long, List<Held>> found = new HashMap<>();
    int unseen = HiddenProcesses.are() ? 1 : 0;
    for (Path process : processes()) {
      try {
        for (KernelLock lock : locksOf(process)) {
          found
              .computeIfAbsent(lock.file().inode(), inode -> new ArrayList<>())
              .add(new Held(pid(process), lock));
        }
      } catch (AccessDeniedException e) {
        unseen++;
      } catch (IOException e) {
        // it has just ended, or something about it cannot be read
        unseen += ProcessFolder.of(pid(process)).ended() ? 0 : 1;
      }
    }
    return new KernelLocks(found, unseen);
  }

  /** Who holds this file, by the scan; what is told of each process is as it is now. */
  LockHolders holders(LockedFile file, KernelList list) {
    Map<Long, LockMode> found = new TreeMap<>();
    for (Held held : byInode.getOrDefault(file.byStat().inode(), List.of())) {
      if (file.isLockedBy(held.lock())) {
        found.merge(held.pid(), held.lock().mode(), (a, b) -> a == LockMode.WRITE ? a : b);
      }
    }
    for (KernelLock lock : list.on(file)) {
      if (lock.pid() > 0) {
        found.putIfAbsent(lock.pid(), lock.mode());
      }
    }
    List<LockHolder> holders = new ArrayList<>();
    for (Map.Entry<Long, LockMode> entry : found.entrySet()) {
      ProcessFolder process = ProcessFolder.of(entry.getKey());
      if (process.ended()) {
        continue;
      }
      boolean left = isLeft(process);
      MountUsers users = left ? mounts.get().users(entry.getKey()) : MountUsers.NONE;
      holders.add(holder(entry.getKey(), entry.getValue(), left && users.nobody(), left));
      for (long user : users.processes()) {
        if (!found.containsKey(user)) {
          holders.add(holder(user, entry.getValue(), false, true));
        }
      }
    }
    List<Path> devices = LoopDevice.of(file.path(), loops.get());
    if (holders.isEmpty() && !devices.isEmpty()) {
      for (long user : mounts.get().leftContainers()) {
        holders.add(holder(user, LockMode.WRITE, false, true));
      }
    }
    holders.removeIf(holder -> holder.startTicks() == 0);
    holders.sort(Comparator.comparingLong(LockHolder::startTicks));
    List<LockHolders.Helper> helpers = new ArrayList<>();
    for (LockHolder holder : holders) {
      if (holder.orphan()) {
        for (long pid : mounts.get().endingOrder(holder.pid())) {
          helpers.add(new LockHolders.Helper(ProcessFolder.of(pid).program(), pid));
        }
      }
    }
    return new LockHolders(holders, devices, unseen, helpers);
  }

  static List<Path> processes() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      entries.forEach(found::add);
    }
    return found;
  }

  static long pid(Path process) {
    return Long.parseLong(process.getFileName().toString());
  }

  /** Only descriptors of named files are read, not pipes and sockets. */
  private static List<KernelLock> locksOf(Path process) throws IOException {
    List<KernelLock> found = new ArrayList<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        try {
          if (Files.readSymbolicLink(descriptor).isAbsolute()) {
            for (KernelLock lock :
                locksIn(process.resolve("fdinfo").resolve(descriptor.getFileName()))) {
              if (lock.excludesContainers()) {
                found.add(lock);
              }
            }
          }
        } catch (NoSuchFileException e) {
          // it has just been closed
        }
      }
    }
    return found;
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

  private static LockHolder holder(long pid, LockMode mode, boolean orphan, boolean left) {
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
        process.suspended(),
        orphan,
        left,
        job(process));
  }

  /** A FUSE helper that its container's parent left behind. */
  private static boolean isLeft(ProcessFolder process) {
    return isHelper(process) && isAdopter(process.parent());
  }

  static boolean isHelper(ProcessFolder process) {
    return isHelper(process.program());
  }

  static boolean isHelper(String program) {
    return FUSE_HELPERS.contains(program);
  }

  /** Whether a process with this parent has lost its own. */
  static boolean isAdopter(long parent) {
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
}
