package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.condatainer.script.ShellWords;
import org.condatainer.trust.Printable;

/**
 * Whether an image is free for a mount, and if not, who is in the way: what one asks before a
 * container is started or a job submitted.
 *
 * @param image the image, as it was named
 * @param lock the state of its lock
 * @param holders who holds it on this host; not looked for, and empty, when it is free
 * @param lease the lease beside it; not looked for, and empty, when a holder is seen
 */
public record ImageUse(Path image, ImageLock lock, LockHolders holders, Optional<Lease> lease) {
  private static final LockHolders NOBODY = new LockHolders(List.of(), List.of(), 0);

  /** Whether a mount would succeed. */
  public enum Answer {
    FREE,
    IN_USE,
    /** It could not be asked; the container's own lock decides. */
    UNKNOWN
  }

  /**
   * Whether it is sure that an image can be mounted read-only. Cheaper than {@link #of}, which is
   * to be asked when this is not sure; not for a process that itself holds a lock on the image.
   */
  public static boolean isFreeToRead(Path image) {
    return LockProbe.isFreeToRead(image);
  }

  /** Asks who uses an image. Never throws for what it meets. */
  public static ImageUse of(Path image) {
    return of(image, KernelList.read());
  }

  static ImageUse of(Path image, KernelList list) {
    return of(image, LockProbe.probe(image, list));
  }

  static ImageUse of(Path image, ImageLock lock) {
    boolean held = lock.state() == State.HELD_FOR_READING || lock.state() == State.HELD_FOR_WRITING;
    if (!held) {
      return new ImageUse(image, lock, NOBODY, Optional.empty());
    }
    LockHolders holders = NOBODY;
    try {
      holders = KernelLocks.holders(image);
    } catch (IOException e) {
      // then the lease may tell
    }
    return new ImageUse(
        image, lock, holders, holders.holders().isEmpty() ? lease(image) : Optional.empty());
  }

  private static Optional<Lease> lease(Path image) {
    try {
      return LeaseFile.read(image);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether a mount would succeed.
   *
   * @param writable whether the image is to be mounted writable
   */
  public Answer answer(boolean writable) {
    return switch (lock.state()) {
      case FREE -> Answer.FREE;
      case HELD_FOR_READING -> writable ? Answer.IN_USE : Answer.FREE;
      case HELD_FOR_WRITING -> Answer.IN_USE;
      case UNKNOWN -> Answer.UNKNOWN;
    };
  }

  /** In words: whether it is in use, by whom, and what to do next. */
  public String message() {
    return switch (lock.state()) {
      case FREE -> image + " is free";
      case UNKNOWN -> image + ": nobody can tell whether it is in use: " + lock.detail();
      case HELD_FOR_READING ->
          image + " is in use: it is mounted read-only, so nobody can mount it writable" + who();
      case HELD_FOR_WRITING ->
          image + " is in use: it is mounted writable, so nobody else can mount it" + who();
    };
  }

  private String who() {
    if (lock.place() == Place.ELSEWHERE) {
      return "\n  It is held on another node: no process of this host has it."
          + (lease.isEmpty() ? " Look for a job of yours that uses it." : leased())
          + more();
    }
    StringBuilder text = new StringBuilder();
    for (LockHolder holder : holders.holders()) {
      text.append("\n  ").append(describe(holder));
    }
    for (Path device : holders.loopDevices()) {
      text.append("\n  the loop device ").append(device).append(" keeps it open");
    }
    if (text.isEmpty()) {
      text.append("\n  It is held on this host, by a process that you may not look into")
          .append(" (")
          .append(holders.unseen())
          .append(" processes of others).")
          .append(leased())
          .append(more());
      return text.toString();
    }
    return text.append("\n  ").append(next()).toString();
  }

  private String leased() {
    return lease
        .map(
            found ->
                "\n  Its lease was written by "
                    + found.user()
                    + " on "
                    + found.host()
                    + ", process "
                    + found.pid()
                    + found.job().map(job -> ", " + job.shown()).orElse("")
                    + ", at "
                    + time(found.since())
                    + ".")
        .orElse("");
  }

  private String more() {
    return "\n  More: condatainer lock status " + ShellWords.quote(image.toString());
  }

  private static String describe(LockHolder holder) {
    return "process "
        + holder.pid()
        + " of "
        + Printable.line(holder.user())
        + " since "
        + time(holder.started())
        + holder.job().map(job -> ", " + job.shown()).orElse("")
        + (holder.suspended() ? ", suspended" : "")
        + (holder.orphan() ? ", left behind by a killed container" : "")
        + ": "
        + Printable.line(holder.command());
  }

  private static String time(Instant instant) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
        .withZone(ZoneId.systemDefault())
        .format(instant);
  }

  private String next() {
    boolean orphaned = !holders.holders().isEmpty();
    for (LockHolder holder : holders.holders()) {
      orphaned &= holder.orphan();
    }
    String release = "condatainer lock release " + ShellWords.quote(image.toString());
    if (orphaned) {
      return "Its container is gone. This ends what is left, and the image is free: " + release;
    }
    List<Long> left = holders.leftAlone();
    if (!left.isEmpty()) {
      StringBuilder pids = new StringBuilder();
      left.forEach(pid -> pids.append(' ').append(pid));
      return "Its container is gone, and what that started still works in it. If nobody needs that"
          + " any more: kill"
          + pids
          + "; then: "
          + release;
    }
    Optional<HolderJob> job = Optional.empty();
    for (LockHolder holder : holders.holders()) {
      job = job.isPresent() ? job : holder.job();
    }
    boolean read = lock.state() == State.HELD_FOR_READING;
    String wait = "Wait until it ends" + (read ? ", or use a copy of the image." : ".");
    return job.map(
            found ->
                wait
                    + "\n  If it is yours, and you need it no more, this cancels "
                    + found.shown()
                    + ": condatainer lock release --cancel "
                    + ShellWords.quote(image.toString()))
        .orElse(wait);
  }
}
