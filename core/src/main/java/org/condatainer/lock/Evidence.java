package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobSnapshot;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;

/**
 * All that is known of an image's lock at one moment, each source as it answered. Nothing here is
 * interpreted; that is for {@link Verdict#of}.
 *
 * @param image the image, as it was named
 * @param asker who asks
 * @param lock the lock itself, by the kernel's list and a shared lock for a moment
 * @param host this machine's processes
 * @param lease the file beside the image
 * @param file the image's file and superblock
 * @param job the job that the lease names
 * @param tagged living jobs whose tag names the image
 * @param node the processes of the lease's job's node, asked through the scheduler
 * @param tracking whether the scheduler of the lease's job holds a job's processes together; asked
 *     only where nothing but its word on the job may prove an end
 * @param there command lines that release the image on the machine of the lease, for a user to
 *     type, the best first; empty if it is of this machine, or none is known
 */
public record Evidence(
    Path image,
    Asker asker,
    Answer<ImageLock> lock,
    Answer<HostEvidence> host,
    Answer<Optional<Lease>> lease,
    Answer<ImageFile> file,
    Answer<LeaseJob> job,
    Answer<List<TaggedJob>> tagged,
    Answer<HostEvidence> node,
    Answer<ProcessTracking> tracking,
    List<String> there) {
  /**
   * Who asks: with private queues a scheduler shows only one's own jobs.
   *
   * @param user the user's name
   * @param root whether that is root
   */
  public record Asker(String user, boolean root) {
    public Asker {
      requireNonNull(user, "user is null");
    }
  }

  /**
   * The job of a lease.
   *
   * @param scheduler the scheduler's id
   * @param job what it said of it
   * @param history whether it keeps ended jobs, so that it should know this one
   * @param nodes whether it hears from its nodes, where their answer may matter
   */
  public record LeaseJob(
      String scheduler, JobSnapshot job, boolean history, Answer<Map<String, NodeState>> nodes) {
    public LeaseJob {
      requireNonNull(scheduler, "scheduler is null");
      requireNonNull(job, "job is null");
      requireNonNull(nodes, "nodes is null");
    }
  }

  public Evidence {
    requireNonNull(image, "image is null");
    requireNonNull(asker, "asker is null");
    requireNonNull(lock, "lock is null");
    requireNonNull(host, "host is null");
    requireNonNull(lease, "lease is null");
    requireNonNull(file, "file is null");
    requireNonNull(job, "job is null");
    requireNonNull(tagged, "tagged is null");
    requireNonNull(node, "node is null");
    requireNonNull(tracking, "tracking is null");
    there = List.copyOf(there);
  }

  /** The lease, if there is one and it could be read. */
  public Optional<Lease> knownLease() {
    return lease.value().orElse(Optional.empty());
  }
}
