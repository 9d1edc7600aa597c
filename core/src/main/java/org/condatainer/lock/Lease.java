package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobId;
import org.condatainer.trust.Printable;

/**
 * What a writable mount leaves beside its image: who it is. It only tells; the lock decides, and a
 * lease alone proves nothing, as it stays when its writer is killed, and whoever mounts the image
 * by other means leaves none. The file's form is that of {@code docs/lease.md}.
 *
 * @param user the user's name
 * @param host the machine, as its kernel names it
 * @param machine its {@code /etc/machine-id}, empty if it is not told
 * @param boot the id of that machine's start, {@code /proc/sys/kernel/random/boot_id}
 * @param processSpace the pid namespace in which the process has its number, {@code pid:[…]}; empty
 *     if it is not told
 * @param pid the process
 * @param startTicks when the process started, in clock ticks since the machine's start; with the
 *     pid, its identity
 * @param job the batch job, empty if it was started by hand
 * @param run the id of the run, may be empty
 * @param since when it was to be mounted
 * @param mounts how often the image had been mounted to write just before; empty if that is not
 *     told, as by earlier versions
 * @param mounted the last mount to write that its writer knows to be no other's: his own, once he
 *     has seen that it is done; the last one before, if he does not mount the image
 */
public record Lease(
    String user,
    String host,
    String machine,
    String boot,
    String processSpace,
    long pid,
    long startTicks,
    Optional<HolderJob> job,
    String run,
    Instant since,
    OptionalInt mounts,
    Optional<WriteMount> mounted) {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final String VERSION = "condatainer-lease";

  public Lease {
    requireNonNull(user, "user is null");
    requireNonNull(host, "host is null");
    requireNonNull(machine, "machine is null");
    requireNonNull(boot, "boot is null");
    requireNonNull(processSpace, "processSpace is null");
    requireNonNull(job, "job is null");
    requireNonNull(run, "run is null");
    requireNonNull(since, "since is null");
    requireNonNull(mounts, "mounts is null");
    requireNonNull(mounted, "mounted is null");
  }

  /**
   * Reads a lease. Keys that are not known are passed over, so that a later version can add some.
   *
   * @throws IllegalArgumentException if it is none, is of another version, or lacks what makes it
   *     one; the message says which
   */
  static Lease parse(String text) {
    String version = "";
    String user = "";
    String host = "";
    String machine = "";
    String boot = "";
    String space = "";
    String pid = "";
    String start = "";
    String scheduler = "";
    String cluster = "";
    String job = "";
    String run = "";
    String since = "";
    OptionalInt mounts = OptionalInt.empty();
    Optional<WriteMount> mounted = Optional.empty();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      // its text is shown on terminals, and anybody may have written it
      String value = Printable.line(line.substring(equals + 1).strip());
      switch (equals < 0 ? "" : line.substring(0, equals)) {
        case VERSION -> version = value;
        case "user" -> user = value;
        case "host" -> host = value;
        case "machine" -> machine = value;
        case "boot" -> boot = value;
        case "pidns" -> space = value;
        case "pid" -> pid = value;
        case "start" -> start = value;
        case "scheduler" -> scheduler = value;
        case "cluster" -> cluster = value;
        case "job" -> job = value;
        case "run" -> run = value;
        case "since" -> since = value;
        case "mounts" -> mounts = WriteMount.count(value);
        case "mounted" -> mounted = WriteMount.parse(value);
        default -> {
          // of a later version, or none of ours
        }
      }
    }
    if (!version.equals("1")) {
      throw new IllegalArgumentException(
          version.isEmpty() ? "it is no lease" : "it is a lease of version " + version);
    }
    if (user.isEmpty() || host.isEmpty() || boot.isEmpty()) {
      throw new IllegalArgumentException("it names no user, host or boot");
    }
    try {
      return new Lease(
          user,
          host,
          machine,
          boot,
          space,
          Long.parseLong(pid),
          Long.parseLong(start),
          job.isBlank() || scheduler.isBlank()
              ? Optional.empty()
              : Optional.of(new HolderJob(scheduler, new JobId(job, cluster))),
          run,
          time(since),
          mounts,
          mounted);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("its pid or start is no number", e);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("its since is no time", e);
    }
  }

  /** Later times are added to, which must not go beyond what an {@code Instant} can be. */
  private static Instant time(String text) {
    Instant time = Instant.parse(text);
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new DateTimeException("not between 1970 and 9999: " + text);
    }
    return time;
  }

  /** The file's text, as {@code docs/lease.md} has it. */
  String text() {
    return VERSION
        + "=1\nuser="
        + user
        + "\nhost="
        + host
        + "\nmachine="
        + machine
        + "\nboot="
        + boot
        + "\npidns="
        + processSpace
        + "\npid="
        + pid
        + "\nstart="
        + startTicks
        + "\nscheduler="
        + job.map(HolderJob::scheduler).orElse("")
        + "\ncluster="
        + job.map(found -> found.id().cluster()).orElse("")
        + "\njob="
        + job.map(found -> found.id().value()).orElse("")
        + "\nrun="
        + run
        + "\nmode=write\nsince="
        + since
        + "\nmounts="
        + (mounts.isPresent() ? mounts.getAsInt() : "")
        + "\n"
        + mounted.map(mount -> "mounted=" + mount.text() + "\n").orElse("");
  }
}
