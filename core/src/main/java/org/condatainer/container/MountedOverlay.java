package org.condatainer.container;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An overlay as a container gets it.
 *
 * @param path the image, absolute
 * @param format what is in the file
 * @param writable whether the container may write to it
 * @param uuid the file system's UUID as 32 lower-case hexadecimal digits, for the check on the node
 *     that it is the image that was planned; empty for a squashfs
 * @param modified when the file was last modified at the time of planning; empty if a job that this
 *     run waits for may modify it
 * @param lockWait for how long at most the node waits for others to end who have it, in whole
 *     seconds; zero to refuse at once
 * @param sharedLocks file systems, by type or mount point, of which the site says that their locks
 *     reach all other machines; the node's mounts decide whether that counts
 * @param ofRoot whether what is in it belongs to root, for a container in which the user is root
 */
public record MountedOverlay(
    Path path,
    Format format,
    boolean writable,
    String uuid,
    Optional<Instant> modified,
    Duration lockWait,
    List<String> sharedLocks,
    boolean ofRoot) {
  /** What is in an overlay's file. */
  public enum Format {
    /** A workspace overlay: seen at {@code /ext3/env}. */
    EXT3,
    /** A frozen one: read-only by nature. */
    SQUASHFS
  }

  public MountedOverlay {
    requireNonNull(path, "path is null");
    requireNonNull(format, "format is null");
    requireNonNull(uuid, "uuid is null");
    requireNonNull(modified, "modified is null");
    requireNonNull(lockWait, "lockWait is null");
    sharedLocks = List.copyOf(sharedLocks);
  }

  /** One whose files are the user's. */
  public MountedOverlay(
      Path path,
      Format format,
      boolean writable,
      String uuid,
      Optional<Instant> modified,
      Duration lockWait) {
    this(path, format, writable, uuid, modified, lockWait, List.of(), false);
  }
}
