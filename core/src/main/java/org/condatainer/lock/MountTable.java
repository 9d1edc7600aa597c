package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * Who lives in which mounts of this host, at one moment. When a container's parent is killed, its
 * first process dies with it, and what that one put into the background does not: it goes on,
 * writes through the FUSE helpers that were left behind, and is in another mount namespace than
 * they are. What both have in common is the mounts' device numbers.
 */
final class MountTable {
  /** Parts of the overlay options by which a container of root's is known in mountinfo. */
  private static final List<String> CONTAINER_LAYERS =
      List.of("/overlay-images/", "/mounts/image/upper");

  /** By pid; empty for a process that could not be looked into. */
  private final Map<Long, Optional<Mounts>> processes;

  private MountTable(Map<Long, Optional<Mounts>> processes) {
    this.processes = processes;
  }

  /**
   * The mounts of a process.
   *
   * @param devices the device numbers of those that FUSE serves, and of the kernel's overlays: a
   *     container that reads has one of these over what FUSE serves, and does not show the latter
   * @param layered whether its root is that of a container of root's
   */
  private record Mounts(Set<String> devices, boolean layered) {
    static Mounts of(long pid) throws IOException {
      Path file = Path.of("/proc", Long.toString(pid), "mountinfo");
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      boolean layered = false;
      for (String line : text.split("\n", -1)) {
        boolean overlay = line.contains(" - overlay ");
        layered |= overlay && CONTAINER_LAYERS.stream().anyMatch(line::contains);
      }
      return new Mounts(layers(text), layered && isOfThisUserSpace(pid));
    }
  }

  /** A container that a user has made is in another user namespace than what root has made. */
  private static boolean isOfThisUserSpace(long pid) throws IOException {
    Path own = Path.of("/proc/self/ns/user");
    Path its = Path.of("/proc", Long.toString(pid), "ns/user");
    return Files.readSymbolicLink(its).equals(Files.readSymbolicLink(own));
  }

  static MountTable read() {
    Map<Long, Optional<Mounts>> found = new HashMap<>();
    try {
      for (Path process : KernelLocks.processes()) {
        long pid = KernelLocks.pid(process);
        try {
          found.put(pid, Optional.of(Mounts.of(pid)));
        } catch (NoSuchFileException e) {
          // it has just ended
        } catch (IOException e) {
          found.put(pid, Optional.empty());
        }
      }
    } catch (IOException e) {
      return new MountTable(Map.of());
    }
    return new MountTable(found);
  }

  /** Who lives in the mounts that a FUSE helper serves, or that its container had beside them. */
  MountUsers users(long helper) {
    Set<String> devices = devices(helper);
    if (devices.isEmpty()) {
      // It could not be looked into, or serves this very namespace: anybody here may use it.
      return new MountUsers(List.of(), List.of(helper));
    }
    ProcessFolder left = ProcessFolder.of(helper);
    List<Long> users = new ArrayList<>();
    List<Long> unreadable = new ArrayList<>();
    processes.forEach(
        (pid, mounts) -> {
          boolean elsewhere = mounts.isPresent() && !hasCommon(mounts.get().devices(), devices);
          ProcessFolder process = ProcessFolder.of(pid);
          if (pid == helper || elsewhere || KernelLocks.isHelper(process) || process.ended()) {
            return;
          }
          if (mounts.isPresent()) {
            users.add(pid);
          } else if (process.startTicks() >= left.startTicks()
              && process.uid() == left.uid()
              && KernelLocks.isAdopter(process.parent())
              && !process.ended()) {
            unreadable.add(pid);
          }
        });
    if (HiddenProcesses.mayLiveBeside(left)) {
      unreadable.add(helper);
    }
    return new MountUsers(users, unreadable);
  }

  /**
   * Who lives in a container of root's whose parent is gone. The kernel's own mounts do not tell
   * which image they are of, so these are all that it can be.
   */
  List<Long> leftContainers() {
    List<Long> users = new ArrayList<>();
    processes.forEach(
        (pid, mounts) -> {
          if (mounts.isPresent()
              && mounts.get().layered()
              && !hasStarter(pid)
              && !KernelLocks.isHelper(ProcessFolder.of(pid))) {
            users.add(pid);
          }
        });
    return users;
  }

  /** The FUSE helpers of a container that is gone, in the order in which they are to be ended. */
  List<Long> endingOrder(long helper) {
    List<Long> order = new ArrayList<>();
    List<Long> below = new ArrayList<>(List.of(helper));
    for (long other : helpersBeside(helper)) {
      boolean above = ProcessFolder.of(other).program().equals("fuse-overlayfs");
      (above ? order : below).add(other);
    }
    order.addAll(below);
    return order;
  }

  /** The other FUSE helpers of the container that a helper was part of. */
  private List<Long> helpersBeside(long helper) {
    Set<String> devices = devices(helper);
    List<Long> beside = new ArrayList<>();
    processes.forEach(
        (pid, mounts) -> {
          ProcessFolder process = ProcessFolder.of(pid);
          if (pid != helper
              && mounts.isPresent()
              && hasCommon(mounts.get().devices(), devices)
              && KernelLocks.isHelper(process)
              && !process.ended()) {
            beside.add(pid);
          }
        });
    return beside;
  }

  private Set<String> devices(long helper) {
    Set<String> devices = new HashSet<>(all(helper));
    devices.removeAll(all(ProcessHandle.current().pid()));
    return devices;
  }

  private Set<String> all(long pid) {
    return processes.getOrDefault(pid, Optional.empty()).map(Mounts::devices).orElse(Set.of());
  }

  private static boolean hasCommon(Set<String> some, Set<String> others) {
    return some.stream().anyMatch(others::contains);
  }

  private static boolean hasStarter(long pid) {
    long parent = pid;
    while (parent > 1) {
      ProcessFolder process = ProcessFolder.of(parent);
      if (process.program().equals("starter")) {
        return true;
      }
      parent = process.parent();
    }
    return false;
  }

  /** Device numbers are the third word; the type stands behind a lone dash. */
  private static Set<String> layers(String mountinfo) {
    Set<String> devices = new HashSet<>();
    for (String line : mountinfo.split("\n", -1)) {
      boolean layer = line.contains(" - fuse") || line.contains(" - overlay ");
      StringTokenizer words = new StringTokenizer(line);
      if (layer && words.countTokens() > 3) {
        words.nextToken();
        words.nextToken();
        devices.add(words.nextToken());
      }
    }
    return devices;
  }
}
