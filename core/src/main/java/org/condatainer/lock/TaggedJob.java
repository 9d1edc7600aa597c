package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;

/**
 * A living job whose tag says that it mounts an image.
 *
 * @param scheduler the scheduler's id
 * @param job the job
 * @param mode how it mounts the image
 */
public record TaggedJob(String scheduler, JobSnapshot job, LockMode mode) {
  public TaggedJob {
    requireNonNull(scheduler, "scheduler is null");
    requireNonNull(job, "job is null");
    requireNonNull(mode, "mode is null");
  }

  /** Whether it has started, and so may have the image; one that waits has not, and will ask. */
  boolean holds() {
    return job.state() instanceof JobState.Alive alive
        && alive.phase() != JobState.Phase.PENDING
        && alive.phase() != JobState.Phase.HELD;
  }

  /** An overlay as a tag names it: its hash, and {@code r} or {@code w}. */
  record Mark(String hash, LockMode mode) {}

  /** The marks in a job's tag; a user's own comment around it does not matter. */
  static List<Mark> marks(String tag) {
    List<Mark> marks = new ArrayList<>();
    int start = tag.indexOf(OverlayTag.START);
    if (start < 0) {
      return marks;
    }
    for (String part : tag.substring(start).split("[;\\s]", -1)) {
      boolean mark = part.length() == 17;
      for (int i = 0; mark && i < 16; i++) {
        mark = Character.digit(part.charAt(i), 16) >= 0;
      }
      if (mark && (part.charAt(16) == 'r' || part.charAt(16) == 'w')) {
        LockMode mode = part.charAt(16) == 'w' ? LockMode.WRITE : LockMode.READ;
        marks.add(new Mark(part.substring(0, 16), mode));
      }
    }
    return marks;
  }
}
