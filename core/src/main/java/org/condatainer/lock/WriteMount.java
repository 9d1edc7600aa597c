package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.overlay.Superblock;

/**
 * Which mount to write an image's latest one was. The kernel and fuse2fs raise the count and set
 * the time with each (ext4_setup_super in linux/fs/ext4/super.c; e2fsprogs/misc/fuse2fs.c); a check
 * of the whole file system sets the count to 0 and leaves the time (e2fsck/unix.c).
 *
 * @param count mounts to write since the last check, which goes on with 0 after 65535
 * @param time when it was mounted, in whole seconds
 */
public record WriteMount(int count, Instant time) {
  private static final int LARGEST = 0xFFFF;

  public WriteMount {
    requireNonNull(time, "time is null");
  }

  /** That of a superblock, empty for a file system that was never mounted. */
  public static Optional<WriteMount> of(Superblock superblock) {
    return superblock.lastMounted().map(time -> new WriteMount(superblock.mountCount(), time));
  }

  /** Reads a count; what is none tells nothing. */
  static OptionalInt count(String text) {
    try {
      int count = Integer.parseInt(text);
      return count < 0 || count > LARGEST ? OptionalInt.empty() : OptionalInt.of(count);
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** Reads what {@link #text} gives; what is nothing of it tells nothing. */
  static Optional<WriteMount> parse(String text) {
    int space = text.indexOf(' ');
    OptionalInt count = count(text.substring(0, Math.max(space, 0)));
    try {
      Instant time = Instant.ofEpochSecond(Long.parseLong(text.substring(space + 1)));
      return count.isEmpty()
          ? Optional.empty()
          : Optional.of(new WriteMount(count.getAsInt(), time));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** As a lease has it: count and seconds since 1970. */
  String text() {
    return count + " " + time.getEpochSecond();
  }

  /** Whether the latest mount is still this one, be it that the file system was checked since. */
  boolean isStill(WriteMount latest) {
    // after the largest count 0 may be another mount
    boolean checked = latest.count == 0 && count != LARGEST;
    return latest.time.equals(time) && (latest.count == count || checked);
  }

  /**
   * Whether there were two or more mounts since there had been so many. A count that lies far
   * behind has not gone on from 65535: the file system was checked, which began it anew.
   */
  boolean isSecondSince(int earlier) {
    int since = (count - earlier) & LARGEST;
    return since > LARGEST / 2 ? count > 1 : since > 1;
  }

  /** For people. */
  @Override
  public String toString() {
    return time + " (mount " + count + " since a check)";
  }
}
