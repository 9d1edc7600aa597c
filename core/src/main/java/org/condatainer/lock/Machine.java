package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.lock.HostEvidence.Writer;

/**
 * A machine, or one start of it.
 *
 * @param host its name, as its kernel has it
 * @param id {@code /etc/machine-id}, empty if it has none
 * @param boot the id of its start
 * @param processSpace the pid namespace that is looked at
 */
public record Machine(String host, String id, String boot, String processSpace) {
  public Machine {
    requireNonNull(host, "host is null");
    requireNonNull(id, "id is null");
    requireNonNull(boot, "boot is null");
    requireNonNull(processSpace, "processSpace is null");
  }

  /** The machine that this process runs on. */
  static Machine here() {
    String space = "";
    try {
      Path self = Files.readSymbolicLink(Path.of("/proc/self"));
      // A /proc of another pid namespace shows other processes by the numbers of ours.
      if (self.toString().equals(Long.toString(ProcessHandle.current().pid()))) {
        space = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      }
    } catch (IOException e) {
      // then no process of a lease is taken for one of here
    }
    return new Machine(
        text("/proc/sys/kernel/hostname"),
        text("/etc/machine-id"),
        text("/proc/sys/kernel/random/boot_id"),
        space);
  }

  /**
   * A lease of this process, for what it does itself with an image.
   *
   * @param run its name
   * @param since when the lease begins
   * @param mounts how often the image was mounted, empty if it is none
   * @param mounted the last mount that is no other's
   */
  static Lease ownLease(
      String run, Instant since, OptionalInt mounts, Optional<WriteMount> mounted) {
    Machine here = here();
    ProcessFolder process = ProcessFolder.of(ProcessHandle.current().pid());
    return new Lease(
        process.user(),
        here.host,
        here.id,
        here.boot,
        here.processSpace,
        ProcessHandle.current().pid(),
        process.startTicks(),
        Optional.empty(),
        run,
        since,
        mounts,
        mounted);
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether a lease is of this machine: the same start, or the same name and id. */
  boolean wrote(Lease lease) {
    if (!boot.isEmpty() && lease.boot().equals(boot)) {
      return true;
    }
    return lease.host().equals(host) && lease.machine().equals(id);
  }

  /**
   * What is known of the process of a lease before the machine's processes are looked at; empty if
   * they tell.
   */
  Optional<Writer> writerWithoutLook(Lease lease) {
    if (!wrote(lease)) {
      return Optional.of(Writer.NOT_OF_HERE);
    }
    if (boot.isEmpty()) {
      return Optional.of(Writer.NOT_VISIBLE);
    }
    if (!lease.boot().equals(boot)) {
      // A name that every new machine has is no identity.
      boolean nameless = id.isEmpty() || host.startsWith("localhost");
      return Optional.of(nameless ? Writer.NOT_VISIBLE : Writer.REBOOTED);
    }
    boolean here = !processSpace.isEmpty() && lease.processSpace().equals(processSpace);
    return here ? Optional.empty() : Optional.of(Writer.NOT_VISIBLE);
  }

  /** What became of the process of a lease, by this machine's own processes. */
  Writer writer(Lease lease) {
    Optional<Writer> known = writerWithoutLook(lease);
    if (known.isPresent()) {
      return known.get();
    }
    ProcessFolder process = ProcessFolder.of(lease.pid());
    long ticks = process.startTicks();
    if (ticks == 0
        && HiddenProcesses.are()
        && !lease.user().equals(ProcessFolder.of(ProcessHandle.current().pid()).user())) {
      return Writer.NOT_VISIBLE;
    }
    return !process.ended() && ticks == lease.startTicks() ? Writer.ALIVE : Writer.GONE;
  }
}
