package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * The processes that live in a container's mounts. When a container's parent is killed, its first
 * process dies with it, and what that one put into the background does not: it goes on, writes
 * through the FUSE helpers that were left behind, and is in another mount namespace than they are.
 * What both have in common is the mounts' device numbers.
 *
 * @param processes their pids; none are helpers themselves
 * @param unreadable pids of processes that may be such and could not be looked into
 */
record MountUsers(List<Long> processes, List<Long> unreadable) {
  static final MountUsers NONE = new MountUsers(List.of(), List.of());

  /** Parts of the overlay options by which a container of root's is known in mountinfo. */
  private static final List<String> CONTAINER_LAYERS =
      List.of("/overlay-images/", "/mounts/image/upper");

  MountUsers {
    processes = List.copyOf(processes);
    unreadable = List.copyOf(unreadable);
  }

  /** Whether it is sure that there are none. */
  boolean nobody() {
    return processes.isEmpty() && unreadable.isEmpty();
  }

  /** Who lives in the mounts that a FUSE helper serves, or that its container had beside them. */
  static MountUsers of(long helper) {
    Set<String> devices;
    try {
      devices = fuseDevices(mounts(helper));
      devices.removeAll(fuseDevices(mounts(ProcessHandle.current().pid())));
    } catch (IOException e) {
      return new MountUsers(List.of(), List.of(helper));
    }
    if (devices.isEmpty()) {
      // It serves this very namespace: anybody here may use it.
      return new MountUsers(List.of(), List.of(helper));
    }
    ProcessFolder left = ProcessFolder.of(helper);
    List<Long> users = new ArrayList<>();
    List<Long> unreadable = new ArrayList<>();
    for (long pid : pids()) {
      ProcessFolder process = ProcessFolder.of(pid);
      if (pid == helper || KernelLocks.isHelper(process) || process.ended()) {
        continue;
      }
      try {
        Set<String> common = fuseDevices(mounts(pid));
        common.retainAll(devices);
        if (!common.isEmpty()) {
          users.add(pid);
        }
      } catch (NoSuchFileException e) {
        // it has just ended
      } catch (IOException e) {
        boolean younger = process.startTicks() >= left.startTicks();
        if (younger
            && process.uid() == left.uid()
            && KernelLocks.isAdopter(process.parent())
            && !process.ended()) {
          unreadable.add(pid);
        }
      }
    }
    return new MountUsers(users, unreadable);
  }

  /**
   * Who lives in a container of root's whose parent is gone. The kernel's own mounts do not tell
   * which image they are of, so these are all that it can be.
   */
  static MountUsers ofLeftContainers() {
    List<Long> users = new ArrayList<>();
    for (long pid : pids()) {
      try {
        String mounts = mounts(pid);
        for (String layer : CONTAINER_LAYERS) {
          if (mounts.contains(layer) && !hasStarter(pid)) {
            users.add(pid);
            break;
          }
        }
      } catch (IOException e) {
        // ended, or not to be looked into
      }
    }
    return new MountUsers(users, List.of());
  }

  /** The other FUSE helpers of the container that a helper was part of. */
  static List<Long> helpersBeside(long helper) {
    List<Long> beside = new ArrayList<>();
    try {
      Set<String> devices = fuseDevices(mounts(helper));
      devices.removeAll(fuseDevices(mounts(ProcessHandle.current().pid())));
      for (long pid : pids()) {
        ProcessFolder process = ProcessFolder.of(pid);
        if (pid != helper && KernelLocks.isHelper(process) && !process.ended()) {
          Set<String> common = fuseDevices(mounts(pid));
          common.retainAll(devices);
          if (!common.isEmpty()) {
            beside.add(pid);
          }
        }
      }
    } catch (IOException e) {
      return beside;
    }
    return beside;
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

  private static List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    try {
      KernelLocks.processes().forEach(process -> pids.add(KernelLocks.pid(process)));
    } catch (IOException e) {
      return pids;
    }
    return pids;
  }

  private static String mounts(long pid) throws IOException {
    Path file = Path.of("/proc", Long.toString(pid), "mountinfo");
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** The device numbers of FUSE mounts: third word; the type stands behind a lone dash. */
  private static Set<String> fuseDevices(String mountinfo) {
    Set<String> devices = new HashSet<>();
    for (String line : mountinfo.split("\n", -1)) {
      int dash = line.indexOf(" - fuse");
      StringTokenizer words = new StringTokenizer(line);
      if (dash >= 0 && words.countTokens() > 3) {
        words.nextToken();
        words.nextToken();
        devices.add(words.nextToken());
      }
    }
    return devices;
  }
}
